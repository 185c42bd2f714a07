import type { Reason } from '../../domain/reason.js'
import { AjarError } from '../../platform/errors.js'
import type { Logger } from '../../platform/logger.js'
import { loadArtefact, type Artefact } from './artefact.js'
import { Int8JsEngine } from './engine-int8-js.js'
import { verifyGolden } from './golden.js'

/**
 * The model of this directory, verified; or the reason why there is none, which the log has told: a model that
 * is missing or broken does not keep the appliance from sensing motion.
 */
export function loadModel(directory: string, logger: Logger): { artefact?: Artefact; reason?: Reason } {
  try {
    if (directory === '')
      throw new AjarError(
        'model.none',
        'There is no model for this door yet.',
        'Set model.directory, or --model.',
      )
    const artefact = loadArtefact(directory)
    verifyGolden(new Int8JsEngine(artefact, artefact.network), artefact.golden)
    logger.info({ model: artefact.id, directory }, 'Model loaded and verified.')
    return { artefact }
  } catch (error) {
    if (!(error instanceof AjarError)) throw error
    logger.warn({ code: error.code, hint: error.hint }, error.message)
    return { reason: { code: error.code, text: error.message, hint: error.hint } }
  }
}
