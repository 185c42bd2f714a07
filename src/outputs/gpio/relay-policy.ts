import type { DoorReading, State } from '../../domain/reading.js'
import type { RelaySettings } from './settings.js'

const MINUTE_MS = 60_000

/**
 * When the relay is energised. Pure: time is passed in, ms of a clock that never goes back. De-energised is the
 * fail state: what is unknown or may not be acted on leads there at once, and no limit delays it.
 */
export class RelayPolicy {
  /** Times that a limit delayed (level) or dropped (pulse) an energising. */
  limited = 0
  private on = false
  /** The state that may be acted on; undefined while unknown. */
  private state: State | undefined
  /** The last one of those: a pulse marks a change between two states, not the end of not knowing. */
  private lastState: State | undefined
  private holdUntilMs = -Infinity
  private pulseUntilMs = -Infinity
  private switchedMs = -Infinity
  /** When it was energised within the last minute, oldest first. */
  private readonly energisings: number[] = []

  constructor(private readonly settings: RelaySettings) {}

  /** A reading, new or the same again; returns as `energised`. */
  read(reading: DoorReading, nowMs: number): boolean {
    const state = this.mayAct(reading) ? reading.state : undefined
    if (state === this.state) return this.energised(nowMs)
    const before = this.state ?? this.lastState
    if (state !== undefined) this.lastState = state
    else this.holdUntilMs = this.mayHold(before) ? nowMs + this.settings.holdMs : -Infinity
    this.state = state
    if (state !== undefined && this.isOn(state) && !this.on) {
      const begins = before !== undefined && !this.isOn(before)
      const free = this.mayEnergise(nowMs)
      if (this.settings.pulseMs > 0 && begins && free) this.pulseUntilMs = nowMs + this.settings.pulseMs
      if (!free && (this.settings.pulseMs === 0 || begins)) this.limited++
    }
    return this.energised(nowMs)
  }

  /** Whether the relay is to be energised now. To be asked often: pulses and holds end by it. */
  energised(nowMs: number): boolean {
    const target = this.target(nowMs)
    if (target === this.on) return this.on
    const level = this.settings.pulseMs === 0
    if (target && !this.mayEnergise(nowMs)) return false
    if (!target && level && this.state !== undefined && nowMs - this.switchedMs < this.settings.minHoldMs)
      return true
    if (target) this.energisings.push(nowMs)
    this.switchedMs = nowMs
    return (this.on = target)
  }

  private target(nowMs: number): boolean {
    if (this.settings.pulseMs > 0) return this.state !== undefined && nowMs < this.pulseUntilMs
    return this.state === undefined ? this.on && nowMs < this.holdUntilMs : this.isOn(this.state)
  }

  private mayEnergise(nowMs: number): boolean {
    while (this.energisings[0] <= nowMs - MINUTE_MS) this.energisings.shift()
    const { minHoldMs, maxPerMinute } = this.settings
    return nowMs - this.switchedMs >= minHoldMs && this.energisings.length < maxPerMinute
  }

  /**
   * Only what an energising state began outlasts it, not what the minimum hold still kept on. A relay that
   * `closed` may have energised is never held: whoever reads it would take the door for closed.
   */
  private mayHold(before: State | undefined): boolean {
    return before !== undefined && this.isOn(before) && !this.isOn('closed')
  }

  private mayAct({ state, provisional, simulated }: DoorReading): boolean {
    const { allowProvisional, allowSimulated } = this.settings
    return state !== 'unknown' && (allowProvisional || !provisional) && (allowSimulated || !simulated)
  }

  private isOn(state: State): boolean {
    return (this.settings.onStates as readonly State[]).includes(state)
  }
}
