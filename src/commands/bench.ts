import { fileURLToPath } from 'node:url'
import { benchDecode, type DecodeFigures } from './bench/decode.js'
import type { EngineEffort } from './bench/engine.js'
import { benchEngines, type EnginesFigures } from './bench/engines.js'
import { ratioToOnnxruntime } from './bench/inference.js'
import { benchMemory, type MemoryEffort, type MemoryFigures } from './bench/memory.js'
import { benchPipeline, type PipelineFigures } from './bench/pipeline.js'
import { benchStore, type StoreFigures } from './bench/store.js'

export interface Figures extends DecodeFigures, PipelineFigures, StoreFigures, MemoryFigures {
  inference: EnginesFigures['inference'] & { ratioToOnnxruntime: number | null }
  training: EnginesFigures['training']
}

interface Effort {
  roundMs: number
  /** Length of the stream from bytes to windows. */
  packets: number
  engine: EngineEffort
  memory: MemoryEffort
  /** Built program, for what is measured in processes of its own. */
  cli: string
}

const A_MINUTE_AND_A_HALF: Effort = {
  roundMs: 400,
  packets: 20_000,
  engine: { measureMs: 2000, epochWindows: 2000 },
  memory: { settleMs: 10_000, measureMs: 10_000 },
  cli: fileURLToPath(new URL('../cli.js', import.meta.url)),
}
const SOAK: MemoryEffort = { settleMs: 10_000, measureMs: 590_000 }

/**
 * `ajar bench`: what this machine does. Ratios are of one run, in alternating rounds.
 * @param untilStopped called when the first process is to be started: until then nothing would look at a signal, and
 * this one may simply end.
 */
export async function bench(
  options: { json: boolean; soak: boolean },
  untilStopped: () => AbortSignal,
  io: { out(line: string): void; progress(line: string): void },
  effort: Effort = A_MINUTE_AND_A_HALF,
): Promise<number> {
  io.progress('Decoding …')
  const decode = benchDecode(effort.roundMs)
  io.progress('Bytes to windows …')
  const pipeline = benchPipeline(effort.packets)
  io.progress('Inference …')
  const ratio = await ratioToOnnxruntime(effort.roundMs, io.progress)
  io.progress('Bytes written in a day …')
  const store = benchStore()
  const signal = untilStopped()
  try {
    const { inference, training } = await benchEngines(effort.engine, effort.cli, signal, io.progress)
    const memoryEffort = options.soak ? SOAK : effort.memory
    const seconds = Math.round((memoryEffort.settleMs + memoryEffort.measureMs) / 1000)
    io.progress(`The appliance at 100 packets/s, ${seconds} s …`)
    const memory = await benchMemory(memoryEffort, effort.cli, signal)
    const engines = { inference: { ...inference, ratioToOnnxruntime: ratio }, training }
    const figures = { ...decode, ...pipeline, ...engines, ...store, ...memory }
    if (options.json) io.out(JSON.stringify(figures))
    else for (const line of readable(figures)) io.out(line)
    return 0
  } catch (error) {
    if (signal.aborted) return 1
    throw error
  }
}

/** One line for each figure. */
export function readable({
  decodeText,
  decodeBinary,
  pipeline,
  inference,
  training,
  store,
  memory,
}: Figures): string[] {
  const { ratioToOnnxruntime, ...engines } = inference
  const { residentMb, cpuPercent, packetsPerSecond, seconds, source } = memory
  return [
    `Text decode      ${decodeText.packetsPerSecond} packets/s, ${decodeText.ratio} times a plain decoder`,
    `Binary decode    ${decodeBinary.framesPerSecond} frames/s`,
    `Bytes to window  ${pipeline.microsecondsPerPacket} µs a packet`,
    ...Object.entries(engines).map(
      ([name, { p50Ms, p99Ms, loadMs, residentMb, diskMb }]) =>
        `Inference        ${p50Ms} ms, 99 % below ${p99Ms} ms; loaded in ${loadMs} ms, ` +
        `${residentMb} MB resident, ${diskMb} MB on disk (${name})`,
    ),
    `                 ${ratioToOnnxruntime === null ? 'not compared with' : `int8-simd: ${ratioToOnnxruntime} of the time of`} onnxruntime`,
    ...Object.entries(training).map(
      ([name, { secondsPerEpoch }]) =>
        `Training         ${secondsPerEpoch} s an epoch of ${A_MINUTE_AND_A_HALF.engine.epochWindows} windows (${name})`,
    ),
    `Store            ${Math.round(store.bytesPerDay / 1e5) / 10} MB written a day`,
    `Appliance        ${residentMb} MB resident, ${cpuPercent} % of a core at ${packetsPerSecond} packets/s, ${seconds} s (${source})`,
  ]
}
