import type { Evaluation, Family } from '../../sensing/model/artefact-manifest.js'
import { shortDecimal } from '../../sensing/model/network.js'
import { balancedAccuracy } from './evaluation.js'
import { pairedDifference } from './session-interval.js'

/** A family's scores on the folds that all share. */
export interface Candidate {
  family: Family
  evaluation: Evaluation
}

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
 * Balanced accuracy of the choice itself: each session is scored by the family that is chosen without it. What the chosen
 * family reached on all sessions is kinder, because it was chosen for that. Undefined where there is one session only.
 */
export function choiceAccuracy(candidates: readonly Candidate[]): number | undefined {
  const [{ evaluation }] = candidates
  const sessions = [...new Set(evaluation.bySession.map(({ session }) => session))]
  if (sessions.length < 2) return undefined
  const scored = sessions.flatMap((session) => {
    const others = candidates.map((one) => ({
      ...one,
      evaluation: only(one.evaluation, (score) => score.session !== session),
    }))
    const [chosen] = chooseFamily(others).order
    const own = candidates.find(({ family }) => family === chosen) as Candidate
    return only(own.evaluation, (score) => score.session === session).bySession
  })
  return shortDecimal(balancedAccuracy(scored))
}

function only(
  evaluation: Evaluation,
  takes: (score: Evaluation['bySession'][number]) => boolean,
): Evaluation {
  const bySession = evaluation.bySession.filter(takes)
  return { ...evaluation, bySession, balancedAccuracy: balancedAccuracy(bySession) }
}

/**
 * Lower end of the 95 % interval of the mean difference of recall, paired by session. −1, the least there is, where the
 * sessions are too few to say.
 */
export function differenceLower95(one: Evaluation, other: Evaluation): number {
  return pairedDifference(one.bySession, other.bySession).lower95 ?? -1
}
