import { describe, expect, it } from 'vitest'
import {
  chooseFamily,
  differenceLower95,
  type Candidate,
} from '../../../../src/learning/training/family-choice.js'
import type { Evaluation } from '../../../../src/sensing/model/artefact-manifest.js'

const evaluation = (recalls: readonly number[]): Evaluation => ({
  leftOut: 'session',
  balancedAccuracy: recalls.reduce((sum, recall) => sum + recall / recalls.length, 0),
  majority: 0.5,
  rssiThreshold: 0.5,
  bySession: recalls.map((recall, index) => ({ session: `s${index}`, marker: 'a', windows: 10, recall })),
})
const candidate = (family: Candidate['family'], recalls: readonly number[]): Candidate => ({
  family,
  evaluation: evaluation(recalls),
})
const LDA = [0.8, 0.9, 0.7, 0.85, 0.95]

describe('differenceLower95', () => {
  it('is the mean less t times its standard error', () => {
    // Differences 0.1, 0.2, 0.3: mean 0.2, sd 0.1, t(2) = 2.92.
    const bound = differenceLower95(evaluation([0.5, 0.6, 0.7]), evaluation([0.4, 0.4, 0.4]))
    expect(bound).toBeCloseTo(0.2 - (2.92 * 0.1) / Math.sqrt(3), 6)
  })

  it('says nothing of a single session', () => {
    expect(differenceLower95(evaluation([1]), evaluation([0]))).toBeLessThan(0)
  })
})

describe('chooseFamily', () => {
  it('takes a network that beats LDA in every session', () => {
    const better = LDA.map((recall) => Math.min(1, recall + 0.05))
    const { chosen, compared } = chooseFamily([candidate('lda', LDA), candidate('conv', better)])
    expect(chosen).toBe('conv')
    expect(compared.map(({ family }) => family)).toEqual(['lda', 'conv'])
    expect(compared[1].beyondLda).toBeGreaterThan(0)
  })

  it('keeps LDA where a network is better on average only', () => {
    const luckyOnce = [0.8, 0.9, 1, 0.85, 0.95]
    const { chosen, compared } = chooseFamily([candidate('lda', LDA), candidate('mlp', luckyOnce)])
    expect(compared[1].balancedAccuracy).toBeGreaterThan(compared[0].balancedAccuracy)
    expect(chosen).toBe('lda')
  })

  it('takes the better of two networks', () => {
    const plus = (step: number) => LDA.map((recall) => Math.min(1, recall + step))
    const families = [candidate('lda', LDA), candidate('mlp', plus(0.04)), candidate('conv', plus(0.03))]
    expect(chooseFamily(families).chosen).toBe('mlp')
  })
})
