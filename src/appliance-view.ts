import type { Config } from './config/schema.js'
import type { ApplianceView, ModelStatus, ReadingUpdate } from './domain/control.js'
import type { CommissioningStatus } from './domain/commissioning.js'
import type { Indicator } from './domain/indicator.js'
import type { LinkHealth } from './domain/link.js'
import type { DoorReading } from './domain/reading.js'
import type { Reason } from './domain/reason.js'
import type { Store } from './domain/store.js'
import type { Clock } from './domain/time.js'
import type { Pipeline } from './pipeline.js'
import type { RunningModel } from './sensing/model/choose-engine.js'

const CLOCK_NOT_SET: Reason = {
  code: 'clock.not-set',
  text: 'The clock has not been set: the times shown are wrong.',
  hint: 'Connect a network once, or add a clock module. Sensing does without.',
}

export interface ShownParts {
  version: string
  door: Config['door']
  clock: Clock
  pipeline: Pipeline
  store: Pick<Store, 'health'>
  indicator: Pick<Indicator, 'health'>
  /** What decides now. */
  running(): RunningModel | undefined
  commissioning: { reasons(): readonly Reason[]; phase: CommissioningStatus['phase'] }
}

/** What the appliance shows of itself, put together from its parts at each question. */
export class LiveView implements ApplianceView {
  readonly version: string
  /** Why there is no model, or none that works. */
  modelReason: Reason | undefined
  private readonly listeners = new Set<(update: ReadingUpdate) => void>()

  constructor(private readonly parts: ShownParts) {
    this.version = parts.version
  }

  doors(): readonly string[] {
    return [this.parts.door.id]
  }

  doorName(): string {
    return this.parts.door.name
  }

  reading(): DoorReading {
    return this.parts.pipeline.current()
  }

  link(): LinkHealth {
    return this.parts.pipeline.health()
  }

  model(): ModelStatus {
    const { artefact, engine, engineReason } = this.parts.running() ?? {}
    const verdict = artefact?.site?.verdict ?? 'none'
    return {
      id: artefact?.id ?? '',
      family: artefact?.manifest.family ?? '',
      engine: engine?.name ?? '',
      engineReason,
      layoutId: artefact?.layoutId ?? 0,
      outputs: artefact?.outputs ?? [],
      verdict,
      provisional: verdict !== 'usable',
      simulated: artefact?.manifest.simulated ?? false,
      reason: this.modelReason,
    }
  }

  reasons(): readonly Reason[] {
    const { pipeline, store, indicator, clock, running, commissioning } = this.parts
    const { engineReason } = running() ?? {}
    const slowed = engineReason?.code === 'engine.fallback' ? engineReason : undefined
    const time = clock.now().wallTrusted ? undefined : CLOCK_NOT_SET
    const learns = commissioning.phase === 'learning' && this.modelReason?.code === 'model.none'
    const ofModel = learns ? undefined : this.modelReason
    const ofParts = [
      ...commissioning.reasons(),
      ofModel,
      slowed,
      store.health().reason,
      indicator.health().reason,
      time,
    ]
    return [...pipeline.health().reasons, ...ofParts.filter((reason) => reason !== undefined)]
  }

  sensing(): boolean {
    return this.reading().motion !== 'unknown'
  }

  subscribe(listener: (update: ReadingUpdate) => void): () => void {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  tell(update: ReadingUpdate): void {
    for (const listener of this.listeners) listener(update)
  }
}
