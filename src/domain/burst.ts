import type { Scores } from './model.js'

/**
 * Motion of one link from quiet to quiet, as far as it has come. Reused: the same object grows until `over`.
 * A frame is the mean over one hop (0.2 s): `bins` values of log-shape, then the level in nepers.
 */
export interface Burst {
  link: string
  epoch: number
  layoutId: number
  /** Device time of the first frame, which lies before motion was noticed, and of the end of the last, µs. */
  startUs: number
  endUs: number
  /** Quiet has come, or the burst is full and another begins where it ends. */
  over: boolean
  /** Values of a frame. */
  size: number
  /** count × size. */
  frames: Float32Array
  count: number
  /** The quiet before: the median of its frames. */
  before: Float32Array
  /** How many frames that rests on; 0 where a longer motion was cut: then it is the end of the part before. */
  quietFrames: number
}

/** What the model of events says of the burst under way. */
export interface BurstReading {
  /** Outputs are the event classes. Reused. */
  scores: Scores
  /** The burst ends here. */
  over: boolean
  /** There was quiet before it to compare it with. */
  grounded: boolean
}
