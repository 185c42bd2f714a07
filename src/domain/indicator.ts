import type { LinkHealth } from './link.js'
import type { DoorReading } from './reading.js'
import type { Reason } from './reason.js'

export interface IndicatorHealth {
  driver: 'onoff' | 'gpiod' | 'none'
  ok: boolean
  reason?: Reason
}

/** LED and relay. Never throws: a fault is health. */
export interface Indicator {
  show(reading: DoorReading, health: LinkHealth): void
  health(): IndicatorHealth
  /** Leaves the relay in its fail state. */
  stop(): Promise<void>
}
