import type { Reason } from '../../domain/reason.js'
import type { Reed, ReedChange, ReedWiring } from '../../domain/reed.js'
import type { Clock } from '../../domain/time.js'
import { AjarError, messageOf } from '../../platform/errors.js'
import { Debounce } from './debounce.js'
import type { GpioDriver, InputLine } from './driver.js'
import { OnoffDriver } from './onoff-driver.js'

/** Between two looks at the line while it moves, or where it raises no interrupts, and else, ms (D). */
const CLOSE_LOOK_MS = 10
const POLL_MS = 20
const SAFETY_MS = 500
/** A line that could not be claimed is asked for again, ms: a group or an overlay may come (D). */
const RETRY_MS = 30_000

export interface ReedSwitchSettings extends ReedWiring {
  chipLabels: readonly string[]
  /** A level counts once it has held for so long, ms. */
  debounceMs: number
  /** More movements within a second are chatter. */
  mostEdgesPerSecond: number
}

/** A reed switch between a line that is pulled up and ground: the magnet of a closed door closes it, and the line is low. */
export class ReedSwitch implements Reed {
  private line: InputLine | undefined
  private debounce: Debounce | undefined
  private fault: Reason | undefined
  private timer: NodeJS.Timeout | undefined
  private unwatch: () => void = () => undefined
  private watched = false
  private triedUs = -Infinity
  private changed: (change: ReedChange) => void = () => undefined

  constructor(
    private readonly settings: ReedSwitchSettings,
    private readonly clock: Pick<Clock, 'monotonicUs'>,
    private readonly openDriver: (labels: readonly string[]) => GpioDriver = OnoffDriver.open,
  ) {}

  start(changed: (change: ReedChange) => void): void {
    this.changed = changed
    this.look()
  }

  /** Undefined while the line cannot be read. */
  open(): boolean | undefined {
    if (this.fault !== undefined) return undefined
    return this.debounce && this.debounce.level !== this.settings.inverted
  }

  reasons(): Reason[] {
    const chatter = this.debounce?.chattered ?? 0
    return [
      ...(this.fault === undefined ? [] : [this.fault]),
      ...(chatter === 0 ? [] : [chattering(this.settings, chatter)]),
    ]
  }

  stop(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.unwatch()
    this.line?.release()
    this.line = this.debounce = undefined
  }

  private claim(): void {
    const nowUs = this.clock.monotonicUs()
    if (nowUs - this.triedUs < RETRY_MS * 1000) return
    this.triedUs = nowUs
    const { pin, chipLabels, debounceMs, mostEdgesPerSecond } = this.settings
    this.attempt(() => {
      const line = this.openDriver(chipLabels).input(pin)
      this.debounce = new Debounce(line.read(), debounceMs * 1000, mostEdgesPerSecond)
      this.line = line
      const unwatch = line.watch(() => this.look())
      this.watched = unwatch !== undefined
      this.unwatch = unwatch ?? (() => undefined)
    })
  }

  private look(): void {
    clearTimeout(this.timer)
    if (this.line === undefined) this.claim()
    const { line, debounce } = this
    const atUs = this.clock.monotonicUs()
    if (line !== undefined && debounce !== undefined) this.attempt(() => debounce.see(line.read(), atUs))
    const sinceUs = debounce?.settle(atUs)
    if (sinceUs !== undefined) this.changed({ open: this.open() === true, hostTimeUs: sinceUs })
    const waitMs = debounce?.moving ? CLOSE_LOOK_MS : this.watched || line === undefined ? SAFETY_MS : POLL_MS
    this.timer = setTimeout(() => this.look(), waitMs)
    this.timer.unref()
  }

  private attempt(action: () => void): void {
    try {
      action()
      this.fault = undefined
    } catch (error) {
      this.fault = faultOf(error, this.settings.pin)
    }
  }
}

function faultOf(error: unknown, pin: number): Reason {
  const text =
    error instanceof AjarError
      ? error.message
      : `The reed switch on GPIO${pin} cannot be read: ${messageOf(error)}`
  const hint = error instanceof AjarError ? error.hint : 'Check the wiring, then run `ajar doctor`.'
  return { code: 'reed.absent', text, hint }
}

function chattering({ pin }: ReedWiring, seconds: number): Reason {
  return {
    code: 'reed.chatters',
    text: `The reed switch on GPIO${pin} chattered in ${seconds} seconds since the start.`,
    hint: 'Press its wires home and move the magnet nearer: it must close firmly.',
  }
}
