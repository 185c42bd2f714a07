import type { Output, Scores } from '../../domain/model.js'
import type { ReadingReason } from '../../domain/reading.js'
import type { SignalWindow } from '../../domain/window.js'
import type { Evidence } from './evidence.js'
import { EvidenceMean } from './evidence-mean.js'
import { placeOf, type Place } from './places.js'
import type { DecisionSettings } from './settings.js'

/**
 * What the standing channel says: in quiet by the mean over the whole stretch. Beside it runs a mean of the
 * last seconds: where that speaks against the place that the door is known to be at, something changed without
 * motion. Such windows are left out of the stretch, or it would come to agree with them in time, and then with
 * neither place.
 *
 * Where people are about all day there is hardly any quiet, and on the recordings of captures/two-state
 * windows with people in them are called right as often as quiet ones (0.88 and 0.86, session left out). So
 * motion speaks too, by the last seconds only, through windows that began after it did; nothing of that goes
 * into the prior, because the door may be part of what moves.
 */
export class StandingEvidence implements Evidence {
  private readonly outputsOfPlace: readonly (readonly number[])[]
  private readonly window: Float64Array
  private readonly stretch: EvidenceMean
  private readonly recent: EvidenceMean
  /** Windows in motion count from this beginning on, windows in quiet from this end on; device time. */
  private motionFromUs = -Infinity
  private quietFromUs = -Infinity
  /** Index of the place that the door is known to be at while nothing moves. */
  private held: number | undefined
  /** Recent evidence has spoken against that place, and not for it since. */
  private displaced = false

  constructor(
    outputs: readonly Output[],
    places: readonly Place[],
    private readonly settings: DecisionSettings,
  ) {
    this.outputsOfPlace = places.map((place) =>
      [...outputs.keys()].filter((index) => placeOf(outputs[index]) === place),
    )
    this.window = new Float64Array(places.length)
    this.stretch = new EvidenceMean(places.length, settings.recentMs * 1000, false)
    this.recent = new EvidenceMean(places.length, settings.recentMs * 1000, true)
  }

  get settled(): boolean {
    return this.isRipe(this.stretch)
  }

  observe(window: SignalWindow, scores: Scores): void {
    const { moving } = window.motion
    if (moving) {
      this.stretch.clear()
      this.quietFromUs = window.endUs + this.settings.settleMs * 1000
    }
    const tooEarly = moving ? window.startUs < this.motionFromUs : window.endUs <= this.quietFromUs
    if (tooEarly || window.quality.gainJump) return
    const isStrange = !(scores.outOfDistribution <= this.settings.outOfDistributionLimit)
    const logLikelihoods = isStrange ? undefined : this.read(scores)
    this.recent.add(logLikelihoods, window.endUs)
    if (moving) return
    this.compare()
    if (this.displaced) return
    const wasSettled = this.settled
    this.stretch.add(logLikelihoods, window.endUs)
    if (!wasSettled && this.settled) this.recent.copy(this.stretch)
  }

  hold(placeIndex: number): void {
    if (this.held === placeIndex) return
    this.held = placeIndex
    this.displaced = false
    this.compare()
  }

  addTo(logLikelihoods: Float64Array): boolean {
    const speaker = this.speaker()
    if (!speaker?.speaks) return false
    for (let i = 0; i < logLikelihoods.length; i++) logLikelihoods[i] += speaker.logLikelihoods[i]
    return true
  }

  objection(placeIndex: number): ReadingReason | undefined {
    const speaker = this.speaker()
    if (speaker === undefined) return undefined
    if (this.recent.strange > 0.5) return 'out-of-distribution'
    const against = speaker === this.stretch && this.contradicts(placeIndex)
    return this.displaced || against ? 'displaced' : undefined
  }

  restart(fromUs = -Infinity): void {
    this.stretch.clear()
    this.recent.clear()
    this.held = undefined
    this.displaced = false
    this.motionFromUs = fromUs
    this.quietFromUs = -Infinity
  }

  private speaker(): EvidenceMean | undefined {
    return [this.stretch, this.recent].find((mean) => this.isRipe(mean))
  }

  private isRipe({ spanUs }: EvidenceMean): boolean {
    return spanUs >= this.settings.minQuietMs * 1000
  }

  /** What is between speaking for and against the held place changes nothing, so that the reading does not flicker. */
  private compare(): void {
    if (this.held === undefined) return
    const agrees = this.recentShare(this.held) >= this.settings.minConfidence
    this.displaced = this.displaced ? !agrees : this.contradicts(this.held)
  }

  private contradicts(placeIndex: number): boolean {
    return 1 - this.recentShare(placeIndex) >= this.settings.minConfidence
  }

  /** How likely recent windows make a place beside its strongest rival, 0..1. */
  private recentShare(placeIndex: number): number {
    const { logLikelihoods } = this.recent
    const rival = Math.max(...logLikelihoods.filter((_, index) => index !== placeIndex))
    return 1 / (1 + Math.exp(rival - logLikelihoods[placeIndex]))
  }

  /**
   * Log-likelihood of each place. Classes were balanced in training, so the likelihood of a marker is
   * proportional to its probability, and that of a place is the mean over its markers.
   */
  private read({ probabilities }: Scores): Float64Array {
    this.outputsOfPlace.forEach((outputs, place) => {
      let sum = 0
      for (const index of outputs) sum += probabilities[index]
      this.window[place] = Math.log(Math.max(sum / outputs.length, this.settings.evidenceFloor))
    })
    return this.window
  }
}
