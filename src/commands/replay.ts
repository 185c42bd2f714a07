import { loadConfig } from '../config/load.js'
import { settingsHash } from '../configured-pipeline.js'
import { SystemClock } from '../platform/clock.js'
import { AjarError } from '../platform/errors.js'
import type { Pace } from '../sensing/link/capture-file.js'
import { openModel } from './open-model.js'
import { verdictOf } from './replay/flag-verdict.js'
import { JsonTelling } from './replay/json-telling.js'
import { ReplayedLink } from './replay/replayed-link.js'
import type { ReplayedWith } from './replay/replayed-with.js'
import { WrittenTelling } from './replay/written-telling.js'
import { openCapture } from './run.js'

export interface ReplayOptions {
  config?: string
  model?: string
  speed: Pace
  json: boolean
  trace: boolean
}

/**
 * `ajar replay`: a recording through the appliance's own pipeline, at the recording's clock, with every change of
 * the reading and its reason. Exit code 1 where the recording could not be read to its end.
 */
export async function replay(
  file: string,
  options: ReplayOptions,
  signal: AbortSignal,
  out: (line: string) => void,
): Promise<number> {
  const { config } = loadConfig(options.config, { 'model.directory': options.model })
  const clock = new SystemClock()
  const source = await openCapture(file, config, { pace: options.speed, clock, times: 'recording' })
  const model = await openModel(config.model, signal).catch((error: unknown) => {
    // A model that was asked for by name and is broken is a mistake; none at all is a state of affairs.
    if (!(error instanceof AjarError) || error.code !== 'model.none') throw error
    return { code: error.code, text: error.message, hint: error.hint }
  })
  const running = 'engine' in model ? model : undefined
  const used: ReplayedWith = {
    file,
    simulated: source.simulated || running?.artefact.manifest.simulated === true,
    model: running?.artefact.id ?? '',
    engine: running?.engine.name ?? '',
    modelReason: 'engine' in model ? undefined : model,
    settingsHash: settingsHash(config),
  }
  const Telling = options.json ? JsonTelling : WrittenTelling
  const telling = new Telling(out, options.trace)
  telling.begin(source.header, used)
  const link = new ReplayedLink({ config, running, simulated: source.simulated }, source.header, telling)
  let damage: AjarError | undefined
  await new Promise<void>((resolve, reject) => {
    const bytes = (arrived: Uint8Array, hostTimeUs: number): void => link.bytes(arrived, hostTimeUs)
    signal.addEventListener('abort', () => void source.stop().then(resolve), { once: true })
    source
      .start(
        {
          bytes,
          event: (event) => {
            if (event.type === 'lost')
              damage = new AjarError('capture.damaged', event.detail, event.hint ?? '')
            if (event.type === 'end') resolve()
          },
        },
        signal,
      )
      .catch(reject)
    if (signal.aborted) resolve()
  })
  const outcome = link.end(!signal.aborted)
  const { flag, note = '' } = source.header ?? {}
  telling.end(outcome, signal.aborted ? undefined : flag && verdictOf(note, flag, outcome, used))
  running?.engine.dispose()
  if (damage !== undefined) throw damage
  return 0
}
