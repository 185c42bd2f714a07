import { describe, expect, it } from 'vitest'
import { conformalSet, NEVER_RULED_OUT } from '../../../../src/sensing/decision/conformal.js'

describe('conformalSet', () => {
  const setOf = (probabilities: readonly number[], thresholds: readonly number[]) => {
    const into = new Uint8Array(probabilities.length)
    expect(conformalSet(probabilities, thresholds, into)).toBe(into.reduce((sum, one) => sum + one, 0))
    return [...into]
  }

  it('holds one class, several or none', () => {
    expect(setOf([0.9, 0.1], [0.3, 0.3])).toEqual([1, 0])
    expect(setOf([0.6, 0.4], [0.5, 0.7])).toEqual([1, 1])
    expect(setOf([0.5, 0.5], [0.3, 0.3])).toEqual([0, 0])
  })

  it('never rules out a class that was calibrated on too little', () => {
    expect(setOf([1, 0], [0.3, NEVER_RULED_OUT])).toEqual([1, 1])
  })
})
