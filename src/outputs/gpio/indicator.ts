import type { Indicator, IndicatorHealth } from '../../domain/indicator.js'
import type { LinkHealth } from '../../domain/link.js'
import type { DoorReading } from '../../domain/reading.js'
import type { Reason } from '../../domain/reason.js'
import type { Clock } from '../../domain/time.js'
import { AjarError, messageOf } from '../../platform/errors.js'
import type { GpioDriver, OutputLine } from './driver.js'
import { isLit, ledPattern, type LedPattern, type LedRole } from './led-patterns.js'
import { noneDriver } from './none-driver.js'
import { OnoffDriver } from './onoff-driver.js'
import { RelayPolicy } from './relay-policy.js'
import type { GpioSettings } from './settings.js'

/** The grain of blinking, pulses and holds. */
const TICK_MS = 50
const ROLES: readonly LedRole[] = ['closed', 'ajar', 'open', 'status']

interface Led {
  role: LedRole
  output: Output
  pattern: LedPattern
  sinceMs: number
}

/** A line and what it was last told, so that only changes are written. */
interface Output {
  name: string
  line: OutputLine
  on: boolean
}

/**
 * LEDs and relay from readings. Without GPIO it does nothing, says so in its health, and sensing goes on.
 * Only the clock's monotonic time counts; one timer runs what blinks and ends.
 */
export class GpioIndicator implements Indicator {
  private driver: GpioDriver = noneDriver
  private readonly leds: Led[] = []
  private relay: Output | undefined
  private readonly policy: RelayPolicy | undefined
  private shown: { reading: DoorReading; health: LinkHealth } | undefined
  private timer: NodeJS.Timeout | undefined
  /** By what failed; a line that works again takes its own away. */
  private readonly faults = new Map<string, Reason>()

  constructor(
    private readonly settings: GpioSettings,
    private readonly clock: Pick<Clock, 'monotonicUs'>,
    private readonly openDriver: (labels: readonly string[]) => GpioDriver = OnoffDriver.open,
  ) {
    this.policy = settings.relay && new RelayPolicy(settings.relay)
  }

  /** Claims the lines, all off, and starts the timer. A fault is health, never an exception. */
  async start(): Promise<void> {
    if (this.timer !== undefined || this.settings.driver === 'none' || !usesGpio(this.settings)) return
    this.attempt('driver', () => (this.driver = this.openDriver(this.settings.chipLabels)))
    if (this.driver.name === 'none') return
    const { leds, relay } = this.settings
    if (relay) this.relay = this.claim('relay', relay.line, relay.activeLow)
    for (const role of ROLES) {
      const line = leds[role]
      const output = line === undefined ? undefined : this.claim(`${role} LED`, line, leds.activeLow)
      if (output) this.leds.push({ role, output, pattern: [], sinceMs: 0 })
    }
    this.timer = setInterval(() => this.refresh(), TICK_MS)
  }

  show(reading: DoorReading, health: LinkHealth): void {
    this.shown = { reading, health }
    if (this.timer === undefined) return
    const nowMs = this.nowMs()
    for (const led of this.leds) {
      const pattern = ledPattern(led.role, reading, health)
      if (pattern !== led.pattern) led.sinceMs = nowMs
      led.pattern = pattern
    }
    this.policy?.read(reading, nowMs)
    this.refresh()
  }

  health(): IndicatorHealth {
    const [fault] = this.faults.values()
    const { name: driver } = this.driver
    if (fault !== undefined)
      return { driver, ok: this.settings.driver === 'auto' && this.timer === undefined, reason: fault }
    const limited = this.policy?.limited ?? 0
    return limited === 0 ? { driver, ok: true } : { driver, ok: true, reason: relayLimited(limited) }
  }

  /** Everything off; the lines stay outputs, so that the relay does not float. */
  async stop(): Promise<void> {
    clearInterval(this.timer)
    this.timer = undefined
    for (const output of [this.relay, ...this.leds.map((led) => led.output)])
      if (output) this.write(output, false)
  }

  private refresh(): void {
    if (this.shown === undefined) return
    const nowMs = this.nowMs()
    if (this.relay && this.policy) this.write(this.relay, this.policy.energised(nowMs))
    for (const { output, pattern, sinceMs } of this.leds) this.write(output, isLit(pattern, nowMs - sinceMs))
  }

  private claim(name: string, line: number, activeLow: boolean): Output | undefined {
    let output: Output | undefined
    this.attempt(name, () => (output = { name, line: this.driver.output(line, activeLow), on: false }))
    return output
  }

  /** A write that failed is tried again at the next tick: `on` is what the line is known to be. */
  private write(output: Output, on: boolean): void {
    if (output.on === on && !this.faults.has(output.name)) return
    this.attempt(output.name, () => {
      output.line.write(on)
      output.on = on
    })
  }

  private attempt(name: string, action: () => void): void {
    try {
      action()
      this.faults.delete(name)
    } catch (error) {
      if (!this.faults.has(name)) this.faults.set(name, reasonOf(error))
    }
  }

  private nowMs(): number {
    return this.clock.monotonicUs() / 1000
  }
}

/** Whether anything is to be driven at all. */
export function usesGpio({ leds, relay }: GpioSettings): boolean {
  return relay !== undefined || ROLES.some((role) => leds[role] !== undefined)
}

function reasonOf(error: unknown): Reason {
  if (error instanceof AjarError) return { code: error.code, text: error.message, hint: error.hint }
  return { code: 'gpio.fault', text: `GPIO failed: ${messageOf(error)}`, hint: 'Run `ajar doctor`.' }
}

function relayLimited(times: number): Reason {
  return {
    code: 'gpio.relay-limited',
    text: `A limit kept the relay from switching ${times} times since the start.`,
    hint: 'If the door really moves so often, raise gpio.relay.maxPerMinute or lower minHoldMs.',
  }
}
