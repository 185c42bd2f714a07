import type { Evaluation } from '../../sensing/model/artefact-manifest.js'

type SessionScores = Evaluation['bySession']

/** Student's t, two-sided 95 %, by degrees of freedom from 1 (Fisher & Yates, Statistical Tables, table III). */
const T95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12,
  2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
] // prettier-ignore
const T95_MANY = 1.96
/** Of fewer sessions nothing is concluded, however alike their differences (D). */
const FEWEST_SESSIONS = 5

/**
 * Mean over sessions of how much more of it one method calls right than another, and the lower end of its 95 % interval.
 * Paired by session: markers of one session share its channel and are one observation. No lower end where the sessions
 * are too few to say.
 */
export function pairedDifference(
  one: SessionScores,
  other: SessionScores,
): { mean: number; lower95: number | undefined } {
  const bySession = new Map<string, number[]>()
  for (const { session, marker, recall } of one) {
    const twin = other.find((score) => score.session === session && score.marker === marker)
    if (twin === undefined) throw new RangeError(`session ${session} was scored by one method only`)
    const differences = bySession.get(session) ?? []
    bySession.set(session, [...differences, recall - twin.recall])
  }
  const differences = [...bySession.values()].map(meanOf)
  const n = differences.length
  const mean = meanOf(differences)
  if (n < FEWEST_SESSIONS) return { mean, lower95: undefined }
  return { mean, lower95: mean - t95(n - 1) * Math.sqrt(varianceOf(differences) / n) }
}

/**
 * 95 % interval of the balanced accuracy over sessions: what each session adds to it is one observation. Sessions that
 * have the same markers are compared with one another only (a session of one marker says nothing of the others), and
 * the degrees of freedom are those of Welch and Satterthwaite, rounded down. None where some session has no twin, or
 * where there are fewer than five.
 */
export function accuracyInterval(scores: SessionScores): { lower95: number; upper95: number } | undefined {
  const markers = [...new Set(scores.map(({ marker }) => marker))]
  const sessionsOf = (marker: string) => scores.filter((score) => score.marker === marker).length
  const sessions = new Map<string, { stratum: string; share: number }>()
  for (const { session, marker, recall } of scores) {
    const { stratum = '', share = 0 } = sessions.get(session) ?? {}
    const added = recall / (markers.length * sessionsOf(marker))
    sessions.set(session, { stratum: `${stratum}\n${marker}`, share: share + added })
  }
  if (sessions.size < FEWEST_SESSIONS) return undefined
  const strata = [...new Set([...sessions.values()].map(({ stratum }) => stratum))].map((stratum) =>
    [...sessions.values()].filter((one) => one.stratum === stratum).map(({ share }) => share),
  )
  if (strata.some((shares) => shares.length < 2)) return undefined
  const accuracy = meanOf([...sessions.values()].map(({ share }) => share)) * sessions.size
  const variances = strata.map((shares) => shares.length * varianceOf(shares))
  const variance = variances.reduce((sum, one) => sum + one, 0)
  if (variance === 0) return { lower95: accuracy, upper95: accuracy }
  const freedom =
    variance ** 2 / variances.reduce((sum, one, i) => sum + one ** 2 / (strata[i].length - 1), 0)
  const half = t95(Math.floor(freedom + 1e-9)) * Math.sqrt(variance)
  return { lower95: Math.max(0, accuracy - half), upper95: Math.min(1, accuracy + half) }
}

function t95(degreesOfFreedom: number): number {
  return T95[degreesOfFreedom - 1] ?? T95_MANY
}

function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values)
  return values.reduce((sum, value) => sum + (value - mean) ** 2 / (values.length - 1), 0)
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value / values.length, 0)
}
