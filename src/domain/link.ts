import type { Counters } from './packet.js'
import type { Reason } from './reason.js'

export type SourceEvent = { type: 'open' | 'lost'; detail: string; hint?: string } | { type: 'end' }

/** Where bytes come from: a serial port, a file, the simulator. */
export interface Source {
  readonly simulated: boolean
  /**
   * Resolves once the source has begun its work (a serial source resolves even while its port is
   * absent and keeps trying). `bytes` is called with a buffer that is valid during the call only.
   */
  start(
    on: { bytes(b: Uint8Array, hostTimeUs: number): void; event(e: SourceEvent): void },
    signal: AbortSignal,
  ): Promise<void>
  send?(bytes: Uint8Array): Promise<void>
  /** Starts the receiver anew. Rejects with AjarError 'link.…'. */
  reset?(): Promise<void>
  stop(): Promise<void>
}

export interface LinkHealth {
  link: string
  connected: boolean
  source: string
  /** The bytes come from the simulator, directly or out of a recording. */
  simulated: boolean
  dialect: string
  /** Of the last used packet. */
  transmitter: string
  layoutId: number
  /** 0 while no packet is used. */
  packetsPerSecond: number
  /** These two are NaN while no packet is used. */
  lossRatio: number
  rssiDbm: number
  /** Undefined where the receiver does not report its gain. */
  gainLocked?: boolean
  /** Host monotonic time of the last used packet, µs; NaN before the first. */
  lastPacketUs: number
  counters: Counters
  reasons: Reason[]
}
