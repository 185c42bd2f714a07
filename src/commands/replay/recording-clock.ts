import type { Clock, Instant } from '../../domain/time.js'

/** The time at which a recording's bytes arrived, as it was then. */
export class RecordingClock implements Clock {
  private us: number

  /** Wall clock at `firstUs`, ms since 1970; undefined where the recording does not say. */
  constructor(
    readonly firstUs: number,
    private readonly startedMs: number | undefined,
  ) {
    this.us = firstUs
  }

  /** Never back. */
  advanceTo(us: number): void {
    this.us = Math.max(this.us, us)
  }

  monotonicUs(): number {
    return this.us
  }

  now(): Instant {
    const sinceMs = (this.us - this.firstUs) / 1000
    const wallMs = (this.startedMs ?? 0) + sinceMs
    return { bootId: 'recording', monotonicUs: this.us, wallMs, wallTrusted: this.startedMs !== undefined }
  }

  /** Since the first byte. */
  secondsAt(us: number): number {
    return (us - this.firstUs) / 1e6
  }
}
