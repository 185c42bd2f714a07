import { describe, expect, it } from 'vitest'
import { conformalThresholds } from '../../../../src/learning/training/conformal-calibration.js'
import { NEVER_RULED_OUT } from '../../../../src/sensing/decision/conformal.js'
import { syntheticRows } from './synthetic-rows.js'

/** Unit k of each marker says p(own) = 1 − (k + 1)/100 in all its windows. */
const held = (sessions: number, windows = 3) => {
  const plan = { markers: { a: [0], b: [1] }, sessions, windows, sessionSd: 0, windowSd: 0 }
  return {
    markers: ['a', 'b'],
    rows: syntheticRows(plan).map((row) => {
      const p = 1 - (Number(row.session.slice(1)) + 1) / 100
      const logit = Math.log(p / (1 - p))
      return { row, logits: row.marker === 'a' ? Float32Array.of(logit, 0) : Float32Array.of(0, logit) }
    }),
  }
}

describe('conformalThresholds', () => {
  it('needs 9 units of a class at α = 0.10 and 19 at 0.05, however many windows they have', () => {
    expect([...conformalThresholds(held(8, 50), 1, 'session')]).toEqual([NEVER_RULED_OUT, NEVER_RULED_OUT])
    expect(conformalThresholds(held(9), 1, 'session')[0]).toBeCloseTo(0.09, 5)
    expect(conformalThresholds(held(18), 1, 'session', 0.05)[0]).toBe(NEVER_RULED_OUT)
    expect(conformalThresholds(held(19), 1, 'session', 0.05)[1]).toBeCloseTo(0.19, 5)
  })

  it('takes the ⌈0.9 (n + 1)⌉-th', () => {
    expect(conformalThresholds(held(29), 1, 'session')[0]).toBeCloseTo(0.27, 5)
  })
})
