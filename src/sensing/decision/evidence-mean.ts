/**
 * Mean over windows of the log-likelihood of each place. Windows 0.2 s apart are not independent, so they are
 * averaged, never added: an hour weighs as much as a second.
 */
export class EvidenceMean {
  readonly logLikelihoods: Float64Array
  /** Share of the windows of the last `memoryUs` that are out of distribution. */
  strange = 0
  private seen = 0
  private used = 0
  private firstUs = NaN
  private lastUs = NaN

  /** With `fades`, windows older than `memoryUs` are forgotten gradually; else all count alike. */
  constructor(
    places: number,
    private readonly memoryUs: number,
    private readonly fades: boolean,
  ) {
    this.logLikelihoods = new Float64Array(places)
  }

  /** Device time that the windows span, µs; NaN before the first. */
  get spanUs(): number {
    return this.lastUs - this.firstUs
  }

  /** Whether it rests on windows, and most of the latest were in distribution. */
  get speaks(): boolean {
    return this.used > 0 && this.strange <= 0.5
  }

  /** One window; undefined where it was out of distribution. */
  add(logLikelihoods: Float64Array | undefined, endUs: number): void {
    const fresh = this.seen === 0 ? 1 : Math.min(1, (endUs - this.lastUs) / this.memoryUs)
    if (this.seen === 0) this.firstUs = endUs
    this.lastUs = endUs
    this.seen++
    const isStrange = logLikelihoods === undefined ? 1 : 0
    this.strange += (isStrange - this.strange) * Math.max(1 / this.seen, fresh)
    if (logLikelihoods === undefined) return
    this.used++
    const weight = this.fades ? Math.max(1 / this.used, fresh) : 1 / this.used
    for (let i = 0; i < logLikelihoods.length; i++)
      this.logLikelihoods[i] += (logLikelihoods[i] - this.logLikelihoods[i]) * weight
  }

  copy(other: EvidenceMean): void {
    this.logLikelihoods.set(other.logLikelihoods)
    this.strange = other.strange
    this.seen = other.seen
    this.used = other.used
    this.firstUs = other.firstUs
    this.lastUs = other.lastUs
  }

  clear(): void {
    this.logLikelihoods.fill(0)
    this.strange = this.seen = this.used = 0
    this.firstUs = this.lastUs = NaN
  }
}
