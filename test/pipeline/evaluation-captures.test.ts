import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readViews } from '../../src/commands/evaluate/read-views.js'
import { loadDataset } from '../../src/learning/dataset/manifest.js'
import { COLUMN } from '../../src/learning/evaluation/columns.js'
import { ldaFamily, networkFamily, baselines, REFERENCE } from '../../src/learning/evaluation/methods.js'
import { runMethods } from '../../src/learning/evaluation/run-methods.js'
import { foldsOf } from '../../src/learning/evaluation/splits.js'
import { fitterOf } from '../../src/learning/training/families.js'
import { trainingBackend } from '../../src/learning/training/training-backend.js'
import { CAPTURES, capturesAbsent, needsCaptures } from '../support/captures.js'

const silent = () => undefined
const signal = new AbortController().signal
/** Of computing, for the one fold: less than it would take by itself on TensorFlow on WebAssembly. */
const CONV_MS = 12_000

describe.skipIf(capturesAbsent)(`two-state, each session left out${needsCaptures}`, () => {
  it('LDA holds what the five numbers reach, in int8 too, and is never sure on so few sessions', async () => {
    const dataset = await loadDataset(path.join(CAPTURES, 'two-state', 'dataset.yaml'))
    const { views } = await readViews(dataset, { sequences: false, gainsIgnored: false }, silent)
    const rows = views.get('windows') ?? []
    const methods = [
      ldaFamily(),
      ...baselines(rows, 1).filter(({ name }) => [REFERENCE, 'rssi-threshold'].includes(name)),
    ]
    const run = (split: 'session' | 'place') =>
      runMethods({ methods, views, foldsOf: (some) => foldsOf(split, some, { seed: 1 }), progress: silent })
    const bySession = await run('session')
    expect(bySession.folds).toHaveLength(8)
    const { lda, [REFERENCE]: five } = bySession.methods
    expect(five.balancedAccuracy).toBeGreaterThanOrEqual(0.855)
    expect(lda.balancedAccuracy).toBeGreaterThanOrEqual(0.855)
    expect(lda.gainOverFiveNumbers?.lower95).toBeLessThanOrEqual(0) // nothing that was tried beats them
    expect(lda.int8Agreement).toBeGreaterThanOrEqual(0.99)
    expect(lda.int8AccuracyChange).toBeGreaterThanOrEqual(-0.005)
    expect(lda.coverage).toBe(0)
    expect(lda.ece).toBeLessThan(0.1)
    for (const { held, scores } of (await run('place')).folds)
      expect(scores.lda, held).toBeGreaterThanOrEqual((scores[REFERENCE] ?? 1) - 0.001)
  }, 90_000)

  it('conv: one session by a network that never saw it, and the same by its int8', async () => {
    const dataset = await loadDataset(path.join(CAPTURES, 'two-state', 'dataset.yaml'))
    const { views } = await readViews(dataset, { sequences: true, gainsIgnored: false }, silent)
    const { tf } = await trainingBackend(undefined, silent)
    const settings = {
      seed: 1,
      timeLimitMs: CONV_MS,
      signal,
      nowMs: () => performance.now(),
      progress: silent,
    }
    const { methods, folds } = await runMethods({
      methods: [
        networkFamily(
          'conv',
          fitterOf('conv', () => ({ tf, settings })),
        ),
      ],
      views,
      foldsOf: (some) => {
        const { folds: all, notes } = foldsOf('session', some, { seed: 1 })
        return { folds: all.filter(({ held }) => held === 'los-d'), notes }
      },
      progress: silent,
    })
    expect(folds).toMatchObject([{ held: 'los-d' }])
    expect(methods.conv.int8Agreement).toBeGreaterThanOrEqual(0.96) // one of 32 windows at most
    expect(methods.conv.balancedAccuracy).toBeGreaterThan(0.5)
    expect(methods.conv.gainOverFiveNumbers).toBeNull()
  }, 90_000)
})

describe.skipIf(capturesAbsent)(`static-reflector${needsCaptures}`, () => {
  it('empty and foil are told apart, and all three by visit, although packets come slowly', async () => {
    const dataset = await loadDataset(path.join(CAPTURES, 'static-reflector', 'dataset.yaml'))
    const scoreOf = async (markers?: readonly string[]) => {
      const { views } = await readViews(dataset, { markers, sequences: false, gainsIgnored: false }, silent)
      const { methods } = await runMethods({
        methods: [ldaFamily()],
        views,
        foldsOf: (some) => foldsOf('session', some, { seed: 1 }),
        progress: silent,
      })
      return methods.lda
    }
    const two = await scoreOf(['empty', 'foil'])
    expect(two.balancedAccuracy).toBeGreaterThanOrEqual(0.98)
    expect(two.balancedAccuracyByVisit).toBe(1)
    expect((await scoreOf()).balancedAccuracyByVisit).toBeGreaterThanOrEqual(0.8)
  }, 60_000)
})

describe.skipIf(capturesAbsent)(`motion${needsCaptures}`, () => {
  it('is read with and without the gains that its receiver states', async () => {
    const dataset = await loadDataset(path.join(CAPTURES, 'motion', 'dataset.yaml'))
    const { views } = await readViews(dataset, { sequences: false, gainsIgnored: true }, silent)
    const [first] = views.get('windows') ?? []
    const [ignored] = views.get('gains-ignored') ?? []
    expect(ignored.features[COLUMN.rssi]).toBe(first.features[COLUMN.rssi])
    // What was compensated is the gain of an ESP32-C6, some tens of dB.
    expect(ignored.features[COLUMN.level] - first.features[COLUMN.level]).toBeGreaterThan(10)
  }, 30_000)
})
