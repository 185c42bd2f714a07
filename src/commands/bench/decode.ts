import { PacketDecoder } from '../../sensing/packet/decoder.js'
import { NaiveTextDecoder } from './naive-text.js'
import { median, perSecond } from './rounds.js'
import { binaryFrames, textLines } from './synthetic.js'

const ROUNDS = 9
const PACKETS = 400
const CHUNK_BYTES = 65_536

export interface DecodeFigures {
  decodeText: { packetsPerSecond: number; naivePacketsPerSecond: number; ratio: number }
  decodeBinary: { framesPerSecond: number }
}

/** Medians of interleaved rounds over the same 64 KiB chunks; the ratio is the median of the rounds' ratios. */
export function benchDecode(roundMs: number): DecodeFigures {
  const lines = textLines(PACKETS)
  const decodeText = decoding(lines)
  const decodeNaively = decodingNaively(lines)
  const decodeBinary = decoding(binaryFrames(PACKETS))
  const rounds = []
  for (let round = 0; round <= ROUNDS; round++) {
    const text = perSecond(decodeText, roundMs)
    const naive = perSecond(decodeNaively, roundMs)
    const binary = perSecond(decodeBinary, roundMs)
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
