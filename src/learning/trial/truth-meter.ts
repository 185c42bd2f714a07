import type { DoorEvent } from '../../domain/event.js'
import type { DoorReading, State } from '../../domain/reading.js'

/** An event is found where one of its kind is told this near, µs (method.md, Evaluation). */
const TOLERANCE_US = 3_000_000
/** A state may lag and lead the door by so long before it counts as wrong, µs: a latch, a swing (D). */
const WRONG_AFTER_US = 3_000_000

export interface Truth {
  state(timeUs: number): State
}

export interface KindScore {
  happened: number
  found: number
  told: number
  right: number
}

export interface TrialScore {
  days: number
  events: Record<DoorEvent['kind'], KindScore>
  precision: number
  recall: number
  passThroughRecall: number
  passThroughPrecision: number
  falseAlarmsPerDay: number
  /** Episodes of a closed reading while the door stood open for longer than the tolerance. */
  falseClosed: number
  wrongMinutesPerDay: number
  unknownShare: number
  /** s from the end of an opening or closing until the state is right; undefined where none was. */
  stateLatencyP50?: number
  stateLatencyP95?: number
  /** s from the first motion of the door until motion is told. */
  motionLatencyP50?: number
  motionLatencyP95?: number
}

/** Compares what was read with what was so. Times are those of the truth, µs; a sample a window. */
export class TruthMeter {
  private seconds = 0
  private wrong = 0
  private unknown = 0
  private falseClosed = 0
  private wrongSinceUs = NaN
  private lastUs = NaN
  /** The reading that held until now. */
  private held: State = 'unknown'
  private readonly changes: { atUs: number; state: State }[] = []
  private readonly motions: { atUs: number; moving: boolean }[] = []

  constructor(private readonly truth: Truth) {}

  /** The reading that holds at this time; `spanUs` of the time it stands for. */
  sample(timeUs: number, { state, motion }: Pick<DoorReading, 'state' | 'motion'>): void {
    const spanS = Number.isNaN(this.lastUs) ? 0 : (timeUs - this.lastUs) / 1e6
    this.lastUs = timeUs
    const is = this.truth.state(timeUs)
    this.seconds += spanS
    if (this.held === 'unknown') this.unknown += spanS
    this.held = state
    const wrong = atRest(is) && atRest(state) && !agree(is, state)
    if (!wrong) this.wrongSinceUs = NaN
    else {
      if (Number.isNaN(this.wrongSinceUs)) this.wrongSinceUs = timeUs
      const past = timeUs - this.wrongSinceUs
      if (past >= WRONG_AFTER_US) this.wrong += spanS
      if (past >= WRONG_AFTER_US && past - spanS * 1e6 < WRONG_AFTER_US && state === 'closed')
        this.falseClosed++
    }
    if (this.changes.at(-1)?.state !== state) this.changes.push({ atUs: timeUs, state })
    const moving = motion === 'moving'
    if (this.motions.at(-1)?.moving !== moving) this.motions.push({ atUs: timeUs, moving })
  }

  score(
    happened: readonly Omit<DoorEvent, 'confidence'>[],
    told: readonly Omit<DoorEvent, 'confidence'>[],
  ): TrialScore {
    const free = new Set(told)
    const found = new Map<Omit<DoorEvent, 'confidence'>, Omit<DoorEvent, 'confidence'>>()
    for (const event of happened) {
      const near = [...free]
        .filter(
          (other) =>
            other.kind === event.kind &&
            other.startUs <= event.endUs + TOLERANCE_US &&
            other.endUs >= event.startUs - TOLERANCE_US,
        )
        .sort((a, b) => Math.abs(a.endUs - event.endUs) - Math.abs(b.endUs - event.endUs))
        .at(0)
      if (near === undefined) continue
      free.delete(near)
      found.set(event, near)
    }
    const kinds = ['opened', 'closed', 'passed-through'] as const
    const count = (kind: DoorEvent['kind']): KindScore => ({
      happened: happened.filter((event) => event.kind === kind).length,
      found: [...found.keys()].filter((event) => event.kind === kind).length,
      told: told.filter((event) => event.kind === kind).length,
      right: [...found.values()].filter((event) => event.kind === kind).length,
    })
    const events = Object.fromEntries(kinds.map((kind) => [kind, count(kind)])) as TrialScore['events']
    const days = this.seconds / 86_400
    const passes = events['passed-through']
    const latencies = happened
      .filter(({ kind }) => kind !== 'passed-through')
      .map((event) => this.latency(event))
    const motions = happened.map(({ startUs, endUs }) => this.motionLatency(startUs, endUs))
    return {
      days,
      events,
      precision: told.length === 0 ? NaN : found.size / told.length,
      recall: happened.length === 0 ? NaN : found.size / happened.length,
      passThroughRecall: passes.found / passes.happened,
      passThroughPrecision: passes.right / passes.told,
      falseAlarmsPerDay: free.size / days,
      falseClosed: this.falseClosed,
      wrongMinutesPerDay: this.wrong / 60 / days,
      unknownShare: this.unknown / this.seconds,
      stateLatencyP50: quantile(latencies, 0.5),
      stateLatencyP95: quantile(latencies, 0.95),
      motionLatencyP50: quantile(motions, 0.5),
      motionLatencyP95: quantile(motions, 0.95),
    }
  }

  /** s until the state after the event is read; Infinity where the door had moved on before. */
  private latency({ endUs }: { endUs: number }): number {
    const wanted = this.truth.state(endUs + 1)
    const holding = this.changes.findLast(({ atUs }) => atUs <= endUs)
    if (holding !== undefined && agree(wanted, holding.state)) return 0
    for (const change of this.changes) {
      if (change.atUs <= endUs) continue
      if (!agree(this.truth.state(change.atUs), wanted)) return Infinity
      if (agree(wanted, change.state)) return (change.atUs - endUs) / 1e6
    }
    return Infinity
  }

  private motionLatency(startUs: number, endUs: number): number {
    if (this.motions.findLast(({ atUs }) => atUs <= startUs)?.moving) return 0
    const next = this.motions.find(({ atUs, moving }) => moving && atUs > startUs)
    return next === undefined || next.atUs > endUs + TOLERANCE_US ? Infinity : (next.atUs - startUs) / 1e6
  }
}

function atRest(state: State): boolean {
  return state === 'closed' || state === 'open' || state === 'ajar'
}

/** Open and ajar are told apart only where ajar was taught. */
function agree(a: State, b: State): boolean {
  return (a === 'closed') === (b === 'closed') && atRest(a) && atRest(b)
}

function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
}
