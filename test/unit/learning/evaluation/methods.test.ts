import { describe, expect, it } from 'vitest'
import type { FeatureRow } from '../../../../src/learning/dataset/visit-reader.js'
import { COLUMN } from '../../../../src/learning/evaluation/columns.js'
import { fitLogistic } from '../../../../src/learning/training/logistic-regression.js'
import { baselines, ldaFamily, representationsTried } from '../../../../src/learning/evaluation/methods.js'
import { runMethods } from '../../../../src/learning/evaluation/run-methods.js'
import { foldsOf } from '../../../../src/learning/evaluation/splits.js'
import { byLevel, columnRows } from './column-rows.js'

const run = (rows: readonly FeatureRow[], names?: readonly string[]) =>
  runMethods({
    methods: [...baselines(rows, 1), ...representationsTried(), ldaFamily()].filter(
      ({ name }) => names === undefined || names.includes(name),
    ),
    views: new Map([['windows', rows]]),
    foldsOf: (some) => foldsOf('session', some, { seed: 1 }),
    progress: () => undefined,
  })
const accuracies = async (rows: readonly FeatureRow[], names?: readonly string[]) =>
  Object.fromEntries(
    Object.entries((await run(rows, names)).methods).map(([name, score]) => [name, score.balancedAccuracy]),
  ) as Record<string, number>

describe('the baselines', () => {
  it('tell markers apart by what differs, and only by that', async () => {
    const level = await accuracies(columnRows({ write: byLevel }))
    for (const name of [
      'rssi-threshold',
      'five-numbers',
      'logistic',
      'knn',
      'random-forest',
      'medians',
      'lda',
    ])
      expect(level[name], name).toBeGreaterThan(0.95)
    expect(level.majority).toBe(0.5)
    for (const name of ['moving-variance', 'shape-only'])
      expect(Math.abs(level[name] - 0.5), name).toBeLessThan(0.2)

    const moving = columnRows({
      write: (columns, marker) => (columns[COLUMN.logMovingVariance] += marker === 'a' ? 0 : 8),
    })
    const found = await accuracies(moving, ['moving-variance', 'five-and-motion', 'five-numbers'])
    expect(found['moving-variance']).toBeGreaterThan(0.95)
    expect(found['five-and-motion']).toBeGreaterThan(0.95)
    expect(Math.abs(found['five-numbers'] - 0.5)).toBeLessThan(0.2)
  }, 60_000)

  it('see the parity of two signs only where they are not linear', async () => {
    const rows = columnRows({
      windows: 40,
      write: (columns, marker, _session, normal) => {
        const sign = normal() > 0 ? 1 : -1
        columns[COLUMN.rssi] = 5 * sign + 0.3 * columns[COLUMN.rssi]
        columns[COLUMN.level] = 5 * (marker === 'a' ? sign : -sign) + 0.3 * columns[COLUMN.level]
        for (const column of [COLUMN.rssiSd, COLUMN.levelSd, COLUMN.levelLessRssi]) columns[column] *= 0.01
      },
    })
    const found = await accuracies(rows, ['five-numbers', 'logistic', 'knn'])
    expect(found.knn).toBeGreaterThan(0.95)
    for (const name of ['five-numbers', 'logistic'])
      expect(Math.abs(found[name] - 0.5), name).toBeLessThan(0.2)
  }, 60_000)

  it('do without RSSI where it is not stated, and say which cannot', async () => {
    const rows = columnRows({
      write: (columns, marker) => {
        byLevel(columns, marker)
        for (const column of [COLUMN.rssi, COLUMN.rssiSd, COLUMN.levelLessRssi, COLUMN.rssiMedian])
          columns[column] = NaN
      },
    })
    const { methods, notes } = await run(rows, ['rssi-threshold', 'five-numbers', 'shape-and-level'])
    expect(methods['rssi-threshold']).toMatchObject({ balancedAccuracy: null, coverage: null })
    expect(methods['five-numbers'].balancedAccuracy).toBeGreaterThan(0.95)
    expect(methods['shape-and-level'].balancedAccuracy).toBeGreaterThan(0.9)
    expect(notes).toEqual(['rssi-threshold: the recordings do not state what it looks at'])
  }, 60_000)

  it('repeat themselves', async () => {
    const rows = columnRows({ write: byLevel, windows: 6, seed: 3 })
    expect(await run(rows)).toEqual(await run(rows))
  }, 60_000)
})

describe('the LDA family', () => {
  it('chooses on inner sessions what it looks at, not on those that are tested', async () => {
    // The level tells in every session; the shape tells too, and better, but differently in the last one.
    const rows = columnRows({
      sessions: 7,
      windows: 20,
      write: (columns, marker, session) => {
        const sign = marker === 'a' ? 1 : -1
        columns[COLUMN.level] += 1.2 * sign
        columns[COLUMN.shape] += (session === 6 ? -6 : 6) * sign
      },
    })
    const { folds } = await run(rows, ['lda', 'five-numbers', 'shape-and-level'])
    const { lda, ...others } = folds.find(({ held }) => held === 's6')?.scores ?? {}
    expect(lda).toBe(others['shape-and-level'])
    expect(lda).toBeLessThan(0.4)
    expect(others['five-numbers']).toBeGreaterThan(0.7)
  }, 60_000)
})

describe('fitLogistic', () => {
  it('finds the slope that two Gaussians of one variance have', () => {
    const rows = columnRows({
      sessions: 4,
      windows: 5000,
      write: (columns, marker) => (columns[0] += marker === 'a' ? 0 : 1),
    }).map((row) => ({ ...row, features: row.features.subarray(0, 1) }))
    const { logits } = fitLogistic(rows, 1e-6)
    const gapAt = (x: number) => {
      const [a, b] = logits([{ ...rows[0], features: Float32Array.of(x) }])[0]
      return b - a
    }
    // log p(b)/p(a) = x − ½
    expect(gapAt(0)).toBeCloseTo(-0.5, 1)
    expect(gapAt(2)).toBeCloseTo(1.5, 1)
  })

  it('stays finite where a threshold tells all apart', () => {
    const rows = columnRows({ write: (columns, marker) => (columns[0] = marker === 'a' ? -5 : 5) })
    const [first] = fitLogistic(rows, 0.001).logits(rows)
    expect(first.every(Number.isFinite)).toBe(true)
    expect(first[0]).toBeGreaterThan(first[1])
  })
})
