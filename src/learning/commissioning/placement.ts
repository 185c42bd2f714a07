import type { LinkHealth } from '../../domain/link.js'
import type { PlacementResult, PlacementStatus, PlacementStep } from '../../domain/placement.js'
import type { Reason } from '../../domain/reason.js'
import type { SignalWindow } from '../../domain/window.js'
import { LinkCheck } from './link-check.js'
import {
  doorWeak,
  linkLost,
  noisy,
  NO_MOVEMENT,
  NOT_QUIET,
  notBack,
  STILL_MOVING,
} from './placement-advice.js'
import { distance, newestSecond, SecondMeans, type SecondMean } from './second-means.js'

/** Longest that a step takes, s (D): together 100, within the two minutes that a person is asked for. */
const MOST_SECONDS: Record<PlacementStep, number> = { link: 10, quiet: 40, swing: 50, done: 0 }
/** Quiet without a break that noise and reference are measured over: enough to leave the doorway in between (D). */
const QUIET_SECONDS = 12
/** A hand that lets go, a door that swings out, and the windows that still hold some of it (D). */
const SETTLE_US = 2_500_000
/** After that: whether the channel is where it was; a pause between two swings must not reach it (D). */
const AFTER_SECONDS = 5
/** Windows further apart are not one stretch (decision.gapResetMs). */
const GAP_US = 2_000_000
/** No window for so long at the end of a step: it is the link that failed (D). */
const LOST_US = 3_000_000
/**
 * Most scatter of the 1-s means in quiet. Log-shapes of real links scatter by 0.002 to 0.0035 at 100 packets a
 * second, three times that at 10 (M); motion begins at 0.02 (signal.motionVariance).
 */
const MOST_NOISE = 0.02
/**
 * The least change of such a mean by a swing, in terms of that scatter (D; simulated, seeds 1 to 24: metal 11 to 73,
 * solid wood 9 to 50, a hollow door across the doorway mostly 2 to 11, beside the link 2 to 5), or of its level, dB (D;
 * the same seeds: metal 8 to 14, all others 2 at most; a gain that is not locked moves means over 1 s by 0.5).
 */
const LEAST_CHANGE = 8
const LEAST_LEVEL_DB = 4
/** Of the change this may stay when the door is closed again (D; the play of a latch leaves 3 %, simulated). */
const MOST_LEFT_OVER = 0.3
/** Below this many times the noise nothing can be said to have stayed (D). */
const LEAST_LEFT_OVER = 4

const INSTRUCTIONS: Record<PlacementStep, string> = {
  link: 'Wait: the link is being looked at.',
  quiet: 'Leave the doorway and keep the door closed.',
  swing: 'Swing the door open and closed twice, then close it and step away.',
  done: 'Done.',
}

export interface PlacementOptions {
  /** Counts the starts. */
  id: number
  /** What the source says of itself. */
  simulated: boolean
  /** Below it there is no live reading (signal.minPacketsPerSecond). */
  leastPacketsPerSecond: number
}

/**
 * Says within two minutes whether a link at this position can work. Windows and health in, progress and result out;
 * time is passed in, and between windows it is that of the packets. Does no I/O.
 */
export class PlacementAssessor {
  private step: PlacementStep = 'link'
  private readonly link: LinkCheck
  private readonly quiet = new SecondMeans()
  private readonly after = new SecondMeans()
  private before: SecondMean | undefined
  private quietNoise = NaN
  private doorChange = NaN
  private doorLevelDb = NaN
  private leftOver = NaN
  private moved = false
  /** Device time of the last window, and since when it has been still. */
  private endUs = NaN
  private stillUs = NaN
  /** Host time. */
  private windowUs = NaN
  private stepUs: number
  private health: LinkHealth | undefined
  private levelDb = NaN
  private moving: boolean | undefined
  private result: PlacementResult | undefined

  constructor(
    private readonly options: PlacementOptions,
    startUs: number,
  ) {
    this.stepUs = this.windowUs = startUs
    this.link = new LinkCheck(options.leastPacketsPerSecond)
  }

  window(window: SignalWindow, nowUs: number): void {
    const second = newestSecond(window)
    const sinceUs = window.endUs - this.endUs
    if (!(sinceUs >= 0 && sinceUs <= GAP_US)) this.interrupted()
    this.endUs = window.endUs
    this.windowUs = nowUs
    this.levelDb = second.levelDb
    this.moving = window.motion.moving
    if (this.moving) this.stillUs = NaN
    else if (Number.isNaN(this.stillUs)) this.stillUs = window.endUs
    if (this.step === 'quiet') this.listen(window, nowUs)
    else if (this.step === 'swing') this.watch(window, second)
  }

  /** About twice a second, windows or not. */
  tick(health: LinkHealth, nowUs: number): void {
    this.health = health
    if (nowUs - this.windowUs > LOST_US) this.moving = undefined
    if (this.step === 'link') this.link.sample(health)
    if (this.step === 'done' || this.secondsLeft(nowUs) > 0) return
    if (this.step === 'link') {
      const reasons = this.link.reasons()
      if (reasons.length > 0) this.finish(reasons)
      else this.begin('quiet', nowUs)
    } else this.finish([this.overdue(nowUs)])
  }

  status(nowUs: number): PlacementStatus {
    const { step, health, result } = this
    const { id, simulated } = this.options
    const { packetsPerSecond = 0, lossRatio = NaN, rssiDbm = NaN, gainLocked } = health ?? {}
    const motion = this.moving === undefined ? 'unknown' : this.moving ? 'moving' : 'still'
    const { saturatedRatio } = this.link.figures()
    const { levelDb } = this
    const live = {
      packetsPerSecond,
      lossRatio,
      saturatedRatio,
      rssiDbm,
      levelDb,
      gainLocked,
      motion,
    } as const
    const secondsLeft = Math.ceil(this.secondsLeft(nowUs))
    return { id, step, instruction: INSTRUCTIONS[step], secondsLeft, simulated, live, result }
  }

  private secondsLeft(nowUs: number): number {
    return Math.max(0, MOST_SECONDS[this.step] - (nowUs - this.stepUs) / 1e6)
  }

  private begin(step: PlacementStep, nowUs: number): void {
    this.step = step
    this.stepUs = nowUs
  }

  private interrupted(): void {
    this.stillUs = NaN
    this.quiet.clear()
    this.after.clear()
  }

  /** The quiet before: without a break. */
  private listen(window: SignalWindow, nowUs: number): void {
    if (window.motion.moving) this.quiet.clear()
    else this.quiet.add(window)
    if (this.quiet.count < QUIET_SECONDS) return
    this.before = this.quiet.mean()
    this.quietNoise = this.quiet.scatter()
    if (this.quietNoise > MOST_NOISE) this.finish([noisy(this.quietNoise, MOST_NOISE)])
    else this.begin('swing', nowUs)
  }

  /** The door while it is swung, and the quiet after. */
  private watch(window: SignalWindow, second: SecondMean): void {
    const { before } = this
    if (before === undefined) return
    this.doorChange = Math.max(this.doorChange || 0, distance(second.shape, before.shape))
    this.doorLevelDb = Math.max(this.doorLevelDb || 0, Math.abs(second.levelDb - before.levelDb))
    if (window.motion.moving) {
      this.moved = true
      this.after.clear()
    } else if (this.moved && window.endUs - this.stillUs >= SETTLE_US) this.after.add(window)
    if (this.after.count < AFTER_SECONDS) return
    this.leftOver = distance(this.after.mean().shape, before.shape)
    this.finish(this.objections())
  }

  private objections(): Reason[] {
    const { quietNoise, doorChange, doorLevelDb, leftOver } = this
    const reasons: Reason[] = []
    const times = doorChange / quietNoise
    if (times < LEAST_CHANGE && doorLevelDb < LEAST_LEVEL_DB) reasons.push(doorWeak(times, LEAST_CHANGE))
    if (leftOver > Math.max(MOST_LEFT_OVER * doorChange, LEAST_LEFT_OVER * quietNoise))
      reasons.push(notBack(leftOver / doorChange))
    return reasons
  }

  /** Why a step has not come to its end. */
  private overdue(nowUs: number): Reason {
    if (nowUs - this.windowUs > LOST_US) return linkLost(this.health?.reasons[0])
    if (this.step === 'quiet') return NOT_QUIET
    return this.moved ? STILL_MOVING : NO_MOVEMENT
  }

  private finish(reasons: readonly Reason[]): void {
    const { quietNoise, doorChange, doorLevelDb, leftOver } = this
    const works = reasons.length === 0
    const times = Math.round(doorChange / quietNoise)
    this.result = {
      works,
      text: works
        ? `This position can work: the door changes the channel ${times} times as much as quiet does, and it comes back.`
        : `This position cannot work like this. ${reasons[0].text}`,
      reasons,
      notes: this.link.notes(),
      figures: { ...this.link.figures(), quietNoise, doorChange, doorLevelDb, leftOver },
    }
    this.step = 'done'
  }
}
