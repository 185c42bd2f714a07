import type { DoorEvent } from '../../domain/event.js'
import type { Place } from './places.js'

/** A door that is back within this passed someone through, ms: two swings of 3 s and a moment between (D), … */
const PASS_MS = 8000
/** … and within one motion so much later: whoever passed walks on, and the door is found closed when he is gone (D). */
const PASS_IN_MOTION_MS = 12_000
/** More probable than not (D). */
const PASSED = 0.5

/**
 * Makes events of what a door is found to do, as soon as it is found. An opening that turns out to be half of a
 * pass-through is told as one once more: the pass-through begins when it began, and stands in its place.
 */
export class EventTeller {
  private place: Place | undefined
  /** The last opening or closing. */
  private change: { from: Place; startUs: number; endUs: number } | undefined
  /** End of the last event that was told. */
  private lastUs = -Infinity

  /** The door is known to be at `place` since a movement that began at `startUs`. */
  found(place: Place, startUs: number, atUs: number, confidence: number): DoorEvent | undefined {
    const from = this.place
    this.place = place
    const kind = from && kindOf(from, place)
    // Without motion it is the first guess that was corrected: nothing happened.
    if (from === undefined || kind === undefined || Number.isNaN(startUs)) return undefined
    this.lastUs = atUs
    const { change } = this
    const passMs = change?.startUs === startUs ? PASS_IN_MOTION_MS : PASS_MS
    if (change?.from === place && atUs - change.endUs < passMs * 1000) {
      this.change = undefined
      return { kind: 'passed-through', startUs: change.startUs, endUs: atUs, confidence }
    }
    this.change = { from, startUs, endUs: atUs }
    return { kind, startUs, endUs: atUs, confidence }
  }

  /** A burst is over in which the door came back, with this probability, to `place`. */
  returned(place: Place, probability: number, startUs: number, endUs: number): DoorEvent | undefined {
    if (probability <= PASSED || this.lastUs >= startUs || this.place !== place) return undefined
    this.lastUs = endUs
    return { kind: 'passed-through', startUs, endUs, confidence: probability }
  }

  /** Nothing is known any more. */
  forget(): void {
    this.change = undefined
    this.place = undefined
    this.lastUs = -Infinity // the device's clock may begin anew
  }
}

/** Whether one event stands in the place of the one told before it. */
export function supersedes(event: DoorEvent, before: DoorEvent | undefined): boolean {
  return (
    event.kind === 'passed-through' && before?.kind !== 'passed-through' && before?.startUs === event.startUs
  )
}

/** Between ajar and open nothing is told: the door was open and is. */
function kindOf(from: Place, to: Place): 'opened' | 'closed' | undefined {
  if ((from === 'closed') === (to === 'closed')) return undefined
  return from === 'closed' ? 'opened' : 'closed'
}
