import { defaultConfig } from '../../src/config/load.js'
import type { Config } from '../../src/config/schema.js'
import type { Clock } from '../../src/domain/time.js'
import { Pipeline, type PipelineEvents } from '../../src/pipeline.js'
import { DoorDecision } from '../../src/sensing/decision/decision.js'
import type { Artefact } from '../../src/sensing/model/artefact.js'
import { Int8JsEngine } from '../../src/sensing/model/engine-int8-js.js'
import { BurstStage } from '../../src/sensing/burst/stage.js'
import { ModelStage } from '../../src/sensing/model/stage.js'
import { PacketDecoder } from '../../src/sensing/packet/decoder.js'
import { layoutById } from '../../src/sensing/packet/layouts.js'
import { SignalStage } from '../../src/sensing/signal/stage.js'

/** The real stages with default settings, at the test's clock. */
export function pipelineOf(
  clock: Clock,
  options: {
    receiver?: Partial<Config['receiver']>
    artefact?: Artefact
    reading?: PipelineEvents['reading']
  } = {},
): Pipeline {
  const { artefact, receiver, reading = () => undefined } = options
  const config = defaultConfig()
  return new Pipeline(
    {
      link: 'link-1',
      simulated: true,
      clock,
      packet: new PacketDecoder({ ...config.receiver, ...receiver }),
      signal: new SignalStage({
        link: 'link-1',
        settings: config.signal,
        layoutOf: layoutById,
        expectedLayoutId: artefact?.layoutId,
      }),
      model: artefact && new ModelStage(artefact, new Int8JsEngine(artefact, artefact.network)),
      burst: new BurstStage(config.signal.bins, { ...config.signal, ...config.decision }),
      decision: new DoorDecision({
        doorId: 'front',
        outputs: artefact?.outputs ?? [],
        settings: config.decision,
        simulated: true,
        provisional: true,
        engine: 'int8-js',
        model: artefact?.id ?? '',
        siteVerdict: 'none',
      }),
    },
    {
      reading,
      progress: () => undefined,
      control: () => undefined,
      modelFailed: (error) => {
        throw error
      },
    },
  )
}
