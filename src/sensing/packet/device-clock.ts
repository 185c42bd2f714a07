const WRAP_US = 2 ** 32
/** A packet this little before its forerunner was reordered, not sent by a receiver that started anew. */
const REORDERED_US = 1_000_000
/**
 * A stamp that falls back by wrapping goes on within this time of the last one; a receiver that was reset
 * starts near zero instead. A wrap inside a longer silence counts as a reset, which costs only a new epoch.
 */
const LONGEST_GAP_OVER_WRAP_US = 30_000_000

/** Unwraps the receiver's 32-bit microseconds (printed signed by esp-csi) and notices its resets. */
export class DeviceClock {
  /** Unwrapped time within this boot, µs. */
  timeUs = NaN
  bootId = 0
  private last = 0

  update(stamp: number): void {
    const raw = stamp >>> 0
    if (Number.isNaN(this.timeUs)) this.timeUs = raw
    else {
      const forwardUs = (raw - this.last) >>> 0
      const backwardUs = WRAP_US - forwardUs
      if (backwardUs <= REORDERED_US) this.timeUs -= backwardUs
      else if (raw >= this.last || forwardUs <= LONGEST_GAP_OVER_WRAP_US) this.timeUs += forwardUs
      else {
        this.bootId++
        this.timeUs = raw
      }
    }
    this.last = raw
  }

  /** The stream broke: the next stamp may belong to another boot; only its own fall shows a reset. */
  reset(): void {
    if (!Number.isNaN(this.timeUs)) this.bootId++
    this.timeUs = NaN
  }
}
