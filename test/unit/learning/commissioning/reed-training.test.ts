import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openModel } from '../../../../src/commands/open-model.js'
import { modelStages } from '../../../../src/configured-pipeline.js'
import { defaultConfig } from '../../../../src/config/load.js'
import { certificateText } from '../../../../src/learning/commissioning/certificate.js'
import { readJournal, type JournalContents } from '../../../../src/learning/commissioning/journal-reader.js'
import { trainFromReed } from '../../../../src/learning/commissioning/reed-training.js'
import { eventFigures, type ScoredEvent } from '../../../../src/learning/survey/events.js'
import { writeArtefact } from '../../../../src/learning/training/artefact-files.js'
import { ReedHousehold, TAUGHT } from '../../../support/reed-household.js'

const directory = mkdtempSync(path.join(tmpdir(), 'ajar-reed-'))
let journal: JournalContents
beforeAll(async () => {
  await new ReedHousehold(directory, { ...TAUGHT, days: 1, packetsPerSecond: 50 }).play()
  journal = await readJournal(directory)
}, 120_000)
afterAll(() => rmSync(directory, { recursive: true }))

const lines: string[] = []
const train = (contents: JournalContents) =>
  trainFromReed(contents, {
    ...{ id: 'front-1', door: 'front', made: '2026-06-02' },
    nowMs: () => performance.now(),
    progress: (line) => lines.push(line),
  })

describe('a day of a household with a reed', () => {
  it('stands in the journal: openings and closings, quiet of both kinds, two sessions by the calendar', () => {
    expect(journal).toMatchObject({
      days: ['2026-06-01', '2026-06-02'],
      torn: 0,
      simulated: true,
      windowMs: 2000,
    })
    expect(new Set(journal.quiet.map(({ marker }) => marker))).toEqual(new Set(['open', 'closed']))
    expect(new Set(journal.bursts.map(({ session }) => session)).size).toBe(2)
    const changes = journal.bursts.flatMap(({ edges }) => edges).length
    expect(changes).toBeGreaterThan(20)
    expect(journal.unseen.length).toBeLessThan(changes / 10)
  })

  it('makes two models and a certificate, which run together', async () => {
    const { certificate, files } = await train(journal)
    expect(certificate).toMatchObject({ version: 1, model: 'front-1', door: 'front', days: 2, sessions: 2 })
    expect(certificate.events?.labelled).toBeGreaterThan(10)
    expect(certificate.standing.balancedAccuracy).toBeGreaterThan(0.9)
    expect(lines.some((line) => line.startsWith('Motions left out: 2 of 2'))).toBe(true)
    const folder = path.join(directory, 'models', 'front-1')
    mkdirSync(path.dirname(folder), { recursive: true })
    writeArtefact(folder, files)
    const config = defaultConfig()
    const running = await openModel({ directory: folder, engine: 'int8-js' })
    expect(running.artefact.site).toEqual({ id: 'front', verdict: certificate.verdict })
    expect(running.events?.artefact.door).toBeDefined()
    const { model, events } = modelStages(running, config, true)
    expect(model && events).toBeDefined()
    await expect(
      openModel({ directory: path.join(folder, 'events'), engine: 'int8-js' }).then((alone) =>
        modelStages(alone, config, true),
      ),
    ).rejects.toMatchObject({
      code: 'model.kind',
    })
  })

  it('a day alone claims nothing', async () => {
    const day = journal.days[1]
    const { certificate } = await train({
      ...journal,
      days: [day],
      bursts: journal.bursts.filter((burst) => burst.day === day),
      quiet: journal.quiet.filter(({ session }) => session.endsWith(day)),
      unseen: [],
    })
    expect(certificate.verdict).toBe('collect-more')
    expect(certificate.events).toBeNull()
  })

  it('too little to begin with is said as that', async () => {
    const few = { ...journal, bursts: journal.bursts.slice(0, 4) }
    await expect(train(few)).rejects.toMatchObject({ code: 'commissioning.too-few' })
    await expect(train({ ...journal, quiet: [] })).rejects.toMatchObject({ code: 'commissioning.too-few' })
  })
})

it('a certificate says what was missed, with what certainty, and that it is simulated', () => {
  const events = (count: number, label: string, told: string | null, day: string): ScoredEvent[] =>
    Array.from({ length: count }, () => ({ day, session: day, label, told }))
  const scored = ['a', 'b', 'c', 'd'].flatMap((day) => [
    ...events(25, 'opened', 'opened', day),
    ...events(25, 'closed', 'closed', day),
    ...events(9, 'passed-through', 'passed-through', day),
    ...events(30, 'same', null, day),
  ])
  const figures = eventFigures([
    ...scored,
    ...events(3, 'opened', null, 'a'),
    ...events(1, 'same', 'opened', 'b'),
  ])!
  const about = {
    door: 'front',
    since: '2026-06-01',
    days: 4,
    sentence: 'It works.',
    unseen: 1,
    events: figures,
  }
  const text = certificateText({ ...about, simulated: false })
  expect(text).toMatch(
    /^front: 203 openings and closings against the reed, 3 missed or misread \(with 95 % confidence at least \d\d\.\d % are told\), 1 of them unseen by the radio, 1 false \(at most \d\.\d a day\); 36 of 36 times that someone passed through were told as that; on 4 days since 2026-06-01\. It works\.$/,
  )
  expect(certificateText({ ...about, simulated: true })).toMatch(/^SIMULATED: no claim about a real door\./)
  expect(certificateText({ ...about, events: null, simulated: false })).toContain('no opening or closing')
})
