import { configuredPipeline } from '../../configured-pipeline.js'
import type { Config } from '../../config/schema.js'
import type { DoorEvent } from '../../domain/event.js'
import type { Clock, Instant } from '../../domain/time.js'
import type { SignalWindow } from '../../domain/window.js'
import type { Household, Stretch } from '../../learning/simulator/household.js'
import type { Pipeline, PipelineEvents } from '../../pipeline.js'
import type { Artefact } from '../../sensing/model/artefact.js'
import type { RunningModel } from '../../sensing/model/choose-engine.js'
import { Int8JsEngine } from '../../sensing/model/engine-int8-js.js'

/** The appliance looks at its clock as often. */
const TICK_US = 500_000

export interface HomeModels {
  standing: Artefact
  events: Artefact
}

/** A simulated home played through the appliance's pipeline, at the home's clock. */
export class PlayedHome {
  readonly pipeline: Pipeline
  private nowUs = 0
  private tickUs = 0
  /** End of the newest window in device time, and when it came in the home's. */
  private windowEndUs = NaN
  private windowAtUs = NaN
  private readonly clock: Clock = {
    monotonicUs: () => this.nowUs,
    now: (): Instant => ({
      bootId: 'simulated',
      monotonicUs: this.nowUs,
      wallMs: this.nowUs / 1000,
      wallTrusted: true,
    }),
  }

  constructor(
    private readonly home: Household,
    config: Config,
    models: HomeModels | undefined,
    on: Pick<PipelineEvents, 'burst' | 'window' | 'happened'>,
  ) {
    this.pipeline = configuredPipeline(
      { config, clock: this.clock, simulated: true, running: models && runningOf(models) },
      {
        reading: () => undefined,
        progress: () => undefined,
        control: () => undefined,
        modelFailed: (error) => {
          throw error
        },
        ...on,
        window: (window: SignalWindow, scores, burst) => {
          this.windowEndUs = window.endUs
          this.windowAtUs = this.nowUs
          on.window?.(window, scores, burst)
        },
      },
    )
  }

  /** Plays these stretches; `each` is called before every packet with the home's time. */
  play(stretches: readonly Stretch[], each: (nowUs: number) => void): void {
    this.pipeline.sourceEvent({ type: 'open', detail: 'simulator' })
    for (const { atUs, bytes } of this.home.play(stretches)) {
      this.nowUs = atUs
      if (atUs >= this.tickUs) {
        this.pipeline.tick()
        this.tickUs = atUs + TICK_US
      }
      each(atUs)
      this.pipeline.bytes(bytes, atUs)
    }
  }

  /** The device's time now; NaN before the first window. */
  get deviceUs(): number {
    return this.windowEndUs + (this.nowUs - this.windowAtUs)
  }

  /** An event with the home's times. */
  atHome({ kind, startUs, endUs, confidence }: DoorEvent): DoorEvent {
    const shiftUs = this.windowAtUs - this.windowEndUs
    return { kind, startUs: startUs + shiftUs, endUs: endUs + shiftUs, confidence }
  }
}

/** Without its verdict: what a refused site would have been told is looked at, too. */
function runningOf({ standing, events }: HomeModels): RunningModel {
  const engineOf = (artefact: Artefact) => new Int8JsEngine(artefact, artefact.network)
  return {
    artefact: { ...standing, site: undefined },
    engine: engineOf(standing),
    engineReason: { code: 'engine.trial', text: 'Plain JavaScript: the same bits as any.', hint: '' },
    events: { artefact: events, engine: engineOf(events) },
  }
}
