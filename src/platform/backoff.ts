/**
 * Waits that grow with each failure, with full jitter so that many devices do not return at once
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/): the n-th wait is uniform
 * between `minMs` and `minMs · 2ⁿ`, at most `maxMs`.
 */
export class Backoff {
  private ceilingMs: number

  constructor(
    private readonly minMs: number,
    private readonly maxMs: number,
    /** Uniform in [0, 1). */
    private readonly random: () => number = Math.random,
  ) {
    this.ceilingMs = minMs
  }

  /** The next wait in ms. */
  next(): number {
    this.ceilingMs = Math.min(this.ceilingMs * 2, this.maxMs)
    return this.minMs + this.random() * (this.ceilingMs - this.minMs)
  }

  /** Things work again: the next wait is a short one. */
  reset(): void {
    this.ceilingMs = this.minMs
  }
}
