import type { SignalSettings } from './settings.js'
import { Hampel } from './hampel.js'
import { subtractMean } from './shape.js'

/** Rows that are kept; a power of two. One window of 1,000 packets/s, the most a serial line carries. */
const CAPACITY = 2048
const WRAP = CAPACITY - 1

/**
 * The latest packets of one uninterrupted stretch, oldest first, as log-shape, level and RSSI. Rows become
 * clean once the outlier filter has seen enough rows behind them.
 */
export class PacketHistory {
  readonly bins: number
  readonly shape: Float32Array
  readonly levelDb = new Float32Array(CAPACITY)
  readonly rssiDbm = new Float32Array(CAPACITY)
  readonly timeUs = new Float64Array(CAPACITY)
  /** Packets that were lost and that were discarded as saturated between a row and the one before. */
  readonly lost = new Uint32Array(CAPACITY)
  readonly saturated = new Uint32Array(CAPACITY)
  private readonly raw: Float32Array
  private readonly hampel: Hampel
  private readonly starts: Int32Array
  private readonly leastSpacingUs: number
  /** Rows ever written since the last clear, and of these the clean ones. */
  private written = 0
  private cleaned = 0

  constructor(settings: SignalSettings) {
    this.bins = settings.bins
    this.shape = new Float32Array(CAPACITY * settings.bins)
    this.raw = new Float32Array(CAPACITY * settings.bins)
    this.hampel = new Hampel(settings.hampelWindow, settings.hampelThreshold)
    this.starts = new Int32Array(settings.hampelWindow)
    this.leastSpacingUs = (settings.windowMs * 1000) / (CAPACITY - 2 * settings.hampelWindow)
  }

  /** Clean rows at hand. */
  get length(): number {
    return this.cleaned - this.oldest
  }

  /** Where clean row `index` (0 = the oldest) stands in the arrays by row. */
  slot(index: number): number {
    return (this.oldest + index) & WRAP
  }

  timeOf(index: number): number {
    return this.timeUs[this.slot(index)]
  }

  /** Index of the first clean row at or after `timeUs`; `length` where there is none. */
  indexAt(timeUs: number): number {
    let low = 0
    let high = this.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.timeOf(middle) < timeUs) low = middle + 1
      else high = middle
    }
    return low
  }

  /**
   * Appends a row of log-shape. A packet that follows faster than the history can hold a window of is left
   * out (two that the receiver hands over at once say the same).
   */
  push(timeUs: number, shape: Float32Array, levelDb: number, rssiDbm: number): void {
    if (this.written > 0 && timeUs - this.timeUs[(this.written - 1) & WRAP] < this.leastSpacingUs) return
    const slot = this.written & WRAP
    this.raw.set(shape, slot * this.bins)
    this.levelDb[slot] = levelDb
    this.rssiDbm[slot] = rssiDbm
    this.timeUs[slot] = timeUs
    this.lost[slot] = 0
    this.saturated[slot] = 0
    this.written++
    this.clean()
  }

  /** Adds to what was missed before the newest row. */
  missed(lost: number, saturated: number): void {
    const slot = (this.written - 1) & WRAP
    this.lost[slot] += lost
    this.saturated[slot] += saturated
  }

  clear(): void {
    this.written = 0
    this.cleaned = 0
  }

  private get oldest(): number {
    return Math.max(0, this.written - CAPACITY)
  }

  /** The filter is centred: half a window of rows is always on its way; the first rows share the first window. */
  private clean(): void {
    const window = this.starts.length
    if (this.written < window) return
    for (let i = 0; i < window; i++) this.starts[i] = ((this.written - window + i) & WRAP) * this.bins
    const end = this.written - (window >> 1)
    for (; this.cleaned < end; this.cleaned++) {
      const row = (this.cleaned & WRAP) * this.bins
      this.hampel.run(this.raw, this.starts, row, this.shape, this.bins)
      subtractMean(this.shape, row, this.bins) // an outlier had shifted its row's mean
    }
  }
}
