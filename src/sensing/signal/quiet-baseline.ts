/** Quiet time that gives one maximum (D): long against the two seconds that windows share. */
const BLOCK_MS = 60_000
/** Blocks before a threshold is learned, half an hour of quiet; and those remembered, four hours (D). */
const FEWEST_BLOCKS = 30
const MOST_BLOCKS = 240
/** A learned threshold never falls below this share of the factory's (D): quiet hours may be unlike others. */
const LOWEST_SHARE = 0.5
const EULER = 0.5772156649015329
const DAY_MS = 86_400_000

/** Learns from quiet time how high the motion statistic rises by itself. */
export class QuietBaseline {
  /** The factory's, until enough quiet time was seen; never above it. */
  threshold: number
  private readonly maxima = new Float64Array(MOST_BLOCKS)
  private blocks = 0
  private blockMs = 0
  private highest = -Infinity

  constructor(
    private readonly hopMs: number,
    private readonly factory: number,
    private readonly falseAlarmsPerDay: number,
  ) {
    this.threshold = factory
  }

  /** One window's statistic. Motion spoils the block that it falls into. */
  push(statistic: number, moving: boolean): void {
    this.blockMs += this.hopMs
    this.highest = Math.max(this.highest, statistic)
    if (moving) this.beginBlock()
    if (this.blockMs < BLOCK_MS) return
    this.maxima[this.blocks++ % MOST_BLOCKS] = this.highest
    this.beginBlock()
    if (this.blocks < FEWEST_BLOCKS) return
    const held = this.maxima.subarray(0, Math.min(this.blocks, MOST_BLOCKS))
    const learned = quietThreshold(held, BLOCK_MS, this.falseAlarmsPerDay)
    this.threshold = Math.min(this.factory, Math.max(LOWEST_SHARE * this.factory, learned))
  }

  clear(): void {
    this.threshold = this.factory
    this.blocks = 0
    this.beginBlock()
  }

  private beginBlock(): void {
    this.blockMs = 0
    this.highest = -Infinity
  }
}

/**
 * The threshold that quiet time crosses `falseAlarmsPerDay` times a day: the quantile of a Gumbel distribution
 * fitted to block maxima by L-moments (Hosking 1990). At least two maxima.
 */
export function quietThreshold(maxima: Float64Array, blockMs: number, falseAlarmsPerDay: number): number {
  const sorted = maxima.slice().sort()
  const n = sorted.length
  let b0 = 0
  let b1 = 0
  for (let i = 0; i < n; i++) {
    b0 += sorted[i] / n
    b1 += (sorted[i] * i) / (n * (n - 1))
  }
  const scale = (2 * b1 - b0) / Math.LN2
  const location = b0 - EULER * scale
  const blocksPerDay = DAY_MS / blockMs
  const perBlock = Math.min(falseAlarmsPerDay / blocksPerDay, 1 - 1e-9)
  return location - scale * Math.log(-Math.log1p(-perBlock))
}
