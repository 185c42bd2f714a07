const WRAP_US = 2 ** 32
/**
 * A longer step than this ends windows in any case (signal.maxInterpolationMs), so that it costs nothing to wait
 * for the next stamp before it is believed; a wrong stamp below it spoils less than that (D). A packet that is
 * this little before its forerunner was reordered, not sent by a receiver that started anew (D).
 */
const USUAL_STEP_US = 200_000
/** A slow stream steps further: so many of its mean steps are usual too (D). */
const USUAL_STEPS = 4
/** A mean step begins at most here after a jump: slower streams are not for live use (D). */
const LONGEST_STEP_US = 1_000_000
/** Weight of the newest step in the mean (D). */
const SMOOTHING = 1 / 8
/**
 * A stamp that falls back by wrapping goes on within this time of the last one; a receiver that was reset
 * starts near zero instead. A wrap inside a longer silence counts as a reset, which costs only a new epoch.
 * So near to each other, too, are two stamps of which the second confirms the first (D).
 */
const LONGEST_GAP_US = 30_000_000

/**
 * Unwraps the receiver's 32-bit microseconds (printed signed by esp-csi) and notices its resets. Text carries no
 * checksum, and ESP-IDF does not promise the stamp while a modem sleeps: a stamp that jumps is not believed
 * before the next one goes on from it, so that one that was damaged costs its own packet and nothing else.
 */
export class DeviceClock {
  /** Of the last stamp: unwrapped time within its boot, µs; NaN where it is not believed. */
  timeUs = NaN
  bootId = 0
  /** Unwrapped time of the last stamp that was believed, µs; NaN before the first. */
  private believedUs = NaN
  private last = 0
  /** A stamp that jumped and waits to be confirmed; −1 = none. */
  private doubted = -1
  private stepUs = 0

  update(stamp: number): void {
    const raw = stamp >>> 0
    if (Number.isNaN(this.believedUs)) {
      this.believe(raw, raw)
      return
    }
    const forwardUs = (raw - this.last) >>> 0
    if (forwardUs <= Math.max(USUAL_STEP_US, USUAL_STEPS * this.stepUs)) {
      this.stepUs += SMOOTHING * (forwardUs - this.stepUs)
      this.believe(raw, this.believedUs + forwardUs)
    } else if (WRAP_US - forwardUs <= USUAL_STEP_US) this.timeUs = this.believedUs - (WRAP_US - forwardUs)
    else if (this.isConfirmedBy(raw, forwardUs)) this.jump(raw, forwardUs)
    else {
      this.doubted = raw
      this.timeUs = NaN
    }
  }

  /** The stream broke: the next stamp may belong to another boot; only its own fall shows a reset. */
  reset(): void {
    if (!Number.isNaN(this.believedUs)) this.bootId++
    this.timeUs = this.believedUs = NaN
    this.doubted = -1
    this.stepUs = 0
  }

  /** The stamp goes on from the doubted one, and is nearer to it than to the last that was believed. */
  private isConfirmedBy(raw: number, forwardUs: number): boolean {
    const onwardUs = (raw - this.doubted) >>> 0
    return this.doubted >= 0 && onwardUs < forwardUs && onwardUs <= LONGEST_GAP_US
  }

  private jump(raw: number, forwardUs: number): void {
    this.stepUs = Math.min((raw - this.doubted) >>> 0, LONGEST_STEP_US)
    if (raw >= this.last || forwardUs <= LONGEST_GAP_US) {
      this.believe(raw, this.believedUs + forwardUs)
      return
    }
    this.bootId++
    this.believe(raw, raw)
  }

  private believe(raw: number, timeUs: number): void {
    this.timeUs = this.believedUs = timeUs
    this.last = raw
    this.doubted = -1
  }
}
