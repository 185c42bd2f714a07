import { createHash } from 'node:crypto'
import type { Config } from './config/schema.js'
import type { Clock } from './domain/time.js'
import { Pipeline, type PipelineEvents } from './pipeline.js'
import { BurstStage } from './sensing/burst/stage.js'
import { DoorDecision } from './sensing/decision/decision.js'
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
  const { artefact, engine } = running ?? {}
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
        expectedLayoutId: artefact?.layoutId,
      }),
      burst: new BurstStage(config.signal.bins, {
        hopMs: config.signal.hopMs,
        minQuietMs: config.decision.minQuietMs,
        gapResetMs: config.decision.gapResetMs,
      }),
      model: artefact && engine && new ModelStage(artefact, engine),
      decision: new DoorDecision({
        doorId: config.door.id,
        outputs: artefact?.outputs ?? [],
        settings: config.decision,
        simulated: simulated || artefact?.manifest.simulated === true,
        provisional: artefact?.site?.verdict !== 'usable',
        engine: engine?.name ?? '',
        model: artefact?.id ?? '',
        siteVerdict: artefact?.site?.verdict ?? 'none',
      }),
    },
    on,
  )
}

/** Two pipelines with the same model and the same hash make the same readings of the same bytes. */
export function settingsHash({ receiver, signal, decision }: Config): string {
  const { transmitters, tablePacketsPerSecond } = receiver
  const settings = JSON.stringify({ transmitters, tablePacketsPerSecond, signal, decision })
  return createHash('sha256').update(settings).digest('hex').slice(0, 16)
}
