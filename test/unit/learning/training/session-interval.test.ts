import { describe, expect, it } from 'vitest'
import { accuracyInterval } from '../../../../src/learning/training/session-interval.js'

const scores = (marker: string, recalls: readonly number[], prefix = '') =>
  recalls.map((recall, index) => ({ session: `${prefix}${index}`, marker, windows: 10, recall }))

describe('accuracyInterval', () => {
  it('is the t interval of the sessions where each has every marker', () => {
    const recalls = [0.5, 0.6, 0.7, 0.8, 0.9]
    const { lower95, upper95 } = accuracyInterval([...scores('a', recalls), ...scores('b', recalls)]) ?? {}
    const half = 2.776 * Math.sqrt(0.025 / 5)
    expect(lower95).toBeCloseTo(0.7 - half, 6)
    expect(upper95).toBeCloseTo(0.7 + half, 6)
  })

  it('is that of two means where a session has one marker', () => {
    const { lower95 } =
      accuracyInterval([...scores('a', [0.6, 0.7, 0.8], 'a'), ...scores('b', [0.5, 0.7, 0.9], 'b')]) ?? {}
    // Variances of the means 0.01/3 and 0.04/3, each halved by the mean over markers; 2.94 degrees of freedom → 2.
    expect(lower95).toBeCloseTo(0.7 - 4.303 * Math.sqrt((0.01 / 3 + 0.04 / 3) / 4), 6)
  })

  it('says nothing of four sessions, nor where one has no twin', () => {
    expect(accuracyInterval(scores('a', [1, 1, 1, 1]))).toBeUndefined()
    expect(
      accuracyInterval([...scores('a', [0.6, 0.7, 0.8, 1], 'a'), ...scores('b', [0.5], 'b')]),
    ).toBeUndefined()
  })
})
