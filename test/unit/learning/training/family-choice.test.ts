import { describe, expect, it } from 'vitest'
import {
  choiceAccuracy,
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
    // Differences 0.1 … 0.5: mean 0.3, variance 0.025, t(4) = 2.776.
    const bound = differenceLower95(
      evaluation([0.5, 0.6, 0.7, 0.8, 0.9]),
      evaluation([0.4, 0.4, 0.4, 0.4, 0.4]),
    )
    expect(bound).toBeCloseTo(0.3 - 2.776 * Math.sqrt(0.025 / 5), 6)
  })

  it('takes the markers of a session for one observation', () => {
    const twice = (recalls: readonly number[]): Evaluation => {
      const one = evaluation(recalls)
      return {
        ...one,
        bySession: ['a', 'b'].flatMap((marker) => one.bySession.map((score) => ({ ...score, marker }))),
      }
    }
    const [better, worse] = [
      [0.5, 0.6, 0.7, 0.8, 0.9],
      [0.4, 0.4, 0.4, 0.4, 0.4],
    ]
    expect(differenceLower95(twice(better), twice(worse))).toBeCloseTo(
      differenceLower95(evaluation(better), evaluation(worse)),
      9,
    )
  })

  it('says nothing of few sessions, however alike', () => {
    expect(differenceLower95(evaluation([1, 1, 1, 1]), evaluation([0.9, 0.9, 0.9, 0.9]))).toBe(-1)
  })
})

describe('chooseFamily', () => {
  it('takes a network that beats LDA in every session', () => {
    const better = LDA.map((recall) => Math.min(1, recall + 0.05))
    const { order, compared } = chooseFamily([candidate('lda', LDA), candidate('conv', better)])
    expect(order).toEqual(['conv', 'lda'])
    expect(compared.map(({ family }) => family)).toEqual(['lda', 'conv'])
    expect(compared[1].beyondLda).toBeGreaterThan(0)
  })

  it('keeps LDA where a network is better on average only', () => {
    const luckyOnce = [0.8, 0.9, 1, 0.85, 0.95]
    const { order, compared } = chooseFamily([candidate('lda', LDA), candidate('mlp', luckyOnce)])
    expect(compared[1].balancedAccuracy).toBeGreaterThan(compared[0].balancedAccuracy)
    expect(order).toEqual(['lda', 'mlp'])
  })

  it('takes the better of two networks', () => {
    const plus = (step: number) => LDA.map((recall) => Math.min(1, recall + step))
    const families = [candidate('lda', LDA), candidate('mlp', plus(0.04)), candidate('conv', plus(0.03))]
    expect(chooseFamily(families).order).toEqual(['mlp', 'conv', 'lda'])
  })
})

describe('choiceAccuracy', () => {
  it('is what a family reaches that is chosen without the session on which it is scored', () => {
    const better = LDA.map((recall) => Math.min(1, recall + 0.05))
    const six = (recalls: readonly number[]) => [...recalls, 0.9]
    // Without any one of the six sessions the network is still beyond LDA.
    const all = [candidate('lda', six(LDA)), candidate('mlp', [...better, 0.95])]
    expect(choiceAccuracy(all)).toBeCloseTo((better.reduce((sum, one) => sum + one, 0) + 0.95) / 6, 5)
    // Of five sessions four are left, and nothing is concluded of them: LDA is taken each time.
    expect(choiceAccuracy([candidate('lda', LDA), candidate('mlp', better)])).toBeCloseTo(0.84, 5)
    expect(choiceAccuracy([candidate('lda', [0.9])])).toBeUndefined()
  })
})
