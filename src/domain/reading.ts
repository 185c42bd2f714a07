import type { DoorEvent } from './event.js'
import type { Instant } from './time.js'

export const STATES = ['closed', 'opening', 'open', 'closing', 'ajar', 'unknown'] as const
export type State = (typeof STATES)[number]

export type Motion = 'still' | 'moving' | 'unknown'

export const READING_REASONS = [
  'decided',
  'starting',
  'no-model',
  'link-stale',
  'learning',
  'site-not-usable',
  'out-of-distribution',
  'ambiguous',
  'displaced',
  'new-epoch',
  'model-error',
  'safe-mode',
] as const
export type ReadingReason = (typeof READING_REASONS)[number]

/** What Ajar says of one door at one moment. Immutable once made. */
export interface DoorReading {
  doorId: string
  state: State
  motion: Motion
  /** Posterior probability of `state`, 0..1; 0 when unknown. */
  confidence: number
  /** When this state began to be known. */
  since: Instant
  at: Instant
  reason: ReadingReason
  epoch: number
  /** The site has no verdict yet that backs this reading. */
  provisional: boolean
  simulated: boolean
  engine: string
  model: string
  /** The last thing that the door was found to have done; absent before the first. */
  lastEvent?: { kind: DoorEvent['kind']; at: Instant; confidence: number }
}
