import type { Scores } from '../../domain/model.js'
import type { ReadingReason } from '../../domain/reading.js'
import type { SignalWindow } from '../../domain/window.js'

/** One kind of observation that tells where the door is. */
export interface Evidence {
  /** Whether there was a stretch of quiet long enough that motion now ends it and begins something new. */
  readonly settled: boolean
  observe(window: SignalWindow, scores: Scores): void
  /** Adds the log-likelihood of each place; false where there is nothing to say yet. */
  addTo(logLikelihoods: Float64Array): boolean
  /**
   * The door is known to be at this place and nothing has moved since: what speaks against it is an objection
   * until it speaks for it again, and is kept out of what is said. Until `restart`.
   */
  hold(placeIndex: number): void
  /** Why the place with this index must not be believed now, whatever the prior says. */
  objection(placeIndex: number): ReadingReason | undefined
  /**
   * What was said is in the prior, or no longer counts: each stretch is one observation, counted once. What
   * windows hold of the time before `fromUs` (device time; absent: nothing) belongs to the stretch before.
   */
  restart(fromUs?: number): void
}
