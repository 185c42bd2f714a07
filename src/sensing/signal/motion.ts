import type { SignalSettings } from './settings.js'
import type { PacketHistory } from './history.js'
import { QuietBaseline } from './quiet-baseline.js'

/** Packets further apart than this many intervals are no neighbours, one was lost between: half way to two (D). */
const NEAR_INTERVALS = 1.5

/** What one stretch of packets shows of motion. */
export interface MotionStatistic {
  /** Lag-1 autocorrelation of log-shape, averaged over bins; 0 for white noise, towards 1 for motion. */
  lag1: number
  /** Mean over bins of the variance of log-shape. */
  movingVariance: number
  /** Pairs of neighbouring packets that lag1 rests on. */
  pairs: number
}

/**
 * The motion statistic of Zhang et al. (WiDetect): noise is white from packet to packet, the channel of a
 * moving body is not. Read from real packets only: interpolation makes white noise look like motion.
 */
export class MotionMeter {
  readonly statistic: MotionStatistic = { lag1: 0, movingVariance: 0, pairs: 0 }
  private readonly mean: Float64Array
  private readonly square: Float64Array
  private readonly product: Float64Array

  constructor(private readonly bins: number) {
    this.mean = new Float64Array(bins)
    this.square = new Float64Array(bins)
    this.product = new Float64Array(bins)
  }

  /** Reads the packets from `fromUs` to `toUs`; `periodUs` is the transmitter's interval. */
  measure(history: PacketHistory, fromUs: number, toUs: number, periodUs: number): MotionStatistic {
    const { bins, mean, square, product, statistic } = this
    const from = history.indexAt(fromUs)
    let to = history.indexAt(toUs)
    if (to < history.length && history.timeOf(to) === toUs) to++
    const rows = to - from
    mean.fill(0)
    square.fill(0)
    product.fill(0)
    statistic.lag1 = statistic.movingVariance = statistic.pairs = 0
    if (rows < 2) return statistic
    const { shape } = history
    for (let row = from; row < to; row++)
      for (let bin = 0, at = history.slot(row) * bins; bin < bins; bin++) mean[bin] += shape[at + bin]
    for (let bin = 0; bin < bins; bin++) mean[bin] /= rows
    for (let row = from; row < to; row++) {
      const at = history.slot(row) * bins
      for (let bin = 0; bin < bins; bin++) square[bin] += (shape[at + bin] - mean[bin]) ** 2
      if (row === from || history.timeOf(row) - history.timeOf(row - 1) > NEAR_INTERVALS * periodUs) continue
      const previous = history.slot(row - 1) * bins
      for (let bin = 0; bin < bins; bin++)
        product[bin] += (shape[at + bin] - mean[bin]) * (shape[previous + bin] - mean[bin])
      statistic.pairs++
    }
    let correlation = 0
    let variance = 0
    for (let bin = 0; bin < bins; bin++) {
      variance += square[bin] / rows
      if (square[bin] > 0 && statistic.pairs > 0)
        correlation += product[bin] / statistic.pairs / (square[bin] / rows)
    }
    statistic.lag1 = correlation / bins
    statistic.movingVariance = variance / bins
    return statistic
  }
}

/** Turns the statistic of each window into moving or not, with a minimum duration of either. */
export class MotionDetector {
  moving = false
  private contraryMs = 0
  private readonly baseline: QuietBaseline

  constructor(private readonly settings: SignalSettings) {
    const { hopMs, motionLag1, motionFalseAlarmsPerDay } = settings
    this.baseline = new QuietBaseline(hopMs, motionLag1, motionFalseAlarmsPerDay)
  }

  /** One window, `hopMs` after the one before. */
  push({ lag1, movingVariance, pairs }: MotionStatistic): boolean {
    const { hopMs, motionMinMs, motionVariance } = this.settings
    // White noise has a standard error of 1/√pairs in one bin; averaging over bins only lowers it.
    const excess = pairs === 0 ? 0 : lag1 - 1 / Math.sqrt(pairs)
    const moves = excess > this.baseline.threshold && lag1 * movingVariance > motionVariance
    this.contraryMs = moves === this.moving ? 0 : this.contraryMs + hopMs
    if (this.contraryMs >= motionMinMs + hopMs) {
      this.moving = moves
      this.contraryMs = 0
    }
    this.baseline.push(excess, moves || this.moving)
    return this.moving
  }

  /** Packets were interrupted: the next window says anew. */
  interrupt(): void {
    this.moving = false
    this.contraryMs = 0
  }

  /** What was learned holds no longer: another gain, another receiver. */
  clear(): void {
    this.interrupt()
    this.baseline.clear()
  }
}
