import type { Config } from '../../config/schema.js'
import { configuredPipeline } from '../../configured-pipeline.js'
import type { SourceEvent } from '../../domain/link.js'
import type { PlacementStatus } from '../../domain/placement.js'
import { PlacementAid } from '../../learning/commissioning/placement-aid.js'
import type { Pipeline } from '../../pipeline.js'
import { SystemClock } from '../../platform/clock.js'
import { AjarError } from '../../platform/errors.js'
import { SerialSource } from '../../sensing/link/serial-port.js'
import type { PlacementSession } from './placement-session.js'

/** As the appliance does. */
const TICK_MS = 500

/** The receiver's port is opened here; while an appliance has it, it is locked. */
export class PlacementOnPort implements PlacementSession {
  readonly where: string
  private readonly clock = new SystemClock()
  private readonly aid: PlacementAid
  private readonly pipeline: Pipeline
  private readonly source: SerialSource
  private ticking: NodeJS.Timeout | undefined
  private opened = false
  private refusal: AjarError | undefined

  constructor(
    config: Config,
    /** What led here. */
    why: string,
    private readonly signal: AbortSignal,
  ) {
    const { clock } = this
    this.where = `${why}the receiver (${config.receiver.port}) is opened here.`
    this.source = new SerialSource(config.receiver, clock)
    this.aid = new PlacementAid(clock, {
      simulated: false,
      leastPacketsPerSecond: config.signal.minPacketsPerSecond,
    })
    this.pipeline = configuredPipeline(
      { config, clock, simulated: false, running: undefined },
      {
        reading: () => undefined,
        progress: () => this.source.noteProgress(),
        control: () => undefined,
        modelFailed: () => undefined,
        window: (window) => this.aid.window(window),
      },
    )
  }

  /** Throws AjarError 'link.not-open' where the port cannot be opened. */
  async start(): Promise<PlacementStatus> {
    const event = (happened: SourceEvent): void => {
      if (happened.type === 'open') this.opened = true
      if (happened.type === 'lost' && !this.opened)
        this.refusal = new AjarError('link.not-open', happened.detail, happened.hint ?? '')
      this.pipeline.sourceEvent(happened)
    }
    const bytes = (arrived: Uint8Array, hostTimeUs: number): void => this.pipeline.bytes(arrived, hostTimeUs)
    await this.source.start({ bytes, event }, this.signal)
    if (this.refusal !== undefined) throw this.refusal
    const status = this.aid.start()
    this.ticking = setInterval(() => {
      this.pipeline.tick()
      this.aid.tick(this.pipeline.health())
    }, TICK_MS)
    return status
  }

  async status(): Promise<PlacementStatus> {
    return this.aid.current() ?? this.aid.start()
  }

  async stop(): Promise<void> {
    clearInterval(this.ticking)
    await this.source.stop()
  }
}
