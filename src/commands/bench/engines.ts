import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ENGINE_NAMES, type EngineName } from '../../domain/model.js'
import { messageOf } from '../../platform/errors.js'
import type { ProbeFailure } from '../../sensing/model/engine-probe.js'
import type { TensorFlowBackend } from '../../sensing/model/tensorflow.js'
import { diskMb } from './disk.js'
import type { EngineEffort, EngineMeasured } from './engine.js'

type EngineFigures = Omit<EngineMeasured, 'secondsPerEpoch'> & {
  /** Packages that are there for the engine alone. */
  diskMb: number
}

export interface EnginesFigures {
  inference: Partial<Record<EngineName, EngineFigures>>
  training: Partial<Record<TensorFlowBackend, { secondsPerEpoch: number }>>
}

/**
 * Every engine that is installed, one after the other, each in a process of its own (`cli` bench-engine), so that
 * what it takes to load and to hold is its own. Which are left out, and why, is said on `progress`.
 */
export async function benchEngines(
  effort: EngineEffort,
  cli: string,
  signal: AbortSignal,
  progress: (line: string) => void,
): Promise<EnginesFigures> {
  const figures: EnginesFigures = { inference: {}, training: {} }
  for (const name of ENGINE_NAMES) {
    progress(`Engine ${name} …`)
    try {
      const { secondsPerEpoch, ...measured } = await measure(name, effort, cli, signal)
      figures.inference[name] = { ...measured, diskMb: diskMb(name) }
      if (secondsPerEpoch !== undefined) figures.training[name as TensorFlowBackend] = { secondsPerEpoch }
    } catch (error) {
      signal.throwIfAborted()
      progress(`Left out: ${failureOf(error)}`)
    }
  }
  return figures
}

async function measure(
  name: EngineName,
  { measureMs, epochWindows }: EngineEffort,
  cli: string,
  signal: AbortSignal,
): Promise<EngineMeasured> {
  const options = ['--ms', `${measureMs}`, '--windows', `${epochWindows}`]
  const { stdout } = await promisify(execFile)(process.execPath, [cli, 'bench-engine', name, ...options], {
    signal,
  })
  return JSON.parse(stdout) as EngineMeasured
}

/** What the process said, else how it ended. */
function failureOf(error: unknown): string {
  try {
    const { message, hint } = JSON.parse((error as { stdout: string }).stdout) as ProbeFailure
    return `${message} ${hint}`
  } catch {
    return messageOf(error).split('\n')[0]
  }
}
