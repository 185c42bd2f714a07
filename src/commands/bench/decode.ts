import { PacketDecoder } from '../../sensing/packet/decoder.js'
import { NaiveTextDecoder } from './naive-text.js'
import { binaryFrames, textLines } from './synthetic.js'

const ROUNDS = 9
const ROUND_MS = 500
const PACKETS = 400
const CHUNK_BYTES = 65_536

export interface DecodeFigures {
  decodeText: { packetsPerSecond: number; naivePacketsPerSecond: number; ratio: number }
  decodeBinary: { framesPerSecond: number }
}

/** Medians of interleaved rounds over the same 64 KiB chunks; the ratio is the median of the rounds' ratios. */
export function benchDecode(): DecodeFigures {
  const lines = textLines(PACKETS)
  const decodeText = decoding(lines)
  const decodeNaively = decodingNaively(lines)
  const decodeBinary = decoding(binaryFrames(PACKETS))
  const rounds = []
  for (let round = 0; round <= ROUNDS; round++) {
    const text = rate(decodeText)
    const naive = rate(decodeNaively)
    const binary = rate(decodeBinary)
    if (round > 0) rounds.push({ text, naive, binary, ratio: text / naive }) // the first warms up
  }
  return {
    decodeText: {
      packetsPerSecond: Math.round(median(rounds.map(({ text }) => text))),
      naivePacketsPerSecond: Math.round(median(rounds.map(({ naive }) => naive))),
      ratio: Math.round(median(rounds.map(({ ratio }) => ratio)) * 100) / 100,
    },
    decodeBinary: { framesPerSecond: Math.round(median(rounds.map(({ binary }) => binary))) },
  }
}

/** Packets per second of `body`, which returns how many it decoded. */
function rate(body: () => number): number {
  const started = performance.now()
  let packets = 0
  let elapsedMs = 0
  while (elapsedMs < ROUND_MS) {
    packets += body()
    elapsedMs = performance.now() - started
  }
  return (packets / elapsedMs) * 1000
}

/** A decoder for good; each call returns how many packets it made of `bytes`. */
function decoding(bytes: Buffer): () => number {
  const decoder = new PacketDecoder({ transmitters: [], tablePacketsPerSecond: 1 })
  return () => {
    const before = decoder.counters.used
    for (const chunk of chunks(bytes)) decoder.push({ bytes: chunk, hostTimeUs: 0 }, () => undefined)
    return decoder.counters.used - before
  }
}

function decodingNaively(bytes: Buffer): () => number {
  const decoder = new NaiveTextDecoder()
  return () => {
    let packets = 0
    for (const chunk of chunks(bytes)) decoder.push(chunk, () => void packets++)
    return packets
  }
}

function* chunks(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES)
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]
}
