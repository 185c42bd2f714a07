import { shareLower95 } from './bounds.js'
import type { EventFigures } from './events.js'
import type { SurveyPoints } from './points.js'
import { count, names, onceOnly, percent } from './sentence.js'
import type { Standing } from './standing.js'
import {
  FEWEST_SESSIONS,
  MOST_FALSE_A_DAY,
  WANTED_DAYS,
  WANTED_EVENTS,
  WANTED_SESSIONS,
  type Decision,
} from './verdict.js'

/** Of the markers' visits to the first. (D) */
const UNEQUAL = 4
/** Share of windows with motion beyond which standing visits did not stand. (D) */
const RESTLESS = 0.2
const MOST_SESSIONS_TOLD = 100
const MOST_PAIRS_TOLD = 6

const RIGID = 'Fix transmitter, receiver and their antennas rigidly: a nudge of 2 cm does more than the door.'

/** One thing to do first, then what limits the figures. */
export function adviceOf(
  decision: Decision,
  standing: Standing | undefined,
  events: EventFigures | undefined,
  { points, duplicates }: SurveyPoints,
): string[] {
  return [
    ...whatToDo(decision, standing, events),
    ...(standing === undefined ? [] : limits(standing)),
    ...(events === undefined ? [] : ofEvents(events)),
    ...ofVisits(points),
    ...duplicates.map(
      ({ visit, of, sameMarker }) =>
        `Visit ${visit} is the same recording as ${of}${sameMarker ? '' : ' under another marker'} and was left out.`,
    ),
  ]
}

function whatToDo(
  { because, merge }: Decision,
  standing: Standing | undefined,
  events: EventFigures | undefined,
): string[] {
  switch (because) {
    case 'standing-usable':
    case 'events-usable':
      return ['Leave everything where it is; survey again after anything was moved.']
    case 'standing-right':
      return [moreSessions(standing!)]
    case 'one-session':
    case 'few-sessions':
      return [
        `Record at least ${FEWEST_SESSIONS} sessions on different occasions, every marker twice in each, in random order.`,
      ]
    case 'marker-in-one-session':
      return [`Record ${names(onceOnly(standing!))} in further sessions, beside the other markers.`]
    case 'uncertain':
      return [moreSessions(standing!)]
    case 'merged': {
      const states = merge!.groups.map((group) => group.join(' or ')).join(' / ')
      const few = (merge!.standing.right.lower95 ?? 0) < WANTED_SESSIONS
      return [
        `Offer ${states} as the states, or move the transmitter.${few ? ' So few sessions make these provisional.' : ''}`,
      ]
    }
    case 'saturated':
      return ['Move transmitter and receiver further apart, or lower the transmit power, and survey again.']
    case 'lossy':
      return ['Choose a quieter channel or bring the two closer together, and survey again.']
    case 'gain-jumps':
      return ["Lock the receiver's gain, or use firmware that reports it, and survey again."]
    case 'visits-disagree':
      return [RIGID, 'Record while nobody and nothing but the door moves, and survey again.']
    case 'room':
    case 'events-poor':
      return [
        'Move the transmitter to the far side of the doorway, so that the closed door stands between the two, and survey again.',
        `${RIGID} A hollow door needs a metal strip.`,
      ]
    default:
      return [
        `Collect at least ${WANTED_EVENTS} labelled door events over ${WANTED_DAYS} days (so far ${events?.labelled} over ${events?.days}).`,
      ]
  }
}

/** What it takes if all that comes is right. */
function moreSessions({ design, right }: Standing): string {
  if (design.kind === 'nested')
    return 'Record sessions that visit every marker, twice each and in random order: only those can show that it is the door.'
  for (let more = 1; right.count + more <= MOST_SESSIONS_TOLD; more++)
    if (shareLower95(right.right + more, right.count + more) >= WANTED_SESSIONS)
      return `Record ${count(more, 'more session')}, all markers in each: if every one is read right, the position is usable.`
  return 'Record more sessions, all markers in each.'
}

function limits(standing: Standing): string[] {
  const { design, distances, permutation, dispersion } = standing
  const told: string[] = []
  if (design.kind === 'nested')
    told.push(
      'Each session has one marker (class nested in session): marker and session cannot be told apart, so the verdict is provisional at most.',
    )
  if (design.kind === 'mixed')
    told.push(
      `Not every session visits every marker; ${design.comparable.length} of ${count(design.sessions.length, 'session')} can compare markers, and only those can make a position usable.`,
    )
  if (design.kind === 'crossed' && !design.repeated)
    told.push(
      'No session visits a marker twice, so what a session does by itself over time cannot be told from the marker: visit each at least twice, in random order.',
    )
  const alike = distances.filter(({ lower95, ratio }) => ratio !== null && (lower95 ?? 0) <= 0 && ratio < 1)
  if (alike.length > 0 && design.markers.length > 2)
    told.push(
      alike.length > MOST_PAIRS_TOLD
        ? `${alike.length} of ${distances.length} pairs of markers are not told apart.`
        : `Not told apart: ${alike.map(({ a, b }) => `${a} and ${b}`).join(', ')}.`,
    )
  if (permutation.p === null) told.push('No markers can be exchanged: there is no permutation test.')
  const [most, least] = [Math.max, Math.min].map((of) => of(...design.sessionsOfMarker))
  if (most >= UNEQUAL * least) told.push('Sessions are shared very unequally among the markers.')
  if (dispersion.p !== null && dispersion.p < 0.05)
    told.push(
      'Visits of some markers scatter more than those of others: part of the difference may be scatter.',
    )
  return told
}

function ofEvents({ falseEventsPerDay, passThroughs, days }: EventFigures): string[] {
  const told: string[] = []
  if ((falseEventsPerDay ?? 0) > MOST_FALSE_A_DAY)
    told.push(
      `${falseEventsPerDay!.toFixed(1)} false events a day on ${count(days, 'day')}: at most ${MOST_FALSE_A_DAY} is allowed.`,
    )
  if (passThroughs.labelled > 0)
    told.push(
      `Passing through, which opens and closes the door at once, was told in ${passThroughs.right} of ${passThroughs.labelled} cases (${percent(passThroughs.recall)}).`,
    )
  return told
}

function ofVisits(points: SurveyPoints['points']): string[] {
  const told: string[] = []
  const places = [...new Set(points.map(({ place }) => place))]
  if (places.length > 1)
    told.push(
      `The visits are of ${places.length} places (${names(places)}): a verdict is about one; survey each by itself.`,
    )
  const moving = points.reduce((sum, { visit }) => sum + visit.quality.movingShare / points.length, 0)
  if (moving > RESTLESS)
    told.push(`Something moved in ${percent(moving)} of the windows: record the markers while nothing moves.`)
  return told
}
