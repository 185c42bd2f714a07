import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Config } from '../config/schema.js'
import type { Reason } from '../domain/reason.js'
import { MODELS_FOLDER, ReedModels } from '../learning/commissioning/current-model.js'
import { AjarError } from '../platform/errors.js'
import type { createLogger } from '../platform/logger.js'
import { loadArtefact } from '../sensing/model/artefact.js'
import { MANIFEST_FILE } from '../sensing/model/artefact-manifest.js'
import { chooseEngine, type RunningModel } from '../sensing/model/choose-engine.js'
import { engineProbe, STOPPED } from '../sensing/model/engine-probe.js'

const CLI = fileURLToPath(new URL('../cli.js', import.meta.url))

/** Beside the files of a standing model: the model of its door's events. */
const EVENTS_FOLDER = 'events'

/** The model that was given by hand, else the one that commissioning has learned, if it may decide. */
export function chosenModel({
  model,
  dataDirectory,
}: Pick<Config, 'model' | 'dataDirectory'>): Config['model'] {
  if (model.directory !== '') return model
  const learned = new ReedModels(path.join(dataDirectory, MODELS_FOLDER)).live()
  return learned === undefined ? model : { ...model, directory: learned }
}

/** Reads a model, with the model of events where one lies beside it, and chooses their engines. Throws AjarError where the model may not be used. */
export async function openModel(settings: Config['model'], signal?: AbortSignal): Promise<RunningModel> {
  const { directory, engine } = settings
  if (directory === '')
    throw new AjarError(
      'model.none',
      'There is no model for this door yet.',
      'Set model.directory, or --model.',
    )
  const model = await openOne(directory, engine, signal)
  const beside = path.join(directory, EVENTS_FOLDER)
  if (!existsSync(path.join(beside, MANIFEST_FILE))) return model
  try {
    return { ...model, events: await openOne(beside, engine, signal) }
  } catch (error) {
    model.engine.dispose()
    throw error
  }
}

function openOne(
  directory: string,
  wanted: Config['model']['engine'],
  signal?: AbortSignal,
): Promise<RunningModel> {
  const probe = engineProbe([process.execPath, CLI], directory, { signal })
  return chooseEngine(loadArtefact(directory), { wanted, probe })
}

/** A model that is missing or broken does not keep the appliance from sensing motion: returns why there is none. */
export async function startModel(
  settings: Config['model'],
  logger: ReturnType<typeof createLogger>['logger'],
  signal: AbortSignal,
): Promise<RunningModel | Reason> {
  try {
    const model = await openModel(settings, signal)
    const { code, text, hint } = model.engineReason
    logger.info({ model: model.artefact.id, directory: settings.directory }, 'Model loaded and verified.')
    logger[code === 'engine.fallback' ? 'warn' : 'info']({ code, hint }, text)
    return model
  } catch (error) {
    if (!(error instanceof AjarError)) throw error
    if (error !== STOPPED) logger.warn({ code: error.code, hint: error.hint }, error.message)
    return { code: error.code, text: error.message, hint: error.hint }
  }
}
