import { SHAPE_BINS } from '../../sensing/model/features.js'
import type { Point } from './discriminant.js'
import { groupBy } from './group-by.js'
import type { SurveyVisit } from './visits.js'

/** A visit in the survey's metric: Euclidean distances are root-mean-square changes of log amplitude, in nepers. */
export interface SurveyPoint extends Point {
  readonly place: string
  readonly visit: SurveyVisit
  /** Of the visit's first and second half. */
  readonly halves?: readonly [Float64Array, Float64Array]
}

export interface SurveyPoints {
  points: SurveyPoint[]
  /** Visits that repeat another number by number: one recording that is listed twice is no evidence twice. */
  duplicates: { visit: string; of: string; sameMarker: boolean }[]
}

/** Nepers of a decibel. */
const NEPERS = Math.LN10 / 20
const LEVEL = SHAPE_BINS
const RSSI = SHAPE_BINS + 2

/**
 * The vector of a visit: log-shape, level, and RSSI where every visit states it. A change of level by one neper weighs as
 * much as the change by one neper of every subcarrier that it is: a door that shades the path shows in the level above
 * all (M: simulated metal door, 0.43 to 0.49 right across sessions by shape alone, all with the level).
 */
export function pointsOf(visits: readonly SurveyVisit[]): SurveyPoints {
  const statesRssi = visits.every(({ numbers }) => Number.isFinite(numbers[RSSI]))
  const vectorOf = (numbers: Float64Array) =>
    Float64Array.from([
      ...numbers.subarray(0, SHAPE_BINS).map((value) => value / Math.sqrt(SHAPE_BINS)),
      numbers[LEVEL] * NEPERS,
      ...(statesRssi ? [numbers[RSSI] * NEPERS] : []),
    ])
  const sessionOf = sessionNames(visits)
  const points: SurveyPoint[] = []
  const duplicates: SurveyPoints['duplicates'] = []
  const seen = new Map<string, SurveyVisit>()
  for (const visit of visits) {
    const key = visit.numbers.join()
    const first = seen.get(key)
    if (first !== undefined) {
      duplicates.push({ visit: visit.visit, of: first.visit, sameMarker: first.marker === visit.marker })
      continue
    }
    seen.set(key, visit)
    points.push({
      visit,
      vector: vectorOf(visit.numbers),
      halves: visit.halves && [vectorOf(visit.halves[0]), vectorOf(visit.halves[1])],
      marker: visit.marker,
      session: sessionOf(visit),
      place: visit.place,
    })
  }
  return { points, duplicates }
}

/** Two places may each have a session 1: those are two sessions. */
function sessionNames(visits: readonly SurveyVisit[]): (visit: SurveyVisit) => string {
  const places = groupBy(visits, ({ session }) => session)
  return ({ session, place }) =>
    places.get(session)?.some((other) => other.place !== place) ? `${place}/${session}` : session
}
