import { AjarError } from '../../platform/errors.js'
import { adviceOf } from './advice.js'
import type { Design } from './design.js'
import type { MarkerDistance } from './distances.js'
import { eventFigures, type EventFigures, type ScoredEvent } from './events.js'
import { pointsOf } from './points.js'
import type { PermutationTest } from './permutation.js'
import type { Repeatability } from './repeatability.js'
import { names, sentenceOf } from './sentence.js'
import { standingFigures, type Standing } from './standing.js'
import { decide, type Verdict } from './verdict.js'
import type { Dispersion } from './variance.js'
import type { SurveyVisit } from './visits.js'

export interface SurveyOptions {
  /** Judges fewer than three sessions too. Never makes more of them: the bounds stay as they are. */
  ignoreSessionCount?: boolean
  /** Days on which events were watched for, those without one too. */
  observedDays?: number
}

export interface SurveyStatistics {
  sessions: number
  visits: number
  events: number
  markers: string[]
  places: string[]
  design: Design['kind'] | null
  r2Marker: number | null
  r2Session: number | null
  dispersion: Dispersion | null
  distances: MarkerDistance[]
  permutationP: number | null
  permutation: Omit<PermutationTest, 'p'> | null
  loso: {
    balancedAccuracy: number | null
    lower95: number | null
    sessionsRight: number
    sessions: number
    visitsRight: number
    visits: number
    confusion: { markers: string[]; counts: number[][] }
    perSession: { session: string; visits: number; visitsRight: number }[]
  }
  repeatability: Repeatability | null
  merge: string[][] | null
  recall: number | null
  falseEventsPerDay: number | null
  eventFigures: EventFigures | null
}

/** A visit on the door axis of a model that had not seen its session. */
export interface AxisVisit {
  visit: string
  marker: string
  session: string
  called: string
  axis: number
}

export interface SurveyResult {
  verdict: Verdict
  /** For a person, in one sentence. */
  sentence: string
  /** What to do first; then what limits the figures. */
  advice: string[]
  statistics: SurveyStatistics
  axis: AxisVisit[]
}

/**
 * What a position can claim, from standing visits, scored door events or both. Throws AjarError 'survey.markers' where
 * there is nothing to tell apart.
 */
export function survey(
  visits: readonly SurveyVisit[],
  events: readonly ScoredEvent[] = [],
  options: SurveyOptions = {},
): SurveyResult {
  const markers = [...new Set(visits.map(({ marker }) => marker))].sort()
  if (markers.length < 2 && (visits.length > 0 || events.length === 0))
    throw new AjarError(
      'survey.markers',
      `The visits have ${markers.length === 0 ? 'no marker' : `one marker only (${names(markers)})`}: there is nothing to tell apart.`,
      'Record visits of at least two markers, closed and open, each in several sessions.',
    )
  const surveyed = pointsOf(visits)
  const standing = visits.length === 0 ? undefined : standingFigures(surveyed.points)
  const scored = eventFigures(events, options.observedDays)
  const decision = decide(surveyed.points, standing, scored, options.ignoreSessionCount === true)
  return {
    verdict: decision.verdict,
    sentence: sentenceOf(decision, standing, scored),
    advice: adviceOf(decision, standing, scored, surveyed),
    statistics: {
      visits: surveyed.points.length,
      events: events.length,
      places: [...new Set(surveyed.points.map(({ place }) => place))],
      ...ofStanding(standing, events),
      merge: decision.merge?.groups ?? null,
      recall: scored?.recall ?? null,
      falseEventsPerDay: scored?.falseEventsPerDay ?? null,
      eventFigures: scored ?? null,
    },
    axis: (standing?.leftOut.visits ?? []).map(({ point, called, axis }) => ({
      ...{ visit: point.visit.visit, marker: point.marker, session: point.session },
      ...{ called, axis },
    })),
  }
}

function ofStanding(standing: Standing | undefined, events: readonly ScoredEvent[]) {
  const leftOut = standing?.leftOut
  const { p = null, ...permutation } = standing?.permutation ?? {}
  return {
    sessions: standing?.design.sessions.length ?? new Set(events.map(({ session }) => session)).size,
    markers: standing?.design.markers ?? [],
    design: standing?.design.kind ?? null,
    r2Marker: standing?.variance.r2Marker ?? null,
    r2Session: standing?.variance.r2Session ?? null,
    dispersion: standing?.dispersion ?? null,
    distances: standing?.distances ?? [],
    permutationP: p,
    permutation: standing === undefined ? null : (permutation as Omit<PermutationTest, 'p'>),
    loso: {
      balancedAccuracy: standing?.balancedAccuracy ?? null,
      lower95: standing?.right.lower95 ?? null,
      sessionsRight: standing?.right.right ?? 0,
      sessions: standing?.right.count ?? 0,
      visitsRight: leftOut?.sessions.reduce((sum, { visitsRight }) => sum + visitsRight, 0) ?? 0,
      visits: leftOut?.visits.length ?? 0,
      confusion: { markers: standing?.design.markers ?? [], counts: standing?.confusion ?? [] },
      perSession: leftOut?.sessions ?? [],
    },
    repeatability: standing?.repeatability ?? null,
  }
}
