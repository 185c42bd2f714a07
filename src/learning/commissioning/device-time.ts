/** Windows over which the least delay of arrival is taken, 10 s: the receiver's clock drifts 0.4 ms in it (D). */
const WINDOWS = 50
/** Without a window for so long nothing is known of the device's time, µs (as decision.gapResetMs). */
const STALE_US = 2_000_000

/**
 * Host time → device time, from when windows arrived. A buffer on the way only ever delays, so that the least delay of
 * the latest windows is nearest to the truth.
 */
export class DeviceTime {
  /** Host less device, µs, of the latest windows. */
  private readonly offsets: number[] = []
  private epoch = NaN
  private lastHostUs = NaN
  private lastEndUs = NaN

  window(endUs: number, epoch: number, hostTimeUs: number): void {
    if (epoch !== this.epoch || endUs < this.lastEndUs || hostTimeUs - this.lastHostUs > STALE_US)
      this.offsets.length = 0
    this.epoch = epoch
    this.lastEndUs = endUs
    this.lastHostUs = hostTimeUs
    this.offsets.push(hostTimeUs - endUs)
    if (this.offsets.length > WINDOWS) this.offsets.shift()
  }

  /** NaN where the device's time is not known. */
  get offsetUs(): number {
    return this.offsets.length === 0 ? NaN : Math.min(...this.offsets)
  }

  /** Undefined where no window tells. */
  deviceUs(hostTimeUs: number, nowUs: number): number | undefined {
    if (this.offsets.length === 0 || nowUs - this.lastHostUs > STALE_US) return undefined
    return hostTimeUs - this.offsetUs
  }
}
