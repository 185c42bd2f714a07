import type { EventFigures } from './events.js'
import type { Standing } from './standing.js'
import type { Decision } from './verdict.js'

/** A door that explains so many times less than the room is not put in a number. */
const HARDLY = 1000

/** The verdict in one sentence for a technician. */
export function sentenceOf(
  { because, merge }: Decision,
  standing: Standing | undefined,
  events: EventFigures | undefined,
): string {
  if (because.startsWith('events-')) return eventSentence(because, events)
  const { design, right, balancedAccuracy, repeatability } = standing!
  const sessions = count(design.sessions.length, 'session')
  const read = `${right.right} of ${count(right.count, 'left-out session')} ${right.count === 1 ? 'was' : 'were'} read right`
  const vouched = `at least ${percent(right.lower95)} of sessions with 95 % confidence`
  switch (because) {
    case 'standing-usable':
      return `This position works: ${read} in every visit (${vouched}), and ${names(design.markers)} differ more than the room changes.`
    case 'standing-right':
      return design.kind === 'nested'
        ? `Everything seen so far is right (${right.right} of ${sessions}), but each session shows one marker only, so it may be the session that was recognised: provisional.`
        : `Everything seen so far is right (${right.right} of ${sessions}), but so few can vouch for no more than ${percent(right.lower95)} of sessions: provisional.`
    case 'one-session':
      return 'Nothing can be said yet: there is one session only, and what lasts shows from one session to another.'
    case 'marker-in-one-session':
      return `Nothing can be said yet: ${names(onceOnly(standing!))} was recorded in one session only, so no other session can be tried on it.`
    case 'few-sessions':
      return `Too little to judge: ${sessions} cannot show what changes from session to session (${read}).`
    case 'uncertain':
      if (right.right === right.count)
        return `Everything seen so far is right (${right.right} of ${sessions}), but so little could look so by chance: not certain yet.`
      return `Not certain yet: ${read} in every visit, which fits a good position as well as a poor one.`
    case 'merged': {
      const groups = merge!.groups.map((group) => group.join(' or '))
      const together = merge!.groups.filter(({ length }) => length > 1).map(names)
      return `${together.join('; ')} look the same here, but ${names(groups)} can be told apart (${merge!.standing.right.right} of ${count(merge!.standing.right.count, 'left-out session')} right).`
    }
    case 'saturated':
      return 'The receiver is overdriven: too many packets are at the limit of its converter to judge the door.'
    case 'lossy':
      return 'Too many packets are lost to judge the door.'
    case 'gain-jumps':
      return 'The receiver changes its gain while nothing moves, which looks like a change of the channel.'
    case 'visits-disagree':
      return `The mount or the room does not keep still: recordings of one marker within one session differ ${times(repeatability.visits ?? repeatability.halves, repeatability.sessions)} as much as sessions do, and ${percent(balancedAccuracy)} of left-out visits are read right.`
    default:
      return `This position cannot tell ${names(design.markers)}: ${roomAgainstDoor(standing!)}, and ${read} in every visit.`
  }
}

function roomAgainstDoor({ design, variance, repeatability }: Standing): string {
  const { r2Marker, r2Session } = variance
  const { visits, halves, sessions } = repeatability
  const repeats =
    (visits ?? halves ?? Infinity) < (sessions ?? 0) ? 'recordings repeat within a session, but ' : ''
  const between = `${repeats}from one session to the next the room changes the channel`
  if (design.kind === 'nested' || r2Marker === null || r2Session === null || r2Session <= r2Marker)
    return `${between} too much for what the door changes`
  return r2Marker < r2Session / HARDLY
    ? `${between}, and the door hardly does`
    : `${between} ${times(r2Session, r2Marker)} as much as the door does`
}

function eventSentence(because: Decision['because'], events: EventFigures | undefined): string {
  const { labelled = 0, days = 0, recall = 0, recallLower95 = 0, falseEvents = 0 } = events ?? {}
  const found = `${Math.round((recall ?? 0) * labelled)} of ${labelled} door events were told right on ${count(days, 'day')}, ${falseEvents} were false`
  switch (because) {
    case 'events-usable':
      return `This position works: ${found} (at least ${percent(recallLower95)} with 95 % confidence).`
    case 'events-right':
      return `Everything seen so far is right (${found}), but it is too little to be sure: provisional.`
    case 'events-few':
      return `Not certain yet: ${found}.`
    default:
      return `This position misses door events or invents them: ${found}.`
  }
}

/** Markers that one session has. */
export function onceOnly({ design }: Standing): string[] {
  return design.markers.filter((_, index) => design.sessionsOfMarker[index] < 2)
}

export function names(markers: readonly string[]): string {
  return markers.length < 2
    ? markers.join()
    : `${markers.slice(0, -1).join(', ')} and ${markers[markers.length - 1]}`
}

export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`
}

export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? 'an unknown share' : `${Math.floor(100 * share + 1e-9)} %`
}

/** Distances and shares are told as times; nobody needs more than two digits. */
function times(of: number | null, than: number | null): string {
  const ratio = (of ?? 0) / (than || 1)
  return `${ratio >= 10 ? Math.round(ratio) : ratio.toFixed(1)} times`
}
