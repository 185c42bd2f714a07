import { defaultConfig } from '../../config/load.js'
import { PacketDecoder } from '../../sensing/packet/decoder.js'
import { layoutById } from '../../sensing/packet/layouts.js'
import { SignalStage } from '../../sensing/signal/stage.js'
import { median } from './rounds.js'
import { binaryFrames } from './synthetic.js'

const ROUNDS = 5
const CHUNK_BYTES = 4096

export interface PipelineFigures {
  pipeline: { microsecondsPerPacket: number }
}

/** Bytes → windows, amortised over a stream at 100 packets/s: processor time a packet, median of rounds, µs. */
export function benchPipeline(packets: number): PipelineFigures {
  const bytes = binaryFrames(packets)
  const rounds: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const decoder = new PacketDecoder({ transmitters: [], tablePacketsPerSecond: 3 })
    const stage = new SignalStage({ link: 'bench', settings: defaultConfig().signal, layoutOf: layoutById })
    let windows = 0
    const started = process.cpuUsage()
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
      decoder.push({ bytes: bytes.subarray(at, at + CHUNK_BYTES), hostTimeUs: 0 }, (item) => {
        if (item.kind === 'packet') stage.push(item, (made) => void ('kind' in made || windows++))
      })
    const { user, system } = process.cpuUsage(started)
    if (windows === 0) throw new Error('the benchmark made no window')
    if (round > 0) rounds.push((user + system) / packets) // the first warms up
  }
  return { pipeline: { microsecondsPerPacket: Math.round(median(rounds) * 100) / 100 } }
}
