import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { CAPTURES, capturesAbsent } from '../../../support/captures.js'
import { loadDataset } from '../../../../src/learning/dataset/manifest.js'

const directory = mkdtempSync(path.join(tmpdir(), 'ajar-dataset-'))
writeFileSync(path.join(directory, 'a.csv'), '')
writeFileSync(path.join(directory, 'b.csv'), '')

const load = (yaml: string) => {
  const file = path.join(directory, 'dataset.yaml')
  writeFileSync(file, yaml)
  return loadDataset(file)
}

const GOOD = `name: two
states: { los: open }
visits:
  - { file: a.csv, marker: los, session: 1, visit: first, place: hall }
  - { file: b.csv, marker: 15, session: s2, place: hall }
`

describe('loadDataset', () => {
  it('reads visits; numbers are names, the file names the visit where nothing else does', async () => {
    expect(await load(GOOD)).toEqual({
      name: 'two',
      states: { los: 'open' },
      visits: [
        { file: path.join(directory, 'a.csv'), marker: 'los', session: '1', visit: 'first', place: 'hall' },
        { file: path.join(directory, 'b.csv'), marker: '15', session: 's2', visit: 'b.csv', place: 'hall' },
      ],
    })
  })

  it('takes the day of a visit', async () => {
    const { visits } = await load(GOOD.replace('place: hall }', 'place: hall, day: 2026-03-01 }'))
    expect(visits.map(({ day }) => day)).toEqual(['2026-03-01', undefined])
  })

  it.each([
    [
      'a day that there is not',
      GOOD.replace('place: hall }', 'place: hall, day: 2026-02-30 }'),
      /yaml:4: visits\.0\.day/,
      'dataset.manifest',
    ],
    [
      'an unknown key',
      GOOD.replace('place: hall }', 'place: hall, angle: 3 }'),
      /yaml:4: .*angle/,
      'dataset.manifest',
    ],
    [
      'a missing session',
      GOOD.replace('session: s2, ', ''),
      /yaml:5: visits\.1\.session/,
      'dataset.manifest',
    ],
    [
      'no marker at all',
      GOOD.replace('marker: 15, ', ''),
      /yaml:5: visit 2 needs either/,
      'dataset.manifest',
    ],
    ['a state that is no state', GOOD.replace('open', 'opening'), /yaml:2: states\.los/, 'dataset.manifest'],
    [
      'a state of no marker',
      GOOD.replace('los: open', 'lost: open'),
      /yaml:2: states\.lost: no visit/,
      'dataset.manifest',
    ],
    [
      'a visit listed twice',
      GOOD.replace('b.csv', 'first'),
      /yaml:5: visit first is listed twice/,
      'dataset.manifest',
    ],
    [
      'a file that is not there',
      GOOD.replace('b.csv', 'c.csv'),
      /yaml:5: visit 2: there is no file c\.csv/,
      'dataset.file',
    ],
    [
      'a directory for a file',
      GOOD.replace('b.csv', '..'),
      /yaml:5: visit 2: there is no file/,
      'dataset.file',
    ],
    ['no visits', 'name: none\nvisits: []\n', /yaml:2: visits/, 'dataset.manifest'],
    ['broken YAML', 'name: [\nvisits', /yaml:\d: /, 'dataset.manifest'],
    ['an empty file', '', /yaml:1: the whole file/, 'dataset.manifest'],
  ])('says where a manifest has %s', async (_, yaml, message, code) => {
    await expect(load(yaml)).rejects.toThrow(message)
    await expect(load(yaml)).rejects.toMatchObject({ code })
  })

  it('says which manifest is missing', async () => {
    await expect(loadDataset(path.join(directory, 'none.yaml'))).rejects.toThrow(/none\.yaml cannot be read/)
  })

  it.for(['two-state', 'door-angle', 'motion', 'static-reflector'])(
    'reads captures/%s',
    async (set, { skip }) => {
      if (capturesAbsent) skip('../shared/captures is absent')
      expect((await loadDataset(path.join(CAPTURES, set, 'dataset.yaml'))).name).toBe(set)
    },
  )
})
