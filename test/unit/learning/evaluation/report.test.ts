import { describe, expect, it } from 'vitest'
import { calibrationError } from '../../../../src/learning/evaluation/calibration-error.js'
import { baselines } from '../../../../src/learning/evaluation/methods.js'
import { reportOf, type FoldOutcome } from '../../../../src/learning/evaluation/report.js'
import { runMethods } from '../../../../src/learning/evaluation/run-methods.js'
import { foldsOf } from '../../../../src/learning/evaluation/splits.js'
import { byLevel, columnRows } from './column-rows.js'

const rows = columnRows({ write: byLevel, windows: 4, sessions: 5 })
const { folds } = foldsOf('session', rows, { seed: 1 })
/** Calls right all but the windows of `wrong` sessions' marker b. */
const outcomes = (wrong: readonly string[]): FoldOutcome[] =>
  folds.map(({ held, test }) => ({
    held,
    rows: test,
    outcome: { called: test.map(({ marker }) => (marker === 'b' && wrong.includes(held) ? 'a' : marker)) },
  }))

describe('reportOf', () => {
  it('scores each fold, and compares by session with the five numbers', () => {
    const done = new Map([
      ['five-numbers', outcomes(['s0', 's1'])],
      ['better', outcomes(['s0'])],
      ['cannot', []],
    ])
    const { folds: printed, methods } = reportOf(done, folds)
    expect(printed[1]).toEqual({
      held: 's1',
      n: 8,
      scores: { 'five-numbers': 0.5, better: 1, cannot: null },
    })
    expect(methods.better).toMatchObject({ balancedAccuracy: 0.9, balancedAccuracyByVisit: 0.9, ece: null })
    // Differences 0, ½, 0, 0, 0: mean 0.1, standard error 0.1, t(4) = 2.776.
    expect(methods.better.gainOverFiveNumbers?.mean).toBeCloseTo(0.1, 4)
    expect(methods.better.gainOverFiveNumbers?.lower95).toBeCloseTo(0.1 - 0.2776, 4)
    expect(methods['five-numbers'].gainOverFiveNumbers).toBeNull()
    expect(methods.cannot.balancedAccuracy).toBeNull()
  })

  it('says how often it would be sure: never on few sessions, mostly on ten', async () => {
    const coverage = async (sessions: number) => {
      const some = columnRows({ write: byLevel, windows: 6, sessions })
      const { methods } = await runMethods({
        methods: baselines(some, 1).filter(({ name }) => name === 'five-numbers'),
        views: new Map([['windows', some]]),
        foldsOf: (all) => foldsOf('session', all, { seed: 1 }),
        progress: () => undefined,
      })
      return methods['five-numbers'].coverage
    }
    expect(await coverage(9)).toBe(0) // 8 sessions are left to calibrate on
    expect(await coverage(10)).toBeGreaterThan(0.8)
  }, 60_000)
})

describe('calibrationError', () => {
  it('is nothing where as much is right as was promised, and the gap where it is not', () => {
    const calls = (confidence: number, right: readonly number[]) =>
      right.map((one) => ({ confidence, right: one, weight: 1 }))
    expect(calibrationError(calls(0.75, [1, 1, 1, 0]))).toBeCloseTo(0, 9)
    expect(calibrationError(calls(1, [1, 0]))).toBeCloseTo(0.5, 9)
    expect(calibrationError([...calls(1, [1, 0]), ...calls(0.5, [1, 0])])).toBeCloseTo(0.25, 9)
  })
})
