import type { Burst } from '../../domain/burst.js'
import type { Stage } from '../../domain/stage.js'
import type { SignalWindow } from '../../domain/window.js'
import { frameSize, readFrame } from './frame.js'
import { columnMedians } from './median.js'

export interface BurstSettings {
  /** Time between two windows, ms. */
  hopMs: number
  /** Quiet that ends a motion, ms. */
  minQuietMs: number
  /** Time of which no window holds anything after which nothing earlier counts, ms. */
  gapResetMs: number
}

/**
 * Motion is noticed once enough of the motion window (1.5 s) is filled with it, and is over once the window is
 * empty of it: a burst begins so many frames before it was noticed, and as many frames of quiet are known when
 * quiet is (D).
 */
const LEAD_FRAMES = 6
/** The quiet before a burst is read from so many frames, 4 s: older ones know nothing of drift (D). */
const QUIET_FRAMES = 20
/** The least that a median is taken of (D). */
const LEAST_QUIET_FRAMES = 3
/** 60 s (D): what goes on longer is cut. */
export const MOST_FRAMES = 300
/** The motion detector says still for so long after an interruption, ms: motionMinMs and two hops (D). */
const REDETECTION_MS = 600
/** The end of a part that was cut stands for the quiet before the next, 1 s (D). */
const CUT_FRAMES = 5

/** Windows → bursts: emits the burst under way at each window, for the last time with `over`. */
export class BurstStage implements Stage<SignalWindow, Burst> {
  private readonly burst: Burst
  /** The newest frames, oldest first. */
  private readonly recent: Float32Array
  private held = 0
  /** How many of the held frames are quiet, counted from the newest. */
  private quiet = 0
  private readonly size: number
  private under = false
  private stillMs = 0
  private lastEndUs = NaN

  constructor(
    bins: number,
    private readonly settings: BurstSettings,
  ) {
    this.size = frameSize(bins)
    this.recent = new Float32Array((QUIET_FRAMES + LEAD_FRAMES) * this.size)
    this.burst = {
      link: '',
      epoch: 0,
      layoutId: 0,
      startUs: NaN,
      endUs: NaN,
      over: false,
      size: this.size,
      frames: new Float32Array(MOST_FRAMES * this.size),
      count: 0,
      before: new Float32Array(this.size),
      quietFrames: 0,
    }
  }

  push(window: SignalWindow, emit: (burst: Burst) => void): void {
    const { burst, settings } = this
    const unseenUs = window.startUs - this.lastEndUs
    const isBehind = window.endUs <= this.lastEndUs
    if (unseenUs > settings.gapResetMs * 1000 || isBehind || window.epoch !== burst.epoch) this.reset('gap')
    burst.epoch = window.epoch
    burst.link = window.link
    burst.layoutId = window.layoutId
    // Motion is found anew after packets were missing, and that takes a while: the motion goes on until it is not.
    if (this.under && unseenUs > 0) this.stillMs = -REDETECTION_MS
    const fresh = this.freshFrames(window)
    this.lastEndUs = window.endUs
    for (let age = fresh - 1; age >= 0; age--) this.remember(window, age)
    const { moving } = window.motion
    this.stillMs = moving ? 0 : this.stillMs + settings.hopMs
    if (!this.under) {
      if (!moving) {
        this.quiet = Math.min(this.quiet + fresh, this.held)
        return
      }
      this.begin(window.endUs)
    } else this.append(window.endUs, fresh)
    burst.over = this.stillMs >= settings.minQuietMs
    const full = burst.count === MOST_FRAMES
    if (burst.over) {
      this.under = false
      // What made the motion window empty was quiet already.
      this.quiet = Math.min(LEAD_FRAMES + Math.round(settings.minQuietMs / settings.hopMs), this.held)
    } else if (full) burst.over = true
    emit(burst)
    if (full && this.under) this.cut()
  }

  reset(_reason: string): void {
    this.held = this.quiet = this.stillMs = 0
    this.under = false
    this.lastEndUs = NaN
  }

  /** A window after some that were missing holds what they would have shown, but for what is older than itself. */
  private freshFrames({ startUs, endUs }: SignalWindow): number {
    const hopUs = this.settings.hopMs * 1000
    const since = Math.max(this.lastEndUs || 0, startUs - hopUs / 2)
    return Number.isNaN(this.lastEndUs) ? 1 : Math.max(1, Math.round((endUs - since) / hopUs))
  }

  private remember(window: SignalWindow, age: number): void {
    const { recent, size, settings } = this
    if (this.held * size === recent.length) recent.copyWithin(0, size)
    else this.held++
    readFrame(window, settings.hopMs, age, recent, (this.held - 1) * size)
  }

  private begin(endUs: number): void {
    const { burst, recent, size, held } = this
    this.under = true
    // The newest frame is that of motion noticed.
    const lead = Math.max(1, Math.min(LEAD_FRAMES, this.quiet + 1 - LEAST_QUIET_FRAMES, held))
    const quietTo = held - lead
    const quietFrom = Math.max(0, held - 1 - this.quiet)
    burst.quietFrames = Math.max(0, quietTo - quietFrom)
    if (burst.quietFrames > 0)
      columnMedians(recent.subarray(quietFrom * size, quietTo * size), size, burst.before)
    else burst.before.set(recent.subarray((held - lead) * size, (held - lead + 1) * size))
    burst.frames.set(recent.subarray((held - lead) * size, held * size))
    burst.count = lead
    burst.startUs = endUs - lead * this.settings.hopMs * 1000
    burst.endUs = endUs
    this.quiet = 0
  }

  private append(endUs: number, fresh: number): void {
    const { burst, recent, size, held } = this
    const room = Math.min(fresh, MOST_FRAMES - burst.count)
    burst.frames.set(recent.subarray((held - room) * size, held * size), burst.count * size)
    burst.count += room
    burst.endUs = endUs
  }

  /** Another part of a motion that has filled the burst. */
  private cut(): void {
    const { burst, size } = this
    columnMedians(
      burst.frames.subarray((burst.count - CUT_FRAMES) * size, burst.count * size),
      size,
      burst.before,
    )
    burst.frames.copyWithin(0, (burst.count - 1) * size, burst.count * size)
    burst.count = 1
    burst.startUs = burst.endUs - this.settings.hopMs * 1000
    burst.quietFrames = 0
  }
}
