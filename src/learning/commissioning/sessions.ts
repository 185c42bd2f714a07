import type { Instant } from '../../domain/time.js'
import type { ReedLabels } from '../events/reed-labeller.js'

/** A receiver that starts again loses what its clock had counted: more than so much, µs (D; drift is 40 ppm). */
const SAME_BOOT_US = 5_000_000

/** What lasts of a session, so that a program that was started again goes on with it. */
export interface KeptSession {
  session: string
  day: string
  /** Of the host. */
  bootId: string
  /** Host monotonic less device time, µs. */
  offsetUs: number
  count: number
}

/**
 * Names sessions. The channel's own offset is new after each start of the receiver and each new epoch, and only then:
 * a program that was started again while the receiver went on is in the session that it was in.
 */
export class Sessions {
  private epoch = NaN

  constructor(
    private readonly place: string,
    private kept: KeptSession | undefined,
  ) {}

  get current(): KeptSession | undefined {
    return this.kept
  }

  get labels(): ReedLabels {
    return { session: this.kept?.session ?? '', day: this.kept?.day ?? '', place: this.place }
  }

  /** Whether this window, whose end lies `offsetUs` behind the host's clock, begins another session. */
  window(epoch: number, offsetUs: number, at: Instant): boolean {
    const { kept } = this
    const first = Number.isNaN(this.epoch)
    const sameBoot = kept?.bootId === at.bootId && Math.abs(offsetUs - kept.offsetUs) < SAME_BOOT_US
    const day = dayOf(at)
    const goes = sameBoot && kept.day === day && (first || epoch === this.epoch)
    this.epoch = epoch
    if (goes) {
      kept.offsetUs = offsetUs
      return false
    }
    const count = (kept?.count ?? 0) + 1
    this.kept = { session: `s${count}-${day}`, day, bootId: at.bootId, offsetUs, count }
    return true
  }
}

/** The calendar day where the clock is set; else days since the host started. */
export function dayOf({ wallMs, wallTrusted, bootId, monotonicUs }: Instant): string {
  if (!wallTrusted) return `boot-${bootId.slice(0, 8)}-${Math.floor(monotonicUs / 86_400e6)}`
  const at = new Date(wallMs)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}
