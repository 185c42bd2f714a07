import type { Clock } from './domain/time.js'
import type { Burst, BurstReading } from './domain/burst.js'
import type { DoorEvent } from './domain/event.js'
import type { LinkHealth, SourceEvent } from './domain/link.js'
import type { Chunk, ControlFrame, Counters, CsiPacket, Discarded } from './domain/packet.js'
import type { DoorReading } from './domain/reading.js'
import type { Reason } from './domain/reason.js'
import type { Scores } from './domain/model.js'
import type { SignalWindow } from './domain/window.js'
import type { PacketDecoder } from './sensing/packet/decoder.js'
import type { SignalStage } from './sensing/signal/stage.js'
import type { BurstStage } from './sensing/burst/stage.js'
import type { BurstModelStage } from './sensing/model/burst-stage.js'
import type { ModelStage } from './sensing/model/stage.js'
import type { DoorDecision, FailureReason } from './sensing/decision/decision.js'
import { LinkDiagnosis } from './sensing/decision/link-diagnosis.js'
import { AjarError, messageOf } from './platform/errors.js'

/** Figures of the link are of now: without a packet for this long there are none (D). */
const FRESH_US = 2_000_000
/** What was wrong with packets holds until the diagnosis sees that there are none, its horizon later (D). */
const HEARD_US = 5_000_000

export interface PipelineParts {
  link: string
  /** What the source says of itself. */
  simulated: boolean
  clock: Clock
  packet: PacketDecoder
  signal: SignalStage
  /** Absent where no model could be loaded: motion is live, the state unknown. */
  model?: ModelStage
  burst: BurstStage
  /** Absent where the model of this door knows no events. */
  events?: BurstModelStage
  decision: DoorDecision
}

export interface PipelineEvents {
  /** A reading that differs from the one before. */
  reading(reading: DoorReading): void
  /** Packets decode: the source need not fear for its connection. */
  progress(): void
  control(frame: ControlFrame): void
  /** Something that the door did; its times are the device's. */
  happened?(event: DoorEvent): void
  /** Each burst as far as it has come, before the window that it has come to. Reused. */
  burst?(burst: Burst): void
  /** The model failed while it ran; it is not asked again. */
  modelFailed(error: AjarError): void
  /** Each window and what the models said of it and its burst, after the reading that it led to. All are reused. */
  window?(window: SignalWindow, scores: Scores | undefined, burst: BurstReading | undefined): void
}

/**
 * The data path of one link, in the order in which data takes it:
 * bytes → packet → signal → model, burst → decision → reading.
 * Everything runs synchronously inside `bytes`; nothing here blocks or does I/O.
 */
export class Pipeline {
  private readonly chunk: Chunk = { bytes: new Uint8Array(0), hostTimeUs: 0 }
  private readonly diagnosis: LinkDiagnosis
  private readonly rejected: Record<string, number> = {}
  private rejectedTotal = 0
  private model: ModelStage | undefined
  private events: BurstModelStage | undefined
  private decision: DoorDecision
  private reading: DoorReading
  private connected = false
  private source = ''
  private transmitter = ''
  private dialect = ''
  /** Host time of the last packet, used or not, and of the last that was used. */
  private heardUs = NaN
  private lastPacketUs = NaN
  private scores: Scores | undefined
  private underWay: BurstReading | undefined

  constructor(
    private readonly parts: PipelineParts,
    private readonly on: PipelineEvents,
  ) {
    this.model = parts.model
    this.events = parts.events
    this.decision = parts.decision
    this.diagnosis = new LinkDiagnosis()
    this.reading = parts.decision.tick(parts.clock.now())
  }

  bytes(bytes: Uint8Array, hostTimeUs: number): void {
    this.diagnosis.bytes(bytes.length)
    this.chunk.bytes = bytes
    this.chunk.hostTimeUs = hostTimeUs
    this.parts.packet.push(this.chunk, this.decoded)
  }

  sourceEvent(event: SourceEvent): void {
    if (event.type === 'open') {
      this.connected = true
      this.source = event.detail
      this.diagnosis.open()
      return
    }
    this.connected = false
    this.parts.packet.end(this.parts.clock.monotonicUs(), this.decoded)
    this.parts.packet.reset()
    this.parts.signal.reset(event.type)
    this.model?.reset(event.type)
    this.parts.burst.reset(event.type)
    if (event.type === 'lost') this.diagnosis.lost(event.detail, event.hint)
    else this.diagnosis.ended()
    this.publish(this.decision.lost(this.parts.clock.now()))
  }

  /** Twice a second: notices silence, and keeps the figures of health fresh. */
  tick(): void {
    const now = this.parts.clock.now()
    this.diagnosis.sample(this.counters(), now.monotonicUs)
    this.publish(this.decision.tick(now))
  }

  /** Another model decides from the next window on; what was known of the door is found anew. The link goes on. */
  adopt({ model, events, decision }: Pick<PipelineParts, 'model' | 'events' | 'decision'>): void {
    this.model = model
    this.events = events
    this.decision = decision
    this.parts.burst.reset('model')
    this.publish(decision.tick(this.parts.clock.now()))
  }

  /** There is no state from now on, for this reason; motion stays live. */
  refuse(reason: FailureReason): void {
    this.publish(this.decision.fail(reason, this.parts.clock.now()))
  }

  current(): DoorReading {
    return this.reading
  }

  health(): LinkHealth {
    const { link, simulated, signal } = this.parts
    const fresh = this.since(this.lastPacketUs) <= FRESH_US
    return {
      link,
      connected: this.connected,
      source: this.source,
      simulated,
      dialect: this.dialect,
      transmitter: this.transmitter,
      layoutId: signal.layoutId,
      packetsPerSecond: fresh ? signal.packetsPerSecond : 0,
      lossRatio: fresh ? signal.lossRatio : NaN,
      rssiDbm: fresh ? signal.rssiDbm : NaN,
      gainLocked: signal.gainLocked,
      lastPacketUs: this.lastPacketUs,
      counters: this.counters(),
      reasons: this.reasons(),
    }
  }

  private reasons(): Reason[] {
    const found = this.diagnosis.reasons()
    const heard = this.since(this.heardUs) <= HEARD_US
    const ofSignal = heard ? this.parts.signal.reason() : undefined
    return ofSignal === undefined || found.some(({ code }) => code === ofSignal.code)
      ? found
      : [...found, ofSignal]
  }

  private since(hostTimeUs: number): number {
    return this.parts.clock.monotonicUs() - hostTimeUs
  }

  /** The decoder's counts, less what the signal stage would not use. */
  private counters(): Counters {
    const { received, used, other, control, discarded } = this.parts.packet.counters
    const all = { ...discarded }
    // Both stages may count one reason: the decoder a stranger, the signal stage a second transmitter as foreign.
    for (const [reason, n] of Object.entries(this.rejected)) all[reason] = (all[reason] ?? 0) + n
    return { received, used: used - this.rejectedTotal, other, control, discarded: all }
  }

  private readonly decoded = (item: CsiPacket | Discarded | ControlFrame): void => {
    if (item.kind === 'control') this.on.control(item)
    if (item.kind !== 'packet') return
    const rejected = this.rejectedTotal
    this.parts.signal.push(item, this.sensed)
    this.dialect = item.dialect
    this.heardUs = item.hostTimeUs
    if (this.rejectedTotal === rejected) {
      this.transmitter = item.transmitter
      this.lastPacketUs = item.hostTimeUs
    }
    this.on.progress()
  }

  private readonly sensed = (item: SignalWindow | Discarded): void => {
    if ('kind' in item) {
      this.rejected[item.reason] = (this.rejected[item.reason] ?? 0) + 1
      this.rejectedTotal += 1
      return
    }
    const now = this.parts.clock.now()
    const scores = this.score(item)
    this.underWay = undefined
    this.parts.burst.push(item, this.moved)
    this.publish(this.decision.observe(item, scores, now, this.underWay))
    for (const event of this.decision.takeEvents()) this.on.happened?.(event)
    this.on.window?.(item, scores, this.underWay)
  }

  private score(window: SignalWindow): Scores | undefined {
    this.scores = undefined
    this.ask(() => this.model?.push(window, this.scored))
    return this.scores
  }

  private readonly moved = (burst: Burst): void => {
    this.on.burst?.(burst)
    this.scores = undefined
    this.ask(() => this.events?.push(burst, this.scored))
    const { scores } = this
    if (scores === undefined) return
    this.underWay = { scores, over: burst.over, grounded: burst.quietFrames > 0 }
  }

  /** A model that fails is not asked again: without it there is no state. */
  private ask(model: () => void): void {
    try {
      model()
    } catch (error) {
      this.model = this.events = undefined
      this.on.modelFailed(
        new AjarError(
          'model.failed',
          `The model failed: ${messageOf(error)}`,
          'Run `ajar model verify`; until it is replaced the state stays unknown.',
          { cause: error },
        ),
      )
      this.decision.fail('model-error', this.parts.clock.now())
    }
  }

  private readonly scored = (scores: Scores): void => {
    this.scores = scores
  }

  private publish(reading: DoorReading): void {
    if (reading === this.reading) return
    this.reading = reading
    this.on.reading(reading)
  }
}
