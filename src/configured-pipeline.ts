import { createHash } from 'node:crypto'
import type { Config } from './config/schema.js'
import type { Clock } from './domain/time.js'
import { Pipeline, type PipelineEvents, type PipelineParts } from './pipeline.js'
import { BurstStage } from './sensing/burst/stage.js'
import { DoorDecision } from './sensing/decision/decision.js'
import { BurstModelStage } from './sensing/model/burst-stage.js'
import type { RunningModel } from './sensing/model/choose-engine.js'
import { ModelStage } from './sensing/model/stage.js'
import { PacketDecoder } from './sensing/packet/decoder.js'
import { layoutById } from './sensing/packet/layouts.js'
import { SignalStage } from './sensing/signal/stage.js'

export interface ConfiguredParts {
  config: Config
  clock: Clock
  /** What the source says of itself. */
  simulated: boolean
  /** Absent: motion only. */
  running: RunningModel | undefined
}

/** The one way from a configuration and a model to a pipeline: live, and when a recording is replayed. */
export function configuredPipeline(
  { config, clock, simulated, running }: ConfiguredParts,
  on: PipelineEvents,
): Pipeline {
  const { link } = config.receiver
  return new Pipeline(
    {
      link,
      simulated,
      clock,
      packet: new PacketDecoder(config.receiver),
      signal: new SignalStage({
        link,
        settings: config.signal,
        layoutOf: layoutById,
        expectedLayoutId: running?.artefact.layoutId,
      }),
      burst: new BurstStage(config.signal.bins, { ...config.signal, ...config.decision }),
      ...modelStages(running, config, simulated),
    },
    on,
  )
}

/** The stages that depend on the model; without one, motion alone is sensed. Throws AjarError 'model.kind'. */
export function modelStages(
  running: RunningModel | undefined,
  config: Pick<Config, 'door' | 'decision'>,
  simulatedSource: boolean,
): Pick<PipelineParts, 'model' | 'events' | 'decision'> {
  const { artefact, engine, events } = running ?? {}
  return {
    model: artefact && engine && new ModelStage(artefact, engine),
    events: events && new BurstModelStage(events.artefact, events.engine),
    decision: new DoorDecision({
      doorId: config.door.id,
      outputs: artefact?.outputs ?? [],
      settings: config.decision,
      simulated: simulatedSource || artefact?.manifest.simulated === true,
      provisional: artefact?.site?.verdict !== 'usable',
      engine: engine?.name ?? '',
      model: artefact?.id ?? '',
      siteVerdict: artefact?.site?.verdict ?? 'none',
    }),
  }
}

export function disposeModel(running: RunningModel | undefined): void {
  running?.engine.dispose()
  running?.events?.engine.dispose()
}

/** Two pipelines with the same model and the same hash make the same readings of the same bytes. */
export function settingsHash({ receiver, signal, decision }: Config): string {
  const { transmitters, tablePacketsPerSecond } = receiver
  const settings = JSON.stringify({ transmitters, tablePacketsPerSecond, signal, decision })
  return createHash('sha256').update(settings).digest('hex').slice(0, 16)
}
