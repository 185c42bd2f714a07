/** A pair of gains that stands this long is a lock (D): an unlocked receiver changes them many times a second. */
const LOCK_US = 2_000_000

/**
 * What to add to a measured level so that it no longer depends on the receiver's gain, dB: the inverse of the
 * reported gains, relative to none (amplitude × 10^(−(agc + fft/4)/20), fft is signed quarter dB). 0 where
 * the dialect does not report them. The shape needs no compensation: a common factor leaves it as it is.
 */
export function gainCompensationDb(agcGain: number, fftGain: number): number {
  const gainDb = agcGain + fftGain / 4
  return Number.isNaN(gainDb) ? 0 : -gainDb
}

/** Follows the reported gains and tells when they were locked anew. */
export class GainLock {
  private agc = NaN
  private fft = NaN
  private sinceUs = NaN
  private lockedAgc = NaN
  private lockedFft = NaN

  /** True when the gains have just settled on other values than those of the last lock. */
  relocked(agcGain: number, fftGain: number, timeUs: number): boolean {
    if (Number.isNaN(agcGain + fftGain)) return false
    if (agcGain !== this.agc || fftGain !== this.fft) {
      this.agc = agcGain
      this.fft = fftGain
      this.sinceUs = timeUs
      return false
    }
    if (this.locked || timeUs - this.sinceUs < LOCK_US) return false
    const first = Number.isNaN(this.lockedAgc)
    this.lockedAgc = agcGain
    this.lockedFft = fftGain
    return !first
  }

  /** The gains stand where they were locked. Undefined where the dialect does not report them. */
  get locked(): boolean | undefined {
    if (Number.isNaN(this.agc)) return undefined
    return this.agc === this.lockedAgc && this.fft === this.lockedFft
  }

  clear(): void {
    this.agc = this.fft = this.sinceUs = this.lockedAgc = this.lockedFft = NaN
  }
}
