import type { Config } from './config/schema.js'
import type { PipelineParts } from './pipeline.js'
import { DoorDecision } from './sensing/decision/decision.js'
import { BurstModelStage } from './sensing/model/burst-stage.js'
import type { RunningModel } from './sensing/model/choose-engine.js'
import { ModelStage } from './sensing/model/stage.js'

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
