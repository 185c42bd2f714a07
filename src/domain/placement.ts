import type { Motion } from './reading.js'
import type { Reason } from './reason.js'

export const PLACEMENT_STEPS = ['link', 'quiet', 'swing', 'done'] as const
/** The link is looked at, then a quiet room, then the door while someone swings it. */
export type PlacementStep = (typeof PLACEMENT_STEPS)[number]

/** What is so now. NaN = not known. */
export interface PlacementLive {
  packetsPerSecond: number
  /** Of all that were sent, 0..1. */
  lossRatio: number
  /** Of those that arrived, since the start, 0..1. */
  saturatedRatio: number
  rssiDbm: number
  levelDb: number
  /** Undefined where the receiver does not say. */
  gainLocked: boolean | undefined
  motion: Motion
}

/** What was measured. NaN = not measured. Shapes are rms over the bins of log amplitude less its mean. */
export interface PlacementFigures extends Omit<PlacementLive, 'motion' | 'levelDb'> {
  /** Scatter of the shape's means over 1 s while nothing moves. */
  quietNoise: number
  /** The greatest change of such a mean while the door was swung. */
  doorChange: number
  /** The same of the level, dB. */
  doorLevelDb: number
  /** How far from before the mean is once the door is closed again. */
  leftOver: number
}

export interface PlacementResult {
  /** Nothing speaks against it; whether the door can be told reliably, commissioning measures. */
  works: boolean
  /** One sentence for a person. */
  text: string
  /** Why not, gravest first; empty where it can work. */
  reasons: readonly Reason[]
  /** What would be better. */
  notes: readonly Reason[]
  figures: PlacementFigures
}

export interface PlacementStatus {
  /** Another one: it was started again. */
  id: number
  step: PlacementStep
  /** What the person is to do now. */
  instruction: string
  /** Of this step, at most. */
  secondsLeft: number
  simulated: boolean
  live: PlacementLive
  /** Once the step is 'done'. */
  result?: PlacementResult
}
