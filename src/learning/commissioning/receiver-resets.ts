import { messageOf } from '../../platform/errors.js'
import type { Logger } from '../../platform/logger.js'

/** Nothing moves for so long before a reset, µs (D): it costs some seconds of sight. */
const QUIET_US = 600e6

/** Resets the receiver at quiet times, so that sessions are independent: each start of it has an offset of its own. */
export class ReceiverResets {
  /** Resets that were done. */
  count = 0
  private quietSinceUs = NaN
  private lastUs: number
  private failed = false

  constructor(
    private readonly reset: () => Promise<void>,
    private readonly everyHours: number,
    nowUs: number,
    private readonly logger: Logger,
  ) {
    this.lastUs = nowUs
  }

  window(moving: boolean, nowUs: number): void {
    if (moving) this.quietSinceUs = NaN
    else if (Number.isNaN(this.quietSinceUs)) this.quietSinceUs = nowUs
  }

  tick(nowUs: number): void {
    const due = this.everyHours > 0 && nowUs - this.lastUs >= this.everyHours * 3_600e6
    if (!due || !(nowUs - this.quietSinceUs >= QUIET_US)) return
    this.lastUs = nowUs
    this.quietSinceUs = NaN
    void this.reset().then(
      () => this.count++,
      (error: unknown) => {
        if (!this.failed) this.logger.warn({}, `The receiver cannot be reset: ${messageOf(error)}`)
        this.failed = true
      },
    )
  }
}
