import type { BurstReading } from '../../domain/burst.js'
import type { DoorEvent } from '../../domain/event.js'
import type { Output, Scores } from '../../domain/model.js'
import type { DoorReading, Motion, ReadingReason, State } from '../../domain/reading.js'
import type { Instant } from '../../domain/time.js'
import type { SignalWindow } from '../../domain/window.js'
import { indexOfLargest } from '../../platform/index-of-largest.js'
import { BurstTransition } from './burst-transition.js'
import { DurationHmm } from './duration-hmm.js'
import { EventTeller } from './event-teller.js'
import type { Evidence } from './evidence.js'
import { placesOf, type Place } from './places.js'
import { Readings } from './readings.js'
import type { DecisionSettings } from './settings.js'
import { StandingEvidence } from './standing-evidence.js'

export interface DecisionOptions {
  doorId: string
  /** What the model tells apart; empty without a model. */
  outputs: readonly Output[]
  settings: DecisionSettings
  simulated: boolean
  /** Readings are marked so; a site without the verdict `usable` is provisional in any case. */
  provisional: boolean
  engine: string
  model: string
  /** Of the survey; 'none' = the site was never surveyed. Any but usable, provisional and none forbids a state. */
  siteVerdict: string
}

/** Why there is no state however good the signal is. */
export type FailureReason = Extract<
  ReadingReason,
  'no-model' | 'model-error' | 'learning' | 'site-not-usable' | 'safe-mode'
>

/** A receiver is up within 2 s and fills a window in 2 s more: no window until now is sensor loss, not a start (D). */
const STARTING_US = 5_000_000
/**
 * The first state after a start, a gap or a new epoch rests on few windows, which share most of their packets. For
 * so long, of device time, it may be corrected without motion (D); then it is what is known.
 */
const FIRST_GUESS_US = 5_000_000
/** A window comes each 200 ms; after this some were missing (D). */
const GAP_IN_MOTION_MS = 300
const LIVE_VERDICTS: readonly string[] = ['usable', 'provisional', 'none']

/**
 * Windows and scores of one door → its reading. Does no I/O and reads no clock. Each method returns the reading
 * that holds now: the same frozen object as before as long as nothing changed that a reader could act on.
 */
export class DoorDecision {
  private readonly hmm: DurationHmm | undefined
  private readonly burst: BurstTransition
  private readonly teller = new EventTeller()
  private readonly places: readonly Place[]
  private readonly evidence: readonly Evidence[]
  private readonly logLikelihoods: Float64Array
  private readonly posterior: Float64Array
  private readonly readings: Readings
  private failure: FailureReason | undefined
  private motion: Motion = 'unknown'
  private epoch = 0
  private lastEndUs = NaN
  /** Host time of the last window, µs; NaN before the first and after the receiver was lost. */
  private heardUs = NaN
  private stale = false
  /** Host time of the first tick, µs. */
  private startedUs = NaN
  /** Why nothing is known yet; undefined once there has been evidence. */
  private pending: ReadingReason | undefined = 'starting'
  /** End of the first window since which everything counts, device time. */
  private beganUs = NaN
  /** The place last found in quiet, by index; undefined once there was motion: without it no place follows another. */
  private held: number | undefined
  /** What the door did has been seen since all was forgotten: the standing channel confirms it and no more. */
  private informed = false
  /** When the present motion was noticed, device time. */
  private movedUs = NaN
  /** Told and not yet taken. */
  private events: DoorEvent[] = []

  constructor(private readonly options: DecisionOptions) {
    const { outputs, settings, siteVerdict } = options
    const places = placesOf(outputs)
    this.places = places
    this.burst = new BurstTransition(places, settings)
    this.hmm = places.length > 1 ? new DurationHmm(places, settings) : undefined
    this.evidence = [new StandingEvidence(outputs, places, settings)]
    this.logLikelihoods = new Float64Array(places.length)
    this.posterior = new Float64Array(this.hmm?.states.length ?? 0)
    const { doorId, simulated, engine, model } = options
    const provisional = options.provisional || siteVerdict !== 'usable'
    this.readings = new Readings({ doorId, provisional, simulated, engine, model }, settings.confidenceStep)
    // A model that knows one place only would find the door there for ever.
    if (this.hmm === undefined) this.failure = outputs.length === 0 ? 'no-model' : 'model-error'
  }

  /** One window with its scores, undefined where no model ran, and the burst that it belongs to, if any. */
  observe(window: SignalWindow, scores: Scores | undefined, at: Instant, burst?: BurstReading): DoorReading {
    const elapsedMs = this.resume(window)
    const { moving } = window.motion
    if (moving && this.motion !== 'moving' && !this.burst.active) this.movedUs = window.endUs
    if (moving && this.settled) this.conclude(window.endUs)
    if (burst !== undefined && this.hmm !== undefined && !this.burst.active) this.burst.begin(this.hmm.atRest)
    this.motion = moving ? 'moving' : 'still'
    if (moving) this.held = undefined
    if (Number.isNaN(this.lastEndUs)) this.beganUs = window.endUs
    this.lastEndUs = window.endUs
    this.heardUs = at.monotonicUs
    this.stale = false
    // What moved before packets were missing and may move on has not come to rest meanwhile.
    const moved = moving || (this.burst.active && elapsedMs > GAP_IN_MOTION_MS)
    this.hmm?.advance(elapsedMs, moved)
    if (scores !== undefined) for (const evidence of this.evidence) evidence.observe(window, scores)
    if (burst !== undefined && this.burst.active) this.follow(burst, elapsedMs, moved, window, at)
    return this.decide(scores === undefined ? 'no-model' : undefined, at)
  }

  /** Time passed: notices that windows stay away. To be called at least once a second. */
  tick(at: Instant): DoorReading {
    if (Number.isNaN(this.startedUs)) this.startedUs = at.monotonicUs
    const unheard = Number.isNaN(this.heardUs) && !this.stale
    if (unheard && at.monotonicUs - this.startedUs > STARTING_US) return this.lost(at)
    if (at.monotonicUs - this.heardUs > this.options.settings.staleMs * 1000) return this.lost(at)
    return this.readings.current ?? this.decide(undefined, at)
  }

  /** The receiver is gone, or silent for too long. What follows is decided anew. */
  lost(at: Instant): DoorReading {
    this.forget('starting')
    this.stale = true
    this.heardUs = NaN
    return this.decide(undefined, at)
  }

  /** From now on there is no state, for this reason; motion stays live. */
  fail(reason: FailureReason, at: Instant): DoorReading {
    this.failure = reason
    return this.decide(undefined, at)
  }

  /** Whether a stretch of quiet has been seen for long enough. */
  private get settled(): boolean {
    return this.evidence.some(({ settled }) => settled)
  }

  private get guessing(): boolean {
    return this.lastEndUs - this.beganUs < FIRST_GUESS_US
  }

  /** What the burst so far makes of the door; at its end that becomes the prior. */
  private follow(
    burst: BurstReading,
    elapsedMs: number,
    moved: boolean,
    { endUs }: SignalWindow,
    at: Instant,
  ): void {
    this.burst.advance(elapsedMs, moved)
    this.burst.observe(burst)
    if (!burst.over) return
    if (!this.burst.speaks) this.informed = false
    else {
      this.burst.posterior(this.posterior)
      this.hmm?.adopt(this.posterior)
      const best = indexOfLargest(this.posterior)
      this.informed = this.posterior[best] >= this.options.settings.minConfidence
      const passed = this.burst.passed() * this.posterior[best]
      this.note(this.teller.returned(this.places[best], passed, this.movedUs, endUs), at)
      for (const evidence of this.evidence) evidence.restart(endUs)
    }
    this.burst.end()
  }

  private note(event: DoorEvent | undefined, at: Instant): void {
    if (event === undefined) return
    this.events.push(event)
    this.readings.happened(event, this.lastEndUs, at)
  }

  /** What has been found to have happened since the last call. */
  takeEvents(): readonly DoorEvent[] {
    const { events } = this
    if (events.length > 0) this.events = []
    return events
  }

  /** Forgets what a gap or a new epoch made worthless; returns the ms of device time since the last window. */
  private resume(window: SignalWindow): number {
    const unseenMs = (window.startUs - this.lastEndUs) / 1000
    const elapsedMs = (window.endUs - this.lastEndUs) / 1000
    const first = Number.isNaN(this.lastEndUs)
    if (!first && window.epoch !== this.epoch) this.forget('new-epoch')
    else if (!first && (unseenMs > this.options.settings.gapResetMs || elapsedMs < 0)) this.forget('starting')
    this.epoch = window.epoch
    return Number.isNaN(this.lastEndUs) ? 0 : elapsedMs
  }

  private forget(reason: ReadingReason): void {
    this.hmm?.reset()
    this.burst.end()
    this.teller.forget()
    for (const evidence of this.evidence) evidence.restart()
    this.pending = reason
    this.informed = false
    this.movedUs = NaN
    this.held = undefined
    this.lastEndUs = NaN
    this.motion = 'unknown'
  }

  /**
   * Motion ends a stretch of quiet: what that has shown becomes the prior, weakened, because the stretches of a
   * session err together. If it was contradictory, nothing is known.
   */
  private conclude(atUs: number): void {
    const { hmm, logLikelihoods, options } = this
    const spoke = this.weigh()
    const objection = this.informed ? undefined : this.objection(indexOfLargest(this.posterior))
    for (const evidence of this.evidence) evidence.restart(atUs)
    if (objection !== undefined) {
      hmm?.reset()
      this.pending = objection
    } else if (spoke && !this.informed)
      hmm?.absorb(logLikelihoods.map((logLikelihood) => logLikelihood * options.settings.evidenceExponent))
  }

  /** Posterior of the model's states from prior and evidence; whether there was any evidence. */
  private weigh(): boolean {
    if (this.burst.speaks) {
      this.burst.posterior(this.posterior)
      return true
    }
    this.logLikelihoods.fill(0)
    let spoke = false
    for (const evidence of this.evidence) spoke = evidence.addTo(this.logLikelihoods) || spoke
    if (this.informed)
      for (let i = 0; i < this.logLikelihoods.length; i++)
        this.logLikelihoods[i] *= this.options.settings.confirmingExponent
    this.hmm?.posterior(this.logLikelihoods, this.posterior)
    return spoke
  }

  private objection(index: number): ReadingReason | undefined {
    for (const evidence of this.evidence) {
      const objection = evidence.objection(index)
      if (objection !== undefined) return objection
    }
    return undefined
  }

  /** Whether to show this would be to say that the door went there without motion. */
  private jumps(best: number): boolean {
    if (this.held === undefined || this.held === best) return false
    const shown = this.readings.current?.state ?? 'unknown'
    return !this.guessing || (shown !== 'unknown' && shown !== this.hmm?.states[best])
  }

  private decide(missing: FailureReason | undefined, at: Instant): DoorReading {
    if (this.stale) return this.publish('unknown', 0, 'link-stale', at)
    const failure = this.failure ?? missing
    if (failure !== undefined || this.hmm === undefined)
      return this.publish('unknown', 0, failure ?? 'no-model', at)
    if (!LIVE_VERDICTS.includes(this.options.siteVerdict))
      return this.publish('unknown', 0, 'site-not-usable', at)
    const spoke = this.weigh()
    if (spoke) this.pending = undefined
    const best = indexOfLargest(this.posterior)
    const state = this.hmm.states[best]
    const confidence = this.posterior[best]
    const { minConfidence, keepConfidence, movingConfidence } = this.options.settings
    if (this.held !== undefined && !this.guessing)
      for (const evidence of this.evidence) evidence.hold(this.held)
    const objection = this.burst.speaks || this.informed ? undefined : this.objection(best)
    if (objection !== undefined) {
      const known = state !== 'unknown' && confidence >= minConfidence && !this.guessing
      if (objection === 'displaced' && known) this.held ??= best
      return this.publish('unknown', 0, objection, at)
    }
    const shown = this.readings.current?.state ?? 'unknown'
    const needed =
      state === shown
        ? Math.min(keepConfidence, minConfidence)
        : this.burst.speaks
          ? movingConfidence
          : minConfidence
    if (state === 'unknown' || this.pending !== undefined || confidence < needed || this.jumps(best))
      return this.publish('unknown', 0, this.pending ?? 'ambiguous', at)
    if (this.settled) this.held = best
    if (best < this.places.length)
      this.note(this.teller.found(this.places[best], this.movedUs, this.lastEndUs, confidence), at)
    return this.publish(state, confidence, 'decided', at)
  }

  private publish(state: State, confidence: number, reason: ReadingReason, at: Instant): DoorReading {
    const { motion, epoch } = this
    return this.readings.next({ state, motion, confidence, reason, epoch, at })
  }
}
