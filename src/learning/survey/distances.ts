import { student95 } from './bounds.js'
import { fitDiscriminant, type Discriminant, type Point } from './discriminant.js'
import { groupBy } from './group-by.js'
import { meanVector } from './mean-vector.js'

/** Squared Mahalanobis distances along the axis between two markers: in variances of a marker's visits. */
export interface MarkerDistance {
  a: string
  b: string
  /** Cross-validated: 0 in the mean where the markers are the same, and then as often below 0 as above. */
  between: number | null
  /** Of one marker in one session to itself in another. */
  withinMarker: number | null
  /** Above 1 the markers differ more than a marker differs from itself. */
  ratio: number | null
  /** One-sided, by jackknife over sessions. */
  lower95: number | null
}

/** Pairs of sessions to leave out grow as the square: of more sessions of one marker these many do, evenly (D). */
const MOST_SESSIONS = 8
/** A jackknife of fewer sessions says nothing (D). */
const FEWEST_SESSIONS = 3

/** What was seen of a pair of markers along axes that had not seen it. */
interface Seen {
  /** The sessions of the first marker and of the second; one and the same where both were visited in it. */
  of: string
  to: string
  /** What the others see between the two markers times what is seen here: what one errs by, the other does not. */
  product: number
  /** Squared distances of the left-out sessions to their markers' means, made free of what the means err by. */
  scatter: number
}

/**
 * The cross-validated squared Mahalanobis distance of each pair of markers (crossnobis: Walther et al., NeuroImage 137,
 * 2016) along the axis that tells them apart, beside what sessions of the same marker differ by along it. The axis comes
 * from the other sessions, so that neither number knows the visits that it is measured on, and it is an axis, not all 54
 * dimensions, because a room that changes in directions in which the door does not is no harm.
 * @param fits each session with the discriminant of the others.
 */
export function markerDistances(
  points: readonly Point[],
  markers: readonly string[],
  fits: ReadonlyMap<string, Discriminant>,
): MarkerDistance[] {
  const pairs = markers.flatMap((a, index) => markers.slice(index + 1).map((b) => ({ a, b })))
  return pairs.map(({ a, b }) => {
    const of = sessionMeans(points, a)
    const to = sessionMeans(points, b)
    const both = [...of.keys()].filter((session) => to.has(session))
    const seen =
      both.length >= 2
        ? both.flatMap((session) => look(fits.get(session)!, { a, b, of, to }, session, session))
        : apart(points, { a, b, of, to })
    const paired = both.length >= 2
    const estimate = estimateOf(seen)
    return {
      a,
      b,
      ...estimate,
      lower95: estimate.ratio === null ? null : lower95(estimate.ratio, seen, paired),
    }
  })
}

interface Pair {
  a: string
  b: string
  of: ReadonlyMap<string, Float64Array>
  to: ReadonlyMap<string, Float64Array>
}

function sessionMeans(points: readonly Point[], marker: string): Map<string, Float64Array> {
  const own = points.filter((point) => point.marker === marker)
  return new Map(
    [...groupBy(own, ({ session }) => session)].map(([session, visits]) => [
      session,
      meanVector(visits.map(({ vector }) => vector)),
    ]),
  )
}

/** Markers that share no sessions: one session of each is left out at a time. */
function apart(points: readonly Point[], pair: Pair): Seen[] {
  const some = (sessions: Iterable<string>) => {
    const all = [...sessions]
    const step = Math.max(1, all.length / MOST_SESSIONS)
    return all.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step))
  }
  return some(pair.of.keys()).flatMap((of) =>
    some(pair.to.keys())
      .filter((to) => to !== of)
      .flatMap((to) => {
        const rest = points.filter(({ session }) => session !== of && session !== to)
        return rest.length === 0 ? [] : look(fitDiscriminant(rest), pair, of, to)
      }),
  )
}

/** Nothing where the others have not seen both markers. */
function look(fit: Discriminant, { a, b, of, to }: Pair, ofSession: string, toSession: string): Seen[] {
  const centreA = fit.centres[fit.markers.indexOf(a)]
  const centreB = fit.centres[fit.markers.indexOf(b)]
  if (centreA === undefined || centreB === undefined) return []
  const length = Math.hypot(...centreA.map((value, i) => value - centreB[i]))
  if (length === 0) return []
  const along = (vector: Float64Array) =>
    vector.reduce((sum, value, i) => sum + (value * (centreA[i] - centreB[i])) / length, 0)
  const atA = along(fit.whiten(of.get(ofSession)!))
  const atB = along(fit.whiten(to.get(toSession)!))
  const free = (others: number) => 2 / (1 + 1 / others) // two sessions differ by twice a session's variance
  const scatter =
    (free(of.size - 1) * (atA - along(centreA)) ** 2 + free(to.size - 1) * (atB - along(centreB)) ** 2) / 2
  return [{ of: ofSession, to: toSession, product: length * (atA - atB), scatter }]
}

function estimateOf(seen: readonly Seen[]) {
  if (seen.length === 0) return { between: null, withinMarker: null, ratio: null }
  const mean = (of: (one: Seen) => number) => seen.reduce((sum, one) => sum + of(one) / seen.length, 0)
  const between = mean(({ product }) => product)
  const withinMarker = mean(({ scatter }) => scatter)
  return { between, withinMarker, ratio: withinMarker > 0 ? between / withinMarker : null }
}

/**
 * Delete-one-session jackknife (Arvesen, Ann. Math. Stat. 40, 1969, for statistics of two samples), on logarithms as far
 * as there are any: a variance stands below the line, and one session can double it (Miller, Biometrika 61, 1974).
 */
function lower95(ratio: number, seen: readonly Seen[], paired: boolean): number | null {
  const samples = (paired ? (['of'] as const) : (['of', 'to'] as const)).map((side) => {
    const sessions = [...new Set(seen.map((one) => one[side]))]
    return sessions.map((session) => {
      const rest = seen.filter((one) => one[side] !== session)
      return estimateOf(rest).ratio
    })
  })
  if (samples.some((ratios) => ratios.length < FEWEST_SESSIONS || ratios.includes(null))) return null
  const logarithmic = ratio > 0 && samples.flat().every((value) => value! > 0)
  const scaled = (value: number) => (logarithmic ? Math.log(value) : value)
  let variance = 0
  let degrees = 0
  for (const ratios of samples as number[][]) {
    const n = ratios.length
    const mean = ratios.reduce((sum, value) => sum + scaled(value) / n, 0)
    for (const value of ratios) variance += ((n - 1) / n) * (scaled(value) - mean) ** 2
    degrees += n - 1
  }
  const bound = scaled(ratio) - student95(degrees) * Math.sqrt(variance)
  return logarithmic ? Math.exp(bound) : bound
}
