import type { DoorEvent } from '../../domain/event.js'
import type { DoorReading } from '../../domain/reading.js'
import type { Instant } from '../../domain/time.js'

/** What all readings of a door have in common. */
export interface ReadingOrigin {
  doorId: string
  provisional: boolean
  simulated: boolean
  engine: string
  model: string
}

/** What was found at a moment. */
export type Finding = Pick<DoorReading, 'state' | 'motion' | 'confidence' | 'reason' | 'epoch' | 'at'>

/** Makes a new reading only where something changed that a reader could act on. */
export class Readings {
  private last: DoorReading | undefined
  /** Told, and in no reading yet. */
  private event: DoorReading['lastEvent']

  constructor(
    private readonly origin: ReadingOrigin,
    private readonly confidenceStep: number,
  ) {}

  get current(): DoorReading | undefined {
    return this.last
  }

  /** `nowUs`: device time of `at`; the end of an event lies as far back in any time as in that. */
  happened({ kind, endUs, confidence }: DoorEvent, nowUs: number, at: Instant): void {
    const agoUs = nowUs - endUs
    const then = { ...at, monotonicUs: at.monotonicUs - agoUs, wallMs: at.wallMs - agoUs / 1000 }
    this.event = { kind, at: then, confidence }
  }

  next(finding: Finding): DoorReading {
    const { last } = this
    const lastEvent = this.event ?? last?.lastEvent
    this.event = undefined
    const same =
      last !== undefined &&
      last.lastEvent === lastEvent &&
      last.state === finding.state &&
      last.motion === finding.motion &&
      last.reason === finding.reason &&
      last.epoch === finding.epoch &&
      Math.abs(last.confidence - finding.confidence) < this.confidenceStep
    if (same) return last
    this.last = Object.freeze({
      ...this.origin,
      ...finding,
      since: last?.state === finding.state ? last.since : finding.at,
      ...(lastEvent === undefined ? {} : { lastEvent }),
    })
    return this.last
  }
}
