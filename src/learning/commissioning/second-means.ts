import type { SignalWindow } from '../../domain/window.js'

/** Shape and level of one second of packets. */
export interface SecondMean {
  readonly shape: Float64Array
  readonly levelDb: number
}

/** The newest second of a window. */
export function newestSecond(window: SignalWindow): SecondMean {
  const { rows, bins, shape } = window
  const first = Math.max(0, rows - Math.round(window.gridRateHz))
  const mean = new Float64Array(bins)
  let levelDb = 0
  for (let row = first; row < rows; row++) {
    for (let bin = 0; bin < bins; bin++) mean[bin] += shape[row * bins + bin] / (rows - first)
    levelDb += window.levelDb[row] / (rows - first)
  }
  return { shape: mean, levelDb }
}

/** Rms over the bins. */
export function distance(one: Float64Array, other: Float64Array): number {
  let sum = 0
  for (let bin = 0; bin < one.length; bin++) sum += (one[bin] - other[bin]) ** 2
  return Math.sqrt(sum / one.length)
}

/** Seconds that do not overlap: their mean, and how they scatter about it. */
export class SecondMeans {
  private readonly seconds: SecondMean[] = []
  private lastUs = NaN

  get count(): number {
    return this.seconds.length
  }

  /** Takes the newest second of a window once it shares nothing with the last that was taken. */
  add(window: SignalWindow): void {
    if (window.endUs - this.lastUs < 1e6) return
    this.lastUs = window.endUs
    this.seconds.push(newestSecond(window))
  }

  clear(): void {
    this.seconds.length = 0
    this.lastUs = NaN
  }

  mean(): SecondMean {
    const { seconds } = this
    const shape = new Float64Array(seconds[0].shape.length)
    let levelDb = 0
    for (const second of seconds) {
      for (let bin = 0; bin < shape.length; bin++) shape[bin] += second.shape[bin] / seconds.length
      levelDb += second.levelDb / seconds.length
    }
    return { shape, levelDb }
  }

  /** Standard deviation about the mean, rms over the bins; at least two seconds. */
  scatter(): number {
    const { shape } = this.mean()
    const squares = this.seconds.reduce((sum, second) => sum + distance(second.shape, shape) ** 2, 0)
    return Math.sqrt(squares / (this.seconds.length - 1))
  }
}
