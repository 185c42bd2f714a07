import type { Reason } from './reason.js'

/** A reed switch on a door changed and stayed so. */
export interface ReedChange {
  open: boolean
  /** Of its first movement, host monotonic clock, µs. */
  hostTimeUs: number
}

/** A reed switch on a door. Never throws: a fault is health. */
export interface Reed {
  /** Begins to watch; `changed` is called for each change from then on. */
  start(changed: (change: ReedChange) => void): void
  /** Undefined where the line cannot be read. */
  open(): boolean | undefined
  reasons(): Reason[]
  stop(): void
}

export interface ReedWiring {
  /** BCM number. */
  pin: number
  /** The line is low while the door is open. */
  inverted: boolean
}
