import type { Evaluation, Family } from '../../sensing/model/artefact-manifest.js'
import { shortDecimal } from '../../sensing/model/network.js'

/** A family's scores on the folds that all share. */
export interface Candidate {
  family: Family
  evaluation: Evaluation
}

/** Student's t, one-sided 95 %, by degrees of freedom from 1 (Fisher & Yates, Statistical Tables, table III). */
const T95 = [
  6.314, 2.92, 2.353, 2.132, 2.015, 1.943, 1.895, 1.86, 1.833, 1.812, 1.796, 1.782, 1.771, 1.761, 1.753, 1.746,
  1.74, 1.734, 1.729, 1.725, 1.721, 1.717, 1.714, 1.711, 1.708, 1.706, 1.703, 1.701, 1.699, 1.697,
] // prettier-ignore
const T95_MANY = 1.645

/**
 * The family to use, and what all reached. A network is chosen only where its recall exceeds LDA's beyond the paired
 * interval over sessions; of those the one with the best balanced accuracy.
 */
export function chooseFamily(candidates: readonly Candidate[]): {
  chosen: Family
  compared: NonNullable<Evaluation['compared']>
} {
  const lda = candidates.find(({ family }) => family === 'lda')
  if (lda === undefined) throw new RangeError('families are compared with LDA')
  const compared = candidates.map(({ family, evaluation }) => ({
    family,
    balancedAccuracy: evaluation.balancedAccuracy,
    beyondLda: shortDecimal(family === 'lda' ? 0 : differenceLower95(evaluation, lda.evaluation)),
  }))
  const better = compared.filter(({ family, beyondLda }) => family !== 'lda' && beyondLda > 0)
  better.sort((a, b) => b.balancedAccuracy - a.balancedAccuracy)
  return { chosen: better[0]?.family ?? 'lda', compared }
}

/** One-sided 95 % lower bound of the mean difference of recall, paired by session and marker. */
export function differenceLower95(one: Evaluation, other: Evaluation): number {
  const differences = one.bySession.map(({ session, marker, recall }) => {
    const twin = other.bySession.find((score) => score.session === session && score.marker === marker)
    if (twin === undefined) throw new RangeError(`session ${session} was scored by one family only`)
    return recall - twin.recall
  })
  const n = differences.length
  if (n < 2) return -1
  const mean = differences.reduce((sum, difference) => sum + difference / n, 0)
  const variance = differences.reduce((sum, difference) => sum + (difference - mean) ** 2 / (n - 1), 0)
  return mean - (T95[n - 2] ?? T95_MANY) * Math.sqrt(variance / n)
}
