import type { EngineName } from '../../domain/model.js'
import { ENGINES } from '../../sensing/model/choose-engine.js'
import { TENSORFLOW_BACKENDS, type TensorFlowBackend } from '../../sensing/model/tensorflow.js'
import { tellingFailure } from '../model/probe.js'
import { realSize, type RealSize } from './real-size.js'
import { callsMs, inTurn, percentile, rounded } from './rounds.js'

export interface EngineEffort {
  measureMs: number
  /** Of an epoch of training. */
  epochWindows: number
}

/** One line of JSON of `ajar bench-engine`. */
export interface EngineMeasured {
  p50Ms: number
  p99Ms: number
  /** From nothing of the engine to its first result. */
  loadMs: number
  /** Of the whole process, once the engine has run; some 70 of it are Node.js and the making of the network. */
  residentMb: number
  /** Of an engine that trains too. */
  secondsPerEpoch?: number
}

/**
 * `ajar bench-engine`, for engines.ts: one engine in a process in which no other has been, on the network of real
 * size. Prints ProbeFailure, exit code 1, where the engine is not there or does not work.
 */
export async function benchEngine(
  name: EngineName,
  { measureMs, epochWindows }: EngineEffort,
  out: (line: string) => void,
): Promise<number> {
  return tellingFailure(out, async () => {
    const size = realSize()
    const measured: EngineMeasured = await inference(name, size, measureMs)
    if (isBackend(name)) {
      const { secondsPerEpoch } = await import('./training.js')
      measured.secondsPerEpoch = rounded(await secondsPerEpoch(name, size, epochWindows))
    }
    out(JSON.stringify(measured))
  })
}

async function inference(
  name: EngineName,
  { network, windows, markers }: RealSize,
  measureMs: number,
): Promise<EngineMeasured> {
  const logits = new Int8Array(markers.length)
  const startMs = performance.now()
  const engine = await ENGINES[name]({
    id: 'bench',
    layoutId: 0,
    outputs: [],
    inputShape: [network.inputs],
    network,
  })
  engine.run(windows[0], logits)
  const loadMs = performance.now() - startMs
  const run = inTurn(windows, (window) => engine.run(window, logits))
  callsMs(run, measureMs / 5) // warms up
  const samples = callsMs(run, measureMs)
  const residentMb = process.memoryUsage.rss() / 2 ** 20
  engine.dispose()
  return {
    p50Ms: rounded(percentile(samples, 50)),
    p99Ms: rounded(percentile(samples, 99)),
    loadMs: rounded(loadMs),
    residentMb: rounded(residentMb),
  }
}

function isBackend(name: EngineName): name is TensorFlowBackend {
  return (TENSORFLOW_BACKENDS as readonly EngineName[]).includes(name)
}
