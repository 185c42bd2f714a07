import type { Reason } from './reason.js'

/** How far the commissioning of a door by its reed switch has come. */
export interface CommissioningStatus {
  /** `idle`: not begun, or stopped. `live`: a model of this door decides, and a reed that stays measures it. */
  phase: 'idle' | 'learning' | 'live'
  reed?: { pin: number; inverted: boolean; door: 'open' | 'closed' | 'unknown' }
  /** Wall clock ms of the start, where the clock was set. */
  sinceMs?: number
  /** What the journal took in since the start. */
  counts: CommissioningCounts
  journal: { bytes: number; droppedDays: number; droppedRecords: number }
  training: { running: boolean; next: string; failed?: Reason }
  /** Of the last training. */
  verdict?: TrainedVerdict
  /** What the live model told, against a reed that stayed. */
  measured: Measured
  reasons: readonly Reason[]
}

export interface CommissioningCounts {
  /** Motions, whatever moved. */
  bursts: number
  /** Of the reed. */
  openings: number
  /** Windows of quiet intervals. */
  quiet: number
  /** Changes of the reed without any motion on the radio. */
  unseen: number
  sessions: number
  days: number
}

export interface TrainedVerdict {
  model: string
  verdict: string
  sentence: string
  advice: readonly string[]
  /** The certificate in words. */
  text: string
}

/** Openings and closings, over all days. */
export interface Measured {
  reed: number
  found: number
  told: number
  false: number
  days: number
}

/** Commissioning as outputs may command it. */
export interface CommissioningControl {
  status(): CommissioningStatus
  /** Throws AjarError 'commissioning.…' where it cannot begin. */
  start(options: { reedPin?: number; inverted: boolean }): CommissioningStatus
  stop(): CommissioningStatus
}
