import { execFile, type ExecFileException } from 'node:child_process'
import type { EngineName } from '../../domain/model.js'
import { AjarError } from '../../platform/errors.js'

/** Loading TensorFlow takes a Pi some seconds; an engine that needs longer is not one to start with. */
const TIMEOUT_MS = 15_000

/** Asked to stop while it probed: that says nothing of the engine, and no other need be tried. */
export const STOPPED = new AjarError(
  'engine.stopped',
  'Stopped while an engine was tried.',
  'Start Ajar again.',
)

/** What a failed probe prints: one line of JSON. */
export interface ProbeFailure {
  code: string
  message: string
  hint: string
}

/**
 * Tries an engine on the model in `directory` in a process of its own: `command` with `model probe` behind it. The
 * promise is rejected with AjarError: what the engine threw, 'engine.crashed', 'engine.slow' or 'engine.stopped'.
 */
export function engineProbe(
  command: readonly string[],
  directory: string,
  options: { timeoutMs?: number; signal?: AbortSignal } = {},
): (name: EngineName) => Promise<void> {
  const { timeoutMs = TIMEOUT_MS, signal } = options
  const [file, ...first] = command
  return (name) =>
    new Promise((resolve, reject) => {
      execFile(
        file,
        [...first, 'model', 'probe', directory, '--engine', name],
        { timeout: timeoutMs, killSignal: 'SIGKILL', signal },
        (error, stdout, stderr) => {
          if (error === null) resolve()
          else reject(signal?.aborted ? STOPPED : failureOf(name, error, stdout, stderr, timeoutMs))
        },
      )
    })
}

function failureOf(
  name: EngineName,
  error: ExecFileException,
  stdout: string,
  stderr: string,
  timeoutMs: number,
): AjarError {
  const hint = 'Readings are the same on every engine; set model.engine to one that works here.'
  if (error.killed === true)
    return new AjarError('engine.slow', `Engine ${name} was not ready within ${timeoutMs} ms.`, hint)
  if (error.signal) return new AjarError('engine.crashed', `Engine ${name} crashed (${error.signal}).`, hint)
  const told = parse(stdout)
  if (told !== undefined) return new AjarError(told.code, told.message, told.hint)
  const what = stderr.trim().split('\n').pop() || error.message
  return new AjarError('engine.broken', `Engine ${name} could not be tried: ${what}`, hint)
}

function parse(stdout: string): ProbeFailure | undefined {
  try {
    return JSON.parse(stdout) as ProbeFailure
  } catch {
    return undefined // Not what a probe prints: it ended before it could say why.
  }
}
