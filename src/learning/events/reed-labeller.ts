import type { Burst } from '../../domain/burst.js'
import type { SignalWindow } from '../../domain/window.js'
import type { FeatureExtractor } from '../../sensing/model/features.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import type { LabelledBurst, ReedEdge } from './labelled-burst.js'

/** Whose windows, bursts and edges these are. */
export interface ReedLabels {
  session: string
  day: string
  place: string
}

export interface ReedSink {
  burst(burst: LabelledBurst): void
  /** A window of a quiet interval; `visit` names the interval. */
  quiet(row: FeatureRow): void
  /** The reed moved while the radio saw no motion. */
  unseen(edge: ReedEdge, labels: ReedLabels): void
}

/** Edges up to so long after a burst say what it was about to become, µs (D; longer than labelAt looks ahead). */
const AFTER_US = 4_000_000
/** An edge this near a burst belongs to it: motion is noticed later than it begins, and seen longer, µs (method.md: ±3 s). */
const NEAR_US = 3_000_000
/** Quiet counts once a burst is over for so long, µs (D). */
const SETTLED_US = 1_000_000
/** Windows of a quiet interval are taken at this age, then at ever twice it, µs: a night is worth a few (D). */
const FIRST_AGE_US = 1_500_000
const MOST_EDGES = 256
/** A burst does not outlive so long without windows, µs (as decision.gapResetMs). */
const GAP_US = 2_000_000

/** What a reed switch on the door says of what the radio sees. Device time throughout. */
export class ReedLabeller {
  private readonly edges: ReedEdge[] = []
  private readonly waiting: LabelledBurst[] = []
  private quietFromUs = NaN
  private nextAgeUs = FIRST_AGE_US
  private intervalUs = NaN
  private lastBurstUs = -Infinity
  private underWay = false
  private underWayUs = NaN
  /** End of the last burst that was given away. */
  private flushedUs = -Infinity
  private epoch = NaN
  private lastEndUs = NaN
  private unplaced: ReedEdge[] = []

  /** @param openAtFirst what the reed says before its first edge. */
  constructor(
    private readonly extractor: FeatureExtractor,
    private readonly judge: FeatureExtractor,
    private openAtFirst: boolean,
    private readonly sink: ReedSink,
    public labels: ReedLabels,
  ) {}

  edge(edge: ReedEdge): void {
    this.edges.push(edge)
    this.unplaced.push(edge)
    this.quietFromUs = NaN
    if (this.edges.length > MOST_EDGES) this.openAtFirst = this.edges.shift()!.open
  }

  /**
   * The reed may have changed at times that the device's clock does not know: what came before is settled, and from
   * here on it says this.
   */
  reseat(open: boolean): void {
    this.reset()
    this.edges.length = 0
    this.unplaced = []
    this.openAtFirst = open
  }

  /** A window, before or after `burst` of it. */
  window(window: SignalWindow): void {
    const { startUs, endUs, epoch } = window
    if (endUs < this.lastEndUs) this.reseat(this.edges.at(-1)?.open ?? this.openAtFirst)
    else if (epoch !== this.epoch || startUs - this.lastEndUs > GAP_US) this.reset()
    this.epoch = epoch
    this.lastEndUs = endUs
    this.flush(endUs - AFTER_US)
    if (window.motion.moving || this.underWay || window.quality.gainJump) {
      this.quietFromUs = NaN
      return
    }
    if (endUs - this.lastBurstUs < SETTLED_US) return
    if (Number.isNaN(this.quietFromUs)) {
      this.quietFromUs = endUs
      this.nextAgeUs = FIRST_AGE_US
      this.intervalUs = endUs
    }
    if (endUs - this.quietFromUs < this.nextAgeUs) return
    this.nextAgeUs *= 2
    this.sink.quiet(this.rowOf(window))
  }

  burst(burst: Burst): void {
    this.underWay = !burst.over
    this.underWayUs = burst.startUs
    if (!burst.over) return
    const beforeUs = this.lastBurstUs
    this.lastBurstUs = burst.endUs
    const { frames, count, size, before } = burst
    this.waiting.push({
      burst: { ...burst, frames: frames.slice(0, count * size), before: before.slice() },
      openBefore: this.openAt(Math.max(burst.startUs - NEAR_US, beforeUs)),
      edges: [],
      ...this.labels,
      name: `burst-${this.labels.session}-${milliseconds(burst.startUs)}`,
    })
  }

  /** A gap, or the end: nothing more will be known of what waits. */
  reset(): void {
    // What the radio was seeing when it was cut off is neither seen nor unseen.
    if (this.underWay) this.unplaced = this.unplaced.filter(({ atUs }) => atUs < this.underWayUs - NEAR_US)
    this.underWay = false
    this.flush(Infinity)
    this.quietFromUs = NaN
    this.lastBurstUs = this.flushedUs = -Infinity
  }

  private flush(untilUs: number): void {
    while (this.waiting.length > 0 && this.waiting[0].burst.endUs <= untilUs) {
      const labelled = this.waiting.shift()!
      const { startUs, endUs } = labelled.burst
      const fromUs = Math.max(startUs - NEAR_US, this.flushedUs)
      this.flushedUs = endUs
      const edges = this.edges.filter(({ atUs }) => atUs > fromUs && atUs <= endUs + AFTER_US)
      this.unplaced = this.unplaced.filter(({ atUs }) => atUs < startUs - NEAR_US || atUs > endUs + NEAR_US)
      this.sink.burst({ ...labelled, edges })
    }
    if (this.underWay) return
    const waitingFromUs = (this.waiting.at(0)?.burst.startUs ?? Infinity) - NEAR_US
    const lost = this.unplaced.filter(({ atUs }) => atUs < Math.min(untilUs - NEAR_US, waitingFromUs))
    if (lost.length === 0) return
    for (const edge of lost) this.sink.unseen(edge, this.labels)
    this.unplaced = this.unplaced.filter((edge) => !lost.includes(edge))
  }

  private openAt(timeUs: number): boolean {
    return this.edges.findLast(({ atUs }) => atUs <= timeUs)?.open ?? this.openAtFirst
  }

  private rowOf(window: SignalWindow): FeatureRow {
    const features = new Float32Array(this.extractor.size)
    const judged = new Float32Array(this.judge.size)
    this.extractor.extract(window, features)
    this.judge.extract(window, judged)
    const { session, place } = this.labels
    const marker = this.openAt(window.endUs) ? 'open' : 'closed'
    return {
      features,
      judged,
      marker,
      session,
      place,
      visit: `quiet-${session}-${milliseconds(this.intervalUs)}`,
    }
  }
}

/** Device time tells intervals of a session apart, also where the program was started again between two. */
function milliseconds(us: number): number {
  return Math.round(us / 1000)
}
