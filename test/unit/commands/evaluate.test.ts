import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { evaluate, evaluateDataset, type EvaluateOptions } from '../../../src/commands/evaluate.js'
import { table } from '../../../src/commands/evaluate/summary.js'
import { evaluateTables } from '../../../src/commands/evaluate/tables.js'
import { CAPTURES, capturesAbsent, needsCaptures } from '../../support/captures.js'
import { wireBytes } from '../learning/dataset/wire-bytes.js'

const directory = mkdtempSync(path.join(tmpdir(), 'ajar-evaluate-'))
const visits = ['s1', 's2', 's3', 's4', 's5'].flatMap((session, index) =>
  ['shut', 'wide'].map((marker) => {
    const file = `${session}-${marker}.bin`
    const gain = marker === 'wide' ? 2 : 1
    writeFileSync(
      path.join(directory, file),
      wireBytes({ amplitude: 20 * gain + index, rssiDbm: -60 + 6 * gain + index, seed: index * 2 + gain }),
    )
    const place = index % 2 === 0 ? 'hall' : 'attic'
    return `{ file: ${file}, marker: ${marker}, session: ${session}, place: ${place}, day: 2026-01-0${index + 1} }`
  }),
)
function manifestOf(name: string, some: readonly string[]): string {
  const file = path.join(directory, `${name}.yaml`)
  writeFileSync(file, `name: ${name}\nvisits:\n${some.map((visit) => `  - ${visit}`).join('\n')}\n`)
  return file
}
const dataset = manifestOf('door', visits)

const signal = new AbortController().signal
const run = (options: Partial<EvaluateOptions> = {}, manifest = dataset) =>
  evaluateDataset(
    manifest,
    { split: 'session', families: ['lda'], seed: 1, ...options },
    () => undefined,
    signal,
  )

describe('ajar evaluate', () => {
  it('prints one line of JSON: folds with scores, methods with figures', async () => {
    const lines: string[] = []
    const progress: string[] = []
    const io = { out: (line: string) => lines.push(line), progress: (line: string) => progress.push(line) }
    const options = { split: 'session', families: ['lda'], seed: 1, json: true } as const
    expect(await evaluate(dataset, options, io, signal)).toBe(0)
    expect(lines).toHaveLength(1)
    const { folds, methods, ...rest } = JSON.parse(lines[0]) as Awaited<ReturnType<typeof run>>
    expect(rest).toMatchObject({ split: 'session', dataset: 'door', markers: ['shut', 'wide'], notes: [] })
    expect(rest).not.toHaveProperty('warning')
    expect(folds.map(({ held }) => held)).toEqual(['s1', 's2', 's3', 's4', 's5'])
    expect(folds[0].scores['five-numbers']).toBe(1)
    for (const name of [
      'lda',
      'majority',
      'rssi-threshold',
      'five-numbers',
      'moving-variance',
      'logistic',
      'knn',
      'random-forest',
    ])
      // prettier-ignore
      expect(Object.keys(methods[name]), name).toEqual(
        expect.arrayContaining(['balancedAccuracy', 'lower95', 'upper95', 'gainOverFiveNumbers', 'int8Agreement', 'coverage', 'ece']), // prettier-ignore
      )
    expect(methods.lda).toMatchObject({ balancedAccuracy: 1, lower95: 1, int8Agreement: 1, coverage: 0 })
    expect(methods.majority).toMatchObject({ balancedAccuracy: 0.5, int8Agreement: null, ece: null })
    expect(progress).toContain('10/10 s5-wide.bin: 400 packets, 10 windows')
  }, 60_000)

  it('splits by day, by place and forward in time, and warns of a random split', async () => {
    expect((await run({ split: 'day' })).folds).toHaveLength(5)
    expect((await run({ split: 'place', trainPlaces: ['hall'], testPlaces: ['attic'] })).folds).toMatchObject(
      [{ held: 'attic', n: 40 }],
    )
    expect((await run({ split: 'forward' })).folds.map(({ held }) => held)).toEqual(['s2', 's3', 's4', 's5'])
    expect((await run({ split: 'random' })).warning).toMatch(/^Leakage reference/)
  }, 60_000)

  it('trains, quantizes and scores networks beside the others', async () => {
    const { methods, backend } = await run({ families: ['mlp'], backend: 'tfjs-wasm' })
    expect(backend).toBe('tfjs-wasm')
    expect(methods.mlp.balancedAccuracy).not.toBeNull() // a hundred windows are no training of a network
    expect(methods.mlp.int8Agreement).toBeGreaterThan(0.9)
    expect(methods.mlp.ece).not.toBeNull()
  }, 120_000)

  it('says what is wrong with what was asked', async () => {
    await expect(run({ split: 'place', trainPlaces: ['moon'] })).rejects.toMatchObject({
      code: 'usage.place',
      hint: 'Places: hall, attic.',
    })
    await expect(run({ trainPlaces: ['hall'] })).rejects.toMatchObject({ code: 'usage.place' })
    await expect(run({ markers: ['ajar'] })).rejects.toMatchObject({
      code: 'usage.marker',
      hint: 'Markers: shut, wide.',
    })
    await expect(run({}, manifestOf('one', visits.slice(0, 2)))).rejects.toMatchObject({
      code: 'evaluate.folds',
      message: 'There is one session only (s1): it cannot be learned from and tested.',
    })
    const undated = manifestOf('undated', visits.map((visit) => visit.replace(/, day: [\d-]+/, ''))) // prettier-ignore
    await expect(run({ split: 'day' }, undated)).rejects.toMatchObject({ code: 'evaluate.day' })
  }, 60_000)

  it('writes the tables that a document names, and nothing else of it', async () => {
    const document = path.join(directory, 'method.md')
    const args = 'door.yaml --split place --family lda'
    writeFileSync(document, `# Method\n\n<!-- evaluate: ${args} -->\nold\n<!-- end -->\n\nText.\n`)
    const whole = () => Number
    const list = (text: string) => text.split(',')
    const io = { parsers: { whole, list }, progress: () => undefined, signal }
    expect(await evaluateTables(document, { captures: directory }, io)).toBe(0)
    const expected = table(await run({ split: 'place' })).join('\n')
    expect(readFileSync(document, 'utf8')).toBe(
      `# Method\n\n<!-- evaluate: ${args} -->\n\n${expected}\n\n<!-- end -->\n\nText.\n`,
    )
    await expect(evaluateTables(document, { captures: directory, only: 'moon' }, io)).rejects.toMatchObject({
      code: 'usage.document',
    })
  }, 60_000)
})

const capture = (name: string) => path.join(CAPTURES, name, 'dataset.yaml')

describe.skipIf(capturesAbsent)(`public recordings${needsCaptures}`, () => {
  it('door-angle: across recordings every method is at chance', async () => {
    const { methods, notes } = await run({}, capture('door-angle'))
    for (const [name, { balancedAccuracy }] of Object.entries(methods))
      if (balancedAccuracy !== null) expect(Math.abs(balancedAccuracy - 1 / 7), name).toBeLessThan(0.04)
    expect(methods['rssi-threshold'].balancedAccuracy).toBeNull()
    expect(notes.join()).toContain('rssi-threshold')
  }, 60_000)
})
