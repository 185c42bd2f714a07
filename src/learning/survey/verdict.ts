import { shareUpper95 } from './bounds.js'
import type { EventFigures } from './events.js'
import { findMerge, type Merge } from './merging.js'
import type { SurveyPoint } from './points.js'
import type { Standing } from './standing.js'
import type { SurveyVisit } from './visits.js'

export type Verdict =
  'usable' | 'provisional' | 'collect-more' | 'move-transmitter' | 'fix-mount' | 'merge-markers'

/** Why: what the sentence says. */
export type Because =
  | 'standing-usable'
  | 'events-usable'
  | 'standing-right'
  | 'events-right'
  | 'events-few'
  | 'one-session'
  | 'marker-in-one-session'
  | 'few-sessions'
  | 'uncertain'
  | 'merged'
  | 'saturated'
  | 'lossy'
  | 'gain-jumps'
  | 'visits-disagree'
  | 'room'
  | 'events-poor'

export interface Decision {
  verdict: Verdict
  because: Because
  merge?: Merge
}

/** Wanted of the share of left-out sessions that are read right, and of the recall of events (method: Verdict). */
export const WANTED_SESSIONS = 0.8
export const WANTED_RECALL = 0.9
export const WANTED_EVENTS = 60
export const WANTED_DAYS = 3
export const MOST_FALSE_A_DAY = 1
/** Changes from session to session are a sample of two at least (D). */
export const FEWEST_SESSIONS = 3
/** Where markers were put together after a look at the data, more is wanted (D). */
const FEWEST_SESSIONS_TO_MERGE = 5
/** Of arbitrary markers. */
const MOST_P = 0.05
/** Fewer events that are all right are no ground for a provisional reading (D). */
const FEWEST_EVENTS = 20
/** Beyond them the link itself is what is wrong: means over a survey's visits (D). */
const MOST_SATURATED = 0.2
const MOST_LOST = 0.5
const MOST_GAIN_JUMPS = 0.3
/** Visits disagree where they differ by more than this share of what sessions differ by, … (D) */
const DISAGREEMENT = 0.5
/** … and by more than so many times what a visit's halves do, which is noise and no mount; and … (D) */
const BEYOND_NOISE = 2
/** … where not even within its session more than this share of what can be gained beyond chance is right (D). */
const TELLS_WITHIN = 0.5

const ORDER: readonly Verdict[] = ['usable', 'provisional', 'collect-more']

/** The best that either reader may claim; where neither may, what stands in the way of the standing channel. */
export function decide(
  points: readonly SurveyPoint[],
  standing: Standing | undefined,
  events: EventFigures | undefined,
  ignoreSessionCount: boolean,
): Decision {
  const byEvents = events && decideByEvents(events)
  const byStanding = standing && decideByStanding(points, standing, ignoreSessionCount)
  if (byStanding === undefined) return byEvents ?? { verdict: 'move-transmitter', because: 'events-poor' }
  if (byEvents === undefined) return byStanding
  const rank = ({ verdict }: Decision) => (ORDER.includes(verdict) ? ORDER.indexOf(verdict) : ORDER.length)
  return rank(byEvents) < rank(byStanding) ? byEvents : byStanding
}

function decideByEvents(events: EventFigures): Decision | undefined {
  const { labelled, days, recall, recallLower95, recallUpper95, falseEvents, falseEventsPerDay } = events
  const enough = labelled >= WANTED_EVENTS && days >= WANTED_DAYS
  const quiet = (falseEventsPerDay ?? 0) <= MOST_FALSE_A_DAY
  if (enough && quiet && (recallLower95 ?? 0) >= WANTED_RECALL)
    return { verdict: 'usable', because: 'events-usable' }
  if (recall === 1 && falseEvents === 0 && labelled >= FEWEST_EVENTS)
    return { verdict: 'provisional', because: 'events-right' }
  const mayBe = (recallUpper95 ?? 1) >= WANTED_RECALL
  if (mayBe && (quiet || days < WANTED_DAYS)) return { verdict: 'collect-more', because: 'events-few' }
  return undefined
}

function decideByStanding(
  points: readonly SurveyPoint[],
  standing: Standing,
  ignoreSessionCount: boolean,
): Decision {
  const { design, right } = standing
  const sessions = design.sessions.length
  if (isUsable(standing)) return { verdict: 'usable', because: 'standing-usable' }
  const enough = ignoreSessionCount || sessions >= FEWEST_SESSIONS
  if (enough && isRight(standing, MOST_P)) return { verdict: 'provisional', because: 'standing-right' }
  const link = linkFault(points.map(({ visit }) => visit))
  if (link !== undefined) return { verdict: 'fix-mount', because: link }
  const more = (because: Because): Decision => ({ verdict: 'collect-more', because })
  if (sessions < 2) return more('one-session')
  if (design.sessionsOfMarker.some((count) => count < 2)) return more('marker-in-one-session')
  if (!enough) return more('few-sessions')
  // Sessions to come cannot lift the share right to what is wanted, even if it is the best that these allow for.
  const hopeless = shareUpper95(right.right, right.count) < WANTED_SESSIONS
  if (!hopeless) return more('uncertain')
  const merge =
    sessions < FEWEST_SESSIONS_TO_MERGE || design.kind === 'nested'
      ? undefined
      : findMerge(points, standing, (merged, looks) => isUsable(merged) || isRight(merged, MOST_P / looks))
  if (merge !== undefined) return { verdict: 'merge-markers', because: 'merged', merge }
  return visitsDisagree(standing)
    ? { verdict: 'fix-mount', because: 'visits-disagree' }
    : { verdict: 'move-transmitter', because: 'room' }
}

/** Sessions that cannot compare markers do not count: what was recognised may be the session. */
function isUsable({ comparableRight, right, distances, permutation }: Standing): boolean {
  return (
    Math.min(comparableRight.lower95 ?? 0, right.lower95 ?? 0) >= WANTED_SESSIONS &&
    distances.every(({ lower95 }) => lower95 !== null && lower95 > 1) &&
    permutation.p !== null &&
    permutation.p <= MOST_P
  )
}

function isRight({ right, distances, permutation }: Standing, mostP: number): boolean {
  return (
    right.count > 0 &&
    right.right === right.count &&
    distances.every(({ ratio }) => ratio !== null && ratio > 1) &&
    permutation.p !== null &&
    permutation.p <= mostP
  )
}

function linkFault(visits: readonly SurveyVisit[]): Because | undefined {
  const mean = (of: (quality: SurveyVisit['quality']) => number) =>
    visits.reduce((sum, { quality }) => sum + of(quality) / visits.length, 0)
  if (mean(({ saturatedRatio }) => saturatedRatio) > MOST_SATURATED) return 'saturated'
  if (mean(({ lossRatio }) => lossRatio) > MOST_LOST) return 'lossy'
  if (mean(({ gainJumpShare }) => gainJumpShare) > MOST_GAIN_JUMPS) return 'gain-jumps'
  return undefined
}

function visitsDisagree({ repeatability }: Standing): boolean {
  const { accuracy, chance, basis, visits, halves, sessions } = repeatability
  if (sessions === null) return false
  if (accuracy !== null && chance !== null && (accuracy - chance) / (1 - chance) >= TELLS_WITHIN) return false
  if (basis !== 'visits' && visits === null) return halves !== null && halves > DISAGREEMENT * sessions
  return visits !== null && visits > DISAGREEMENT * sessions && !(visits <= BEYOND_NOISE * (halves ?? 0))
}
