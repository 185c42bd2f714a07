import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeArtefact } from '../../../../src/learning/training/artefact-files.js'
import { calibrate } from '../../../../src/learning/training/calibration.js'
import { balancedAccuracy } from '../../../../src/learning/training/evaluation.js'
import { crossValidate } from '../../../../src/learning/training/cross-validation.js'
import { fitLda } from '../../../../src/learning/training/lda.js'
import { leaveOut, strictestUnit } from '../../../../src/learning/training/leave-out.js'
import type { FeatureRow } from '../../../../src/learning/dataset/visit-reader.js'
import { doorRows, syntheticModel, syntheticRows } from './synthetic-rows.js'

const plan = { markers: { a: [0, 0], b: [3, 0] }, sessions: 6, windows: 12, windowSd: 0.2 }

describe('leaveOut', () => {
  it.each(['session', 'visit'] as const)('tests each row once and never trains on its %s', (unit) => {
    const rows = syntheticRows({ ...plan, sessions: 13, sessionSd: 1 })
    const folds = leaveOut(rows, unit)
    expect(folds.flatMap((fold) => fold.test)).toHaveLength(rows.length)
    for (const { train, test } of folds) {
      const tested = new Set(test.map((row) => row[unit]))
      expect(train.some((row) => tested.has(row[unit]))).toBe(false)
      expect(new Set(train.map((row) => row.marker)).size).toBe(2)
      expect(train.length + test.length).toBe(rows.length)
    }
  })

  it('leaves out visits where a marker has one session, and nothing where it has one visit', () => {
    const rows = syntheticRows({ ...plan, sessionSd: 1 })
    expect(strictestUnit(rows)).toBe('session')
    const oneSessionOfB = rows.map((row) => (row.marker === 'b' ? { ...row, session: 's0' } : row))
    expect(strictestUnit(oneSessionOfB)).toBe('visit')
    expect(strictestUnit(rows.filter((row) => row.session === 's0'))).toBeUndefined()
  })
})

/** LDA's calibration with sessions left out. */
const calibrated = async (rows: readonly FeatureRow[]) =>
  calibrate(
    await crossValidate(leaveOut(rows, 'session'), async (train) => fitLda(train), {
      read: () => undefined,
      write: () => undefined,
    }),
  )

describe('calibrate', () => {
  it('leaves a model alone whose new sessions are like its old ones', async () => {
    const { temperature } = await calibrated(syntheticRows({ ...plan, sessionSd: 0 }))
    expect(temperature).toBeCloseTo(1, 3)
  })

  it('softens one that new sessions contradict, and widens what counts as known', async () => {
    const stable = await calibrated(syntheticRows({ ...plan, sessionSd: 0 }))
    const rows = syntheticRows({ ...plan, sessionSd: 0 }).map((row) =>
      row.session === 's5' ? { ...row, marker: row.marker === 'a' ? 'b' : 'a' } : row,
    )
    expect((await calibrated(rows)).temperature).toBeGreaterThan(2)
    const far = syntheticRows({ ...plan, sessionSd: 0 }).map((row) =>
      row.session === 's5'
        ? {
            ...row,
            features: row.features.map((value) => value + 5),
            judged: row.features.map((value) => value + 5),
          }
        : row,
    )
    expect((await calibrated(far)).distanceLimit).toBeGreaterThan(5 * stable.distanceLimit)
  })
})

describe('balancedAccuracy', () => {
  it('is the mean over markers of the mean over their sessions', () => {
    const score = (session: string, marker: string, recall: number) => ({
      session,
      marker,
      recall,
      windows: 1,
    })
    expect(balancedAccuracy([score('1', 'a', 1), score('2', 'a', 0.5), score('3', 'b', 0.25)])).toBe(0.5)
  })
})

describe('trainModel', () => {
  it('scores with sessions left out, beside the baselines', async () => {
    const { evaluation, int8Agreement } = (await syntheticModel()).manifest.trained
    expect(evaluation?.leftOut).toBe('session')
    expect(evaluation?.balancedAccuracy).toBeGreaterThan(0.99)
    expect(evaluation?.bySession).toHaveLength(10)
    expect(int8Agreement).toBeGreaterThan(0.99)
  })

  it('finds nothing where there is nothing', async () => {
    const rows = syntheticRows({ ...plan, markers: { a: [0, 0, 0, 0, 0], b: [0, 0, 0, 0, 0] }, sessionSd: 1 })
    const { evaluation, temperature } = (await syntheticModel({ rows })).manifest.trained
    expect(Math.abs((evaluation?.balancedAccuracy ?? 0) - 0.5)).toBeLessThan(0.15)
    expect(temperature).toBeGreaterThan(1)
  })

  it('gives an unmapped marker no state', async () => {
    const { outputs } = (await syntheticModel({ states: { wide: 'open' } })).manifest
    expect(outputs).toEqual([
      { marker: 'shut', state: 'unknown' },
      { marker: 'wide', state: 'open' },
    ])
  })

  it('gives the same bytes for the same rows', async () => {
    const [one, two] = [(await syntheticModel()).files, (await syntheticModel()).files]
    expect([...one.keys()].sort()).toEqual(['card.md', 'golden.bin', 'manifest.json', 'weights.bin'])
    for (const [name, content] of one) expect(Buffer.compare(content, two.get(name) ?? Buffer.of())).toBe(0)
  })

  it('says in the card that it is simulated, and what it may not be trusted for', async () => {
    const card = async (rows = doorRows()) =>
      Buffer.from((await syntheticModel({ rows })).files.get('card.md') ?? []).toString()
    expect(await card()).toContain('**Everything about this model is simulated**')
    expect(await card()).toContain('each session left out whole once')
    expect(await card(doorRows().filter((row) => row.session === 's0'))).toContain(
      'Not scored and not calibrated',
    )
  })
})

describe('writeArtefact', () => {
  it('writes a directory as a whole and never over another', async () => {
    const parent = mkdtempSync(path.join(tmpdir(), 'ajar-model-'))
    const { files } = await syntheticModel()
    const target = path.join(parent, 'm')
    writeArtefact(target, files)
    expect(readdirSync(parent)).toEqual(['m'])
    expect(readFileSync(path.join(target, 'weights.bin')).length).toBe(files.get('weights.bin')?.length)
    expect(() => writeArtefact(target, files)).toThrow(/exists already/)
    const broken = new Map([...files, [`${[...files.keys()][0]}/within-a-file`, Buffer.of(1)]])
    expect(() => writeArtefact(path.join(parent, 'n'), broken)).toThrow(/ENOTDIR|EEXIST/)
    expect(readdirSync(parent)).toEqual(['m'])
    expect(existsSync(path.join(parent, 'n'))).toBe(false)
  })
})
