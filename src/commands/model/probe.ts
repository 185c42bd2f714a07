import type { EngineName } from '../../domain/model.js'
import { AjarError } from '../../platform/errors.js'
import { loadArtefact } from '../../sensing/model/artefact.js'
import { buildEngine } from '../../sensing/model/choose-engine.js'
import type { ProbeFailure } from '../../sensing/model/engine-probe.js'

/**
 * `ajar model probe`, for engine-probe.ts: builds one engine and runs the golden vectors. What can go wrong here
 * besides a line of ProbeFailure and exit code 1 is the end of this process, which is what it is for.
 */
export async function probeModel(
  directory: string,
  name: EngineName,
  out: (line: string) => void,
): Promise<number> {
  return tellingFailure(out, async () => (await buildEngine(loadArtefact(directory), name)).dispose())
}

/** Exit code 0, or 1 with what went wrong as a line of ProbeFailure: what a process prints whose parent tries an engine. */
export async function tellingFailure(
  out: (line: string) => void,
  body: () => Promise<void>,
): Promise<number> {
  try {
    await body()
    return 0
  } catch (error) {
    if (!(error instanceof AjarError)) throw error
    const { code, message, hint } = error
    out(JSON.stringify({ code, message, hint } satisfies ProbeFailure))
    return 1
  }
}
