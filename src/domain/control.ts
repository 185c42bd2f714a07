import type { Flag, FlagStatus } from './flag.js'
import type { PlacementStatus } from './placement.js'
import type { DoorReading } from './reading.js'
import type { LinkHealth } from './link.js'
import type { Reason } from './reason.js'

/** What outputs may command; implemented where the composition root decides. */

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface LogLevelControl {
  level(): LogLevel
  /** Returns when it will be put back, wall clock ms. Throws AjarError 'log-level.duration' when out of bounds. */
  set(level: LogLevel, forMs: number): { level: LogLevel; untilMs: number }
}

export interface RecordingStatus {
  id: string
  file: string
  seconds: number
  startedMs: number
  bytes: number
  /** It runs no longer. */
  done: boolean
  /** Why there is no file although it is done. */
  error?: Reason
}

export interface RecordingControl {
  /**
   * Starts a recording of raw bytes into the data directory; one at a time, bounded. Rejects with AjarError
   * 'recording.…' where it cannot begin.
   */
  start(options: { seconds: number; note: string }): Promise<RecordingStatus>
  current(): RecordingStatus | undefined
}

export interface FlagControl {
  /**
   * Somebody says that the reading is wrong: keeps the bytes of the last minutes and what was made of them. Rejects
   * with AjarError 'flag.…' or 'recording.write' where that cannot be.
   */
  save(options: { note: string }): Promise<Flag>
  list(): Promise<FlagStatus>
}

export interface PlacementControl {
  /** Begins, or begins again: the person starts when they stand there. */
  start(): PlacementStatus
  /** Undefined before the first start. */
  current(): PlacementStatus | undefined
}

/** What the appliance shows of itself, read by API, MQTT and dashboard; nothing here does I/O. */
export interface ApplianceView {
  readonly version: string
  doors(): readonly string[]
  /** That people see. */
  doorName(doorId: string): string
  reading(doorId: string): DoorReading
  link(): LinkHealth
  model(): ModelStatus
  /** Everything a person should know now, worst first. */
  reasons(): readonly Reason[]
  /** True while packets arrive and windows are made. */
  sensing(): boolean
  /** Calls back after each update; returns the way to stop. */
  subscribe(listener: (update: ReadingUpdate) => void): () => void
}

export interface ModelStatus {
  id: string
  family: string
  engine: string
  /** Why this engine, and what became of those before it. */
  engineReason?: Reason
  layoutId: number
  outputs: readonly { marker: string; state: string }[]
  verdict: string
  provisional: boolean
  /** Trained on simulated data. */
  simulated: boolean
  reason?: Reason
}

/**
 * A new reading. With `id` it was committed before this call; without, motion or confidence changed, or a reason
 * or epoch that is committed later, if it lasts.
 */
export interface ReadingUpdate {
  id?: number
  reading: DoorReading
}
