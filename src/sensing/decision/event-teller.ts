import type { DoorEvent } from '../../domain/event.js'
import type { Place } from './places.js'

/** A door that is back within this passed someone through, ms: two swings of 3 s and a moment between (D). */
const PASS_MS = 8000
/** More probable than not (D). */
const PASSED = 0.5

/**
 * Makes events of what a door is found to do. An opening is told once it can no longer be half of a pass-through, so
 * later than the state; its times say when it was.
 */
export class EventTeller {
  private place: Place | undefined
  /** A change that may be half of a pass-through. */
  private change: { from: Place; startUs: number; endUs: number; confidence: number } | undefined

  /** End of the last event that was told, or may be. */
  private lastUs = -Infinity

  /** The door is known to be at `place` since a movement that began at `startUs`. */
  found(place: Place, startUs: number, atUs: number, confidence: number): DoorEvent | undefined {
    const from = this.place
    this.place = place
    if (from === undefined || kindOf(from, place) === undefined) return undefined
    this.lastUs = atUs
    const { change } = this
    if (change?.from === place && atUs - change.endUs < PASS_MS * 1000) {
      this.change = undefined
      return { kind: 'passed-through', startUs: change.startUs, endUs: atUs, confidence }
    }
    const told = this.settle()
    this.change = { from, startUs, endUs: atUs, confidence }
    return told
  }

  /** A burst is over in which the door came back, with this probability, to where it was. */
  returned(probability: number, startUs: number, endUs: number): DoorEvent | undefined {
    if (probability <= PASSED || this.lastUs >= startUs || this.place === undefined) return undefined
    return { kind: 'passed-through', startUs, endUs, confidence: probability }
  }

  /** Time has passed. */
  tick(atUs: number): DoorEvent | undefined {
    return this.change !== undefined && atUs - this.change.endUs >= PASS_MS * 1000 ? this.settle() : undefined
  }

  /** Nothing is known any more. */
  forget(): DoorEvent | undefined {
    const told = this.settle()
    this.place = undefined
    return told
  }

  private settle(): DoorEvent | undefined {
    const { change, place } = this
    this.change = undefined
    const kind = change && place && kindOf(change.from, place)
    if (change === undefined || kind === undefined) return undefined
    return { kind, startUs: change.startUs, endUs: change.endUs, confidence: change.confidence }
  }
}

/** Between ajar and open nothing is told: the door was open and is. */
function kindOf(from: Place, to: Place): 'opened' | 'closed' | undefined {
  if ((from === 'closed') === (to === 'closed')) return undefined
  return from === 'closed' ? 'opened' : 'closed'
}
