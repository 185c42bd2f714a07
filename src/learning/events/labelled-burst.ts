import type { Burst } from '../../domain/burst.js'

/** The moment at which a reed switch on the door opened or closed, device time. */
export interface ReedEdge {
  atUs: number
  open: boolean
}

/** A burst, whole, with what the reed says of it. */
export interface LabelledBurst {
  /** Not reused. */
  burst: Burst
  /** What the reed said before the burst, which is noticed later than the door begins to move. */
  openBefore: boolean
  /** In order of time; some may lie a little before the burst's start, or behind its end. */
  edges: readonly ReedEdge[]
  session: string
  /** Calendar day, or whatever stands for it: events of a day are alike. */
  day: string
  place: string
  /** Unique. */
  name: string
}

/** What a burst can be, so far. `same`: the door did nothing, whatever else moved. */
export const EVENT_CLASSES = ['same', 'opening', 'opened', 'closing', 'closed', 'passed'] as const
export type EventClass = (typeof EVENT_CLASSES)[number]

/** A burst up to one of its frames, and what the door had done by then. */
export interface Cut {
  /** Frames that are known. */
  count: number
  label: EventClass
}

/** A door is seen to swing so soon after its reed opened, and until so soon before it closes, s (D). */
const SWING_S = [0.3, 1] as const
const BEFORE_CLOSED_S = 0.8
/** So long after its reed opened a door has come to rest, as a rule, s (D; swings take 0.8 to 3 s). */
const OPENED_S = 2.5
/** So long before it closes the door may be on its way, s (D). */
const MAY_CLOSE_S = 3
/** A frame that shows a closed door alone, s after the reed closed (D). */
const CLOSED_S = 0.4
/** What is just about to open is none of anything, s (D). */
const ABOUT_S = 0.2

/** What the reed says of a burst at a moment; undefined where it cannot say. Device time. */
export function labelAt({ openBefore, edges }: LabelledBurst, atUs: number): EventClass | undefined {
  const last = edges.findLast((edge) => edge.atUs <= atUs)
  const next = edges.find((edge) => edge.atUs > atUs)
  const since = last === undefined ? Infinity : (atUs - last.atUs) / 1e6
  const until = next === undefined ? Infinity : (next.atUs - atUs) / 1e6
  const open = last?.open ?? openBefore
  if (!open) {
    if (until < ABOUT_S || since < CLOSED_S) return undefined
    if (last === undefined) return 'same'
    return openBefore ? 'closed' : 'passed'
  }
  if (until < BEFORE_CLOSED_S) return 'closing'
  if (since < SWING_S[0]) return undefined
  if (since < SWING_S[1]) return 'opening'
  if (since < OPENED_S || until < MAY_CLOSE_S) return undefined
  if (last === undefined) return 'same'
  return openBefore ? 'passed' : 'opened'
}

/** Frames between two cuts of one burst, 0.6 s: nearer ones repeat one another (D). */
const CUT_EVERY = 3
/** The first cut: less is hardly motion yet (D). */
const FIRST_CUT = 6

/** The end of a burst, and moments on the way to it. */
export function cutsOf(labelled: LabelledBurst): Cut[] {
  const { burst } = labelled
  const frameUs = (burst.endUs - burst.startUs) / burst.count
  const cuts: Cut[] = []
  for (let count = burst.count; count >= Math.min(FIRST_CUT, burst.count); count -= CUT_EVERY) {
    const label = labelAt(labelled, burst.startUs + count * frameUs)
    if (label !== undefined) cuts.push({ count, label })
  }
  return cuts
}
