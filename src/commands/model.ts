import type { EngineName } from '../domain/model.js'
import { AjarError } from '../platform/errors.js'
import { loadArtefact } from '../sensing/model/artefact.js'
import { buildEngine } from '../sensing/model/choose-engine.js'
import type { ProbeFailure } from '../sensing/model/engine-probe.js'
import { openModel } from './open-model.js'

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
            ` (${family} of ${simulated ? 'simulated ' : ''}${trained.dataset}, layout ${layoutId})`,
    )
    if (!options.json && engineReason.code === 'engine.fallback')
      out(`${engineReason.text}\n  → ${engineReason.hint}`)
    return 0
  } catch (error) {
    if (!(error instanceof AjarError)) throw error
    return failed(error.code, error.message, error.hint)
  }
}

/**
 * `ajar model probe`, for engine-probe.ts: builds one engine and runs the golden vectors. What can go wrong here
 * besides a line of ProbeFailure and exit code 1 is the end of this process, which is what it is for.
 */
export async function probeModel(
  directory: string,
  name: EngineName,
  out: (line: string) => void,
): Promise<number> {
  try {
    const engine = await buildEngine(loadArtefact(directory), name)
    engine.dispose()
    return 0
  } catch (error) {
    if (!(error instanceof AjarError)) throw error
    const { code, message, hint } = error
    out(JSON.stringify({ code, message, hint } satisfies ProbeFailure))
    return 1
  }
}
