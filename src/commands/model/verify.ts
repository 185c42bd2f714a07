import type { EngineName } from '../../domain/model.js'
import { AjarError } from '../../platform/errors.js'
import { openModel } from '../open-model.js'

/**
 * `ajar model verify`: checksums, bounds and golden vectors, on the engine that is asked for or on the one that the
 * appliance would choose. Returns the exit code: 0 where all holds, 1 with the reason where the model may not be
 * used or the engine that was asked for does not work.
 */
export async function verifyModel(
  directory: string,
  options: { json: boolean; engine?: EngineName },
  out: (line: string) => void,
): Promise<number> {
  const failed = (code: string, message: string, hint: string): number => {
    out(
      options.json
        ? JSON.stringify({ ok: false, directory, code, message, hint })
        : `${message}\n  → ${hint}`,
    )
    return 1
  }
  try {
    const { artefact, engine, engineReason } = await openModel({
      directory,
      engine: options.engine ?? 'auto',
    })
    engine.dispose()
    if (options.engine !== undefined && engine.name !== options.engine)
      return failed(engineReason.code, engineReason.text, engineReason.hint)
    const { id, layoutId, outputs, golden, manifest } = artefact
    const { family, simulated, trained } = manifest
    out(
      options.json
        ? JSON.stringify({
            ok: true,
            directory,
            id,
            family,
            simulated,
            layoutId,
            outputs,
            engine: engine.name,
            engineReason,
            goldenVectors: golden.length,
            dataset: trained.dataset,
          })
        : `${id}: whole, ${golden.length} golden vectors agree on ${engine.name}` +
            ` (${family} of ${trained.dataset}${simulated ? ', simulated' : ''}; layout ${layoutId})`,
    )
    if (!options.json && engineReason.code === 'engine.fallback')
      out(`${engineReason.text}\n  → ${engineReason.hint}`)
    return 0
  } catch (error) {
    if (!(error instanceof AjarError)) throw error
    return failed(error.code, error.message, error.hint)
  }
}
