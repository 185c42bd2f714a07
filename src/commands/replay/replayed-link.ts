import type { Config } from '../../config/schema.js'
import { configuredPipeline } from '../../configured-pipeline.js'
import type { ToldEvent, ToldReading } from '../../domain/flag.js'
import type { Scores } from '../../domain/model.js'
import type { Counters } from '../../domain/packet.js'
import type { DoorReading } from '../../domain/reading.js'
import type { Reason } from '../../domain/reason.js'
import type { SignalWindow } from '../../domain/window.js'
import type { Pipeline } from '../../pipeline.js'
import type { RecordingHeader } from '../../sensing/link/recording.js'
import type { RunningModel } from '../../sensing/model/choose-engine.js'
import { RecordingClock } from './recording-clock.js'

/** As the appliance does. */
const TICK_US = 500_000
/** What a silence does to a reading it has done by then; a longer gap is jumped over. */
const LONGEST_SILENCE_US = 60_000_000

export interface ReplayListener {
  reading(reading: DoorReading, seconds: number): void
  /** What the appliance said then. */
  told(reading: ToldReading, seconds: number): void
  event(event: ToldEvent, seconds: number): void
  /** Reused. */
  window(window: SignalWindow, scores: Scores | undefined, seconds: number): void
  reason(reason: Reason, over: boolean, seconds: number): void
  modelFailed(reason: Reason, seconds: number): void
}

export interface ReplayOutcome {
  /** At the flag, or at the end; undefined where there were no bytes. */
  reading: DoorReading | undefined
  seconds: number
  windows: number
  counters: Counters
}

const NOTHING: Counters = { received: 0, used: 0, other: 0, control: 0, discarded: {} }

type Mark = { atUs: number } & ({ reading: ToldReading } | { event: ToldEvent })

/** The pipeline on a recording: bytes, ticks and what befell the link, each at its time then. */
export class ReplayedLink {
  private pipeline: Pipeline | undefined
  private clock = new RecordingClock(0, undefined)
  private marks: Mark[] = []
  private nextTickUs = 0
  private windows = 0
  private over = false
  private readonly reasons = new Map<string, Reason>()

  constructor(
    private readonly parts: { config: Config; running: RunningModel | undefined; simulated: boolean },
    private readonly header: RecordingHeader | undefined,
    private readonly on: ReplayListener,
  ) {}

  bytes(bytes: Uint8Array, hostTimeUs: number): void {
    const pipeline = this.begun(hostTimeUs)
    this.advance(hostTimeUs)
    pipeline.bytes(bytes, this.clock.monotonicUs())
  }

  /** Of a replay that was broken off the reading is the last one. */
  end(whole: boolean): ReplayOutcome {
    const flagUs = whole ? this.header?.flag?.atUs : undefined
    if (flagUs !== undefined) {
      this.begun(flagUs)
      this.advance(flagUs)
    }
    const { pipeline } = this
    const reading = pipeline?.current()
    this.over = true
    pipeline?.sourceEvent({ type: 'end' }) // counts what is cut off at the end
    const seconds = this.clock.secondsAt(this.clock.monotonicUs())
    return { reading, seconds, windows: this.windows, counters: pipeline?.health().counters ?? NOTHING }
  }

  /** The pipeline's time begins with the first byte. */
  private begun(firstUs: number): Pipeline {
    if (this.pipeline !== undefined) return this.pipeline
    const clock = (this.clock = new RecordingClock(firstUs, this.header?.startedMs))
    const secondsNow = (): number => clock.secondsAt(clock.monotonicUs())
    this.nextTickUs = firstUs + TICK_US
    this.marks = this.marksAfter(firstUs)
    const pipeline = configuredPipeline(
      { ...this.parts, clock },
      {
        reading: (reading) => this.over || this.on.reading(reading, secondsNow()),
        progress: () => undefined,
        control: () => undefined,
        modelFailed: ({ code, message, hint }) =>
          this.on.modelFailed({ code, text: message, hint }, secondsNow()),
        window: (window, scores) => {
          this.windows++
          this.on.window(window, scores, secondsNow())
        },
      },
    )
    this.on.reading(pipeline.current(), 0)
    pipeline.sourceEvent({ type: 'open', detail: this.header?.source ?? '' })
    return (this.pipeline = pipeline)
  }

  private marksAfter(firstUs: number): Mark[] {
    const { recent = [], events = [] } = this.header?.flag ?? {}
    const marks: Mark[] = [
      ...recent.map((reading) => ({ atUs: reading.atUs, reading })),
      ...events.map((event) => ({ atUs: event.atUs, event })),
    ]
    return marks.filter(({ atUs }) => atUs > firstUs).sort((one, other) => one.atUs - other.atUs)
  }

  /** Up to the arrival at `toUs`: ticks, and what a flag says happened, in order. */
  private advance(toUs: number): void {
    const untilUs = Math.min(toUs, this.clock.monotonicUs() + LONGEST_SILENCE_US)
    for (;;) {
      const mark = this.marks[0]
      if (mark !== undefined && mark.atUs <= toUs && mark.atUs <= this.nextTickUs) {
        this.marks.shift()
        this.clock.advanceTo(mark.atUs)
        this.happened(mark)
      } else if (this.nextTickUs <= untilUs) {
        this.clock.advanceTo(this.nextTickUs)
        this.nextTickUs += TICK_US
        this.tick()
      } else break
    }
    if (toUs > untilUs) this.nextTickUs = toUs
    this.clock.advanceTo(toUs)
  }

  private happened(mark: Mark): void {
    const seconds = this.clock.secondsAt(mark.atUs)
    if ('reading' in mark) return this.on.told(mark.reading, seconds)
    const { type, detail } = mark.event
    this.on.event(mark.event, seconds)
    this.pipeline?.sourceEvent(type === 'end' ? { type } : { type, detail })
  }

  private tick(): void {
    const { pipeline, clock } = this
    if (pipeline === undefined) return
    pipeline.tick()
    const seconds = clock.secondsAt(clock.monotonicUs())
    const now = pipeline.health().reasons
    for (const reason of now) if (!this.reasons.has(reason.code)) this.on.reason(reason, false, seconds)
    for (const [code, reason] of this.reasons)
      if (!now.some((each) => each.code === code)) this.on.reason(reason, true, seconds)
    this.reasons.clear()
    for (const reason of now) this.reasons.set(reason.code, reason)
  }
}
