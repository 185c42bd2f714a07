import type { Reason } from '../domain/reason.js'
import type { Logger } from './logger.js'

/** A reason that comes and goes within this time is one reason: a link on the edge does not fill the log. */
const GONE_AFTER_US = 10_000_000

/** Says in the log that a reason has appeared, once, and that it is gone, once, however often it is noted. */
export class ReasonLog {
  private readonly open = new Map<string, { text: string; seenUs: number }>()

  constructor(private readonly logger: Logger) {}

  /** Everything that is so now. To be called every second or so. */
  note(reasons: readonly Reason[], nowUs: number): void {
    for (const { code, text, hint } of reasons) {
      const known = this.open.get(code)
      if (known === undefined) {
        this.open.set(code, { text, seenUs: nowUs })
        this.logger.warn({ code, hint }, text)
      } else known.seenUs = nowUs
    }
    for (const [code, { text, seenUs }] of this.open)
      if (nowUs - seenUs > GONE_AFTER_US) {
        this.open.delete(code)
        this.logger.info({ code }, `No longer: ${text}`)
      }
  }
}
