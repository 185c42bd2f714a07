import { benchDecode, type DecodeFigures } from './bench/decode.js'
import { benchInference, type InferenceFigures } from './bench/inference.js'
import { benchMemory, type MemoryEffort, type MemoryFigures } from './bench/memory.js'
import { benchPipeline, type PipelineFigures } from './bench/pipeline.js'
import { benchStore, type StoreFigures } from './bench/store.js'

export type Figures = DecodeFigures & PipelineFigures & InferenceFigures & StoreFigures & MemoryFigures

interface Effort {
  roundMs: number
  /** Length of the stream from bytes to windows. */
  packets: number
  memory: MemoryEffort
}

const ABOUT_A_MINUTE: Effort = {
  roundMs: 400,
  packets: 20_000,
  memory: { settleMs: 10_000, measureMs: 10_000 },
}
const SOAK: MemoryEffort = { settleMs: 10_000, measureMs: 590_000 }

/**
 * `ajar bench`: what this machine does. Ratios are of one run, in alternating rounds.
 * @param untilStopped called when the measurement of the appliance begins: until then nothing would look at a signal,
 * and the process may simply end.
 */
export async function bench(
  options: { json: boolean; soak: boolean },
  untilStopped: () => AbortSignal,
  io: { out(line: string): void; progress(line: string): void },
  effort: Effort = ABOUT_A_MINUTE,
): Promise<number> {
  io.progress('Decoding …')
  const decode = benchDecode(effort.roundMs)
  io.progress('Bytes to windows …')
  const pipeline = benchPipeline(effort.packets)
  io.progress('Inference …')
  const inference = await benchInference(effort.roundMs, io.progress)
  io.progress('Bytes written in a day …')
  const store = benchStore()
  const memoryEffort = options.soak ? SOAK : effort.memory
  const seconds = Math.round((memoryEffort.settleMs + memoryEffort.measureMs) / 1000)
  io.progress(`The appliance at 100 packets/s, ${seconds} s …`)
  const signal = untilStopped()
  const memory = await benchMemory(memoryEffort, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
  if (memory === undefined) return 1
  const figures = { ...decode, ...pipeline, ...inference, ...store, ...memory }
  if (options.json) io.out(JSON.stringify(figures))
  else for (const line of readable(figures)) io.out(line)
  return 0
}

/** One line for each figure. */
export function readable({
  decodeText,
  decodeBinary,
  pipeline,
  inference,
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
      ([name, { p50Ms, p99Ms }]) => `Inference        ${p50Ms} ms, 99 % below ${p99Ms} ms (${name})`,
    ),
    `                 ${ratioToOnnxruntime === null ? 'not compared with' : `${ratioToOnnxruntime} of the time of`} onnxruntime`,
    `Store            ${Math.round(store.bytesPerDay / 1e5) / 10} MB written a day`,
    `Appliance        ${residentMb} MB resident, ${cpuPercent} % of a core at ${packetsPerSecond} packets/s, ${seconds} s (${source})`,
  ]
}
