import { benchDecode } from './bench/decode.js'
import { benchPipeline } from './bench/pipeline.js'

/** `ajar bench`: what this machine does. Ratios are of one run, in interleaved rounds. */
export async function bench(
  options: { json: boolean },
  io: { out(line: string): void; progress(line: string): void },
): Promise<number> {
  io.progress('Decoding …')
  const decode = benchDecode()
  io.progress('Bytes to windows …')
  const figures = { ...decode, ...benchPipeline() }
  if (options.json) io.out(JSON.stringify(figures))
  else for (const [name, value] of Object.entries(figures)) io.out(`${name}: ${JSON.stringify(value)}`)
  return 0
}
