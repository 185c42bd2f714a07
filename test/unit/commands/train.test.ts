import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { verifyModel } from '../../../src/commands/model/verify.js'
import { train, type TrainOptions } from '../../../src/commands/train.js'
import { CAPTURES, capturesAbsent, needsCaptures } from '../../support/captures.js'
import { wireBytes } from '../learning/dataset/wire-bytes.js'

const directory = mkdtempSync(path.join(tmpdir(), 'ajar-train-'))
const dataset = path.join(directory, 'dataset.yaml')
const FAR = ['s1', 's2', 's3']
writeFileSync(
  dataset,
  `name: hall
states: { shut: closed, wide: open }
visits:
${FAR.flatMap((session, index) =>
  ['shut', 'wide'].map((marker) => {
    const file = `${session}-${marker}.bin`
    const gain = marker === 'wide' ? 2 : 1
    writeFileSync(
      path.join(directory, file),
      wireBytes({ amplitude: 20 * gain + index, rssiDbm: -60 + 6 * gain + index, seed: index * 2 + gain }),
    )
    return `  - { file: ${file}, marker: ${marker}, session: ${session}, place: hall }`
  }),
).join('\n')}
`,
)

async function run(out: string, options: Partial<TrainOptions> = {}, manifest = dataset) {
  const lines: string[] = []
  const progress: string[] = []
  const code = await train(
    manifest,
    {
      out: path.join(directory, out),
      family: 'lda',
      features: 'five-numbers',
      seed: 1,
      json: true,
      ...options,
    },
    { out: (line) => lines.push(line), progress: (line) => progress.push(line) },
    new AbortController().signal,
  )
  return { code, lines, progress }
}

describe('ajar train', () => {
  it('writes a model that verifies, and one line of JSON', async () => {
    const { code, lines, progress } = await run('hall')
    expect(code).toBe(0)
    expect(progress[0]).toMatch(/^1\/6 s1-shut\.bin: 400 packets, 1?\d windows$/)
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0])).toMatchObject({
      id: 'hall',
      family: 'lda',
      features: 'five-numbers',
      made: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      packets: 2400,
      discarded: {},
      withoutWindows: [],
      outputs: [
        { marker: 'shut', state: 'closed' },
        { marker: 'wide', state: 'open' },
      ],
      evaluation: { leftOut: 'session', balancedAccuracy: 1, majority: 0.5 },
    })
    const said: string[] = []
    expect(await verifyModel(path.join(directory, 'hall'), { json: true }, (line) => said.push(line))).toBe(0)
    expect(JSON.parse(said[0])).toMatchObject({ ok: true, id: 'hall', simulated: false, engine: 'int8-js' })
  })

  it('says in words how good the model is', async () => {
    const { lines } = await run('words', { json: false, features: 'standing' })
    expect(lines.join('\n')).toMatch(/each session left out once: \d+\.\d % \(RSSI threshold/)
  })

  it('trains on the sessions that were chosen', async () => {
    const sessionsOf = async (out: string, options: Partial<TrainOptions>) =>
      (JSON.parse((await run(out, options)).lines[0]) as { sessions: string[] }).sessions
    expect(await sessionsOf('only', { sessions: ['s1', 's3'] })).toEqual(['s1', 's3'])
    expect(await sessionsOf('but', { without: ['s1'] })).toEqual(['s2', 's3'])
    await expect(run('strange', { without: ['s9'] })).rejects.toMatchObject({
      code: 'usage.session',
      hint: 'Its sessions: s1, s2, s3.',
    })
    expect(existsSync(path.join(directory, 'strange'))).toBe(false)
  })

  it('never overwrites a model', async () => {
    await run('twice')
    await expect(run('twice')).rejects.toMatchObject({ code: 'usage.exists' })
  })

  it('refuses a name that no model can have before it begins', async () => {
    const started = Date.now()
    await expect(run('my model')).rejects.toMatchObject({ code: 'usage.id' })
    expect(Date.now() - started).toBeLessThan(1000)
  })
})

describe('ajar model verify', () => {
  it('says what is wrong, and where, with exit code 1', async () => {
    await run('broken')
    const file = path.join(directory, 'broken', 'weights.bin')
    const bytes = readFileSync(file)
    bytes[3] ^= 4
    writeFileSync(file, bytes)
    const lines: string[] = []
    expect(await verifyModel(path.dirname(file), { json: true }, (line) => lines.push(line))).toBe(1)
    expect(JSON.parse(lines[0])).toMatchObject({ ok: false, code: 'model.damaged' })
    expect(lines[0]).toContain('weights.bin differs from its checksum')
  })
})

describe.skipIf(capturesAbsent)(`static-reflector${needsCaptures}`, () => {
  it('is exported although some windows lie so near the border that int8 gives two markers the same', async () => {
    const manifest = path.join(CAPTURES, 'static-reflector', 'dataset.yaml')
    const { code, lines } = await run('reflector', {}, manifest)
    expect(code).toBe(0)
    const { int8Agreement, evaluation } = JSON.parse(lines[0]) as {
      int8Agreement: number
      evaluation: { balancedAccuracy: number }
    }
    expect(int8Agreement).toBeGreaterThanOrEqual(0.99)
    expect(evaluation.balancedAccuracy).toBeGreaterThan(0.4)
  }, 30_000)
})

describe.skipIf(capturesAbsent)(`two-state${needsCaptures}`, () => {
  it('five numbers by LDA reach 0.83 with the session left out', async () => {
    const manifest = path.join(CAPTURES, 'two-state', 'dataset.yaml')
    const { lines } = await run('two-state', {}, manifest)
    const result = JSON.parse(lines[0]) as {
      packets: number
      int8Agreement: number
      evaluation: {
        leftOut: string
        balancedAccuracy: number
        bySession: { session: string; recall: number }[]
      }
    }
    expect(result.packets).toBe(116_532)
    expect(result.evaluation.leftOut).toBe('session')
    expect(result.evaluation.bySession).toHaveLength(8)
    expect(result.evaluation.balancedAccuracy).toBeGreaterThanOrEqual(0.83)
    expect(result.int8Agreement).toBeGreaterThanOrEqual(0.99)
  }, 30_000)
})
