import { AjarError } from '../../platform/errors.js'
import { loadArtefact } from '../../sensing/model/artefact.js'
import { Int8JsEngine } from '../../sensing/model/engine-int8-js.js'
import { verifyGolden } from '../../sensing/model/golden.js'

/**
 * `ajar model verify`: checksums, bounds and golden vectors. Returns the exit code: 0 where all holds, 1 with the
 * reason where the model may not be used.
 */
export async function verifyModel(
  directory: string,
  options: { json: boolean },
  out: (line: string) => void,
): Promise<number> {
  try {
    const artefact = loadArtefact(directory)
    const engine = new Int8JsEngine(artefact, artefact.network)
    verifyGolden(engine, artefact.golden)
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
            goldenVectors: golden.length,
            dataset: trained.dataset,
          })
        : `${id}: whole, ${golden.length} golden vectors agree on ${engine.name}` +
            ` (${family} of ${simulated ? 'simulated ' : ''}${trained.dataset}, layout ${layoutId})`,
    )
    return 0
  } catch (error) {
    if (!(error instanceof AjarError)) throw error
    const { code, message, hint } = error
    out(
      options.json
        ? JSON.stringify({ ok: false, directory, code, message, hint })
        : `${message}\n  → ${hint}`,
    )
    return 1
  }
}
