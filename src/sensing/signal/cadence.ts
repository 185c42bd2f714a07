/** Intervals looked at: 1.3 s at 100 packets/s, 16 s at 8 (D). */
const INTERVALS = 128
/** Packets between two looks at the median; it changes slowly and sorting costs (D). */
const REFRESH = 16
/** Fewer intervals say nothing of the transmitter's (D). */
const MIN_INTERVALS = 8
/** A step of the transmitter's sequence beyond this, 17 min at 100/s, is a restart of it, not loss (D). */
const MAX_SEQUENCE_STEP = 100_000

/** How packets follow one another: their rate, the transmitter's interval, and what was lost between. */
export class Cadence {
  /** Median interval, µs: the transmitter's as long as less than half is lost. NaN before it is known. */
  periodUs = NaN
  private readonly intervalUs = new Float64Array(INTERVALS)
  private readonly lost = new Float64Array(INTERVALS)
  private readonly sorted = new Float64Array(INTERVALS)
  private count = 0
  private lastUs = NaN
  private lastSequence = NaN

  /** Takes note of a packet; times rise. Returns how many packets were lost just before it. */
  push(timeUs: number, transmitterSequence: number): number {
    const intervalUs = timeUs - this.lastUs
    const lost = Number.isNaN(intervalUs) ? 0 : this.lostWithin(intervalUs, transmitterSequence)
    this.lastUs = timeUs
    this.lastSequence = transmitterSequence
    if (Number.isNaN(intervalUs)) return 0
    const slot = this.count % INTERVALS
    this.intervalUs[slot] = intervalUs
    this.lost[slot] = lost
    this.count++
    if (this.count % REFRESH === 0 || this.count < REFRESH) this.refresh()
    return lost
  }

  /** Over the last 128 packets; NaN before two. */
  get packetsPerSecond(): number {
    const held = Math.min(this.count, INTERVALS)
    return held === 0 ? NaN : (held * 1e6) / sum(this.intervalUs, held)
  }

  /** Lost of all that were sent, over the last 128 packets, 0..1. */
  get lossRatio(): number {
    const held = Math.min(this.count, INTERVALS)
    const lost = sum(this.lost, held)
    return lost === 0 ? 0 : lost / (lost + held)
  }

  clear(): void {
    this.count = 0
    this.periodUs = NaN
    this.lastUs = NaN
    this.lastSequence = NaN
  }

  private lostWithin(intervalUs: number, sequence: number): number {
    const step = (sequence - this.lastSequence) % 2 ** 32
    if (!Number.isNaN(step)) {
      const forward = step < 0 ? step + 2 ** 32 : step
      return forward > 0 && forward <= MAX_SEQUENCE_STEP ? forward - 1 : 0
    }
    if (Number.isNaN(this.periodUs)) return 0
    return Math.max(0, Math.round(intervalUs / this.periodUs) - 1)
  }

  private refresh(): void {
    const held = Math.min(this.count, INTERVALS)
    if (held < MIN_INTERVALS) return
    this.sorted.set(this.intervalUs.subarray(0, held))
    this.periodUs = this.sorted.subarray(0, held).sort()[held >> 1]
  }
}

function sum(values: Float64Array, count: number): number {
  let total = 0
  for (let i = 0; i < count; i++) total += values[i]
  return total
}
