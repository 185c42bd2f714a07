import type { Evaluation, Family } from '../../sensing/model/artefact-manifest.js'
import { shortDecimal } from '../../sensing/model/network.js'

/** A family's scores on the folds that all share. */
export interface Candidate {
  family: Family
  evaluation: Evaluation
}

/** Student's t, two-sided 95 %, by degrees of freedom from 1 (Fisher & Yates, Statistical Tables, table III). */
const T95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12,
  2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
] // prettier-ignore
const T95_MANY = 1.96
/** Of fewer sessions nothing is concluded, however alike their differences (D). */
const FEWEST_SESSIONS = 5

/**
 * The family to use, and what all reached. A network is chosen only where its recall exceeds LDA's beyond the paired
 * interval over sessions; of those the one with the best balanced accuracy.
 */
export function chooseFamily(candidates: readonly Candidate[]): {
  /** The first is to be used; the others in order where it cannot be exported. */
  order: Family[]
  compared: NonNullable<Evaluation['compared']>
} {
  const lda = candidates.find(({ family }) => family === 'lda')
  if (lda === undefined) throw new RangeError('families are compared with LDA')
  const compared = candidates.map(({ family, evaluation }) => ({
    family,
    balancedAccuracy: evaluation.balancedAccuracy,
    beyondLda: shortDecimal(family === 'lda' ? 0 : differenceLower95(evaluation, lda.evaluation)),
  }))
  const byAccuracy = [...compared].sort((a, b) => b.balancedAccuracy - a.balancedAccuracy)
  const better = byAccuracy.filter(({ family, beyondLda }) => family !== 'lda' && beyondLda > 0)
  const rest = byAccuracy.filter((one) => one.family !== 'lda' && !better.includes(one))
  return { order: [...better, { family: 'lda' as const }, ...rest].map(({ family }) => family), compared }
}

/**
 * Lower end of the 95 % interval of the mean difference of recall, paired by session: markers of one session share
 * its channel and are one observation. −1, the least there is, where the sessions are too few to say.
 */
export function differenceLower95(one: Evaluation, other: Evaluation): number {
  const bySession = new Map<string, number[]>()
  for (const { session, marker, recall } of one.bySession) {
    const twin = other.bySession.find((score) => score.session === session && score.marker === marker)
    if (twin === undefined) throw new RangeError(`session ${session} was scored by one family only`)
    const differences = bySession.get(session) ?? []
    bySession.set(session, [...differences, recall - twin.recall])
  }
  const differences = [...bySession.values()].map(meanOf)
  const n = differences.length
  if (n < FEWEST_SESSIONS) return -1
  const mean = meanOf(differences)
  const variance = differences.reduce((sum, difference) => sum + (difference - mean) ** 2 / (n - 1), 0)
  return mean - (T95[n - 2] ?? T95_MANY) * Math.sqrt(variance / n)
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value / values.length, 0)
}
