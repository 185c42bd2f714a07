import { expect } from 'vitest'
import {
  PacketFlag,
  type ControlFrame,
  type CsiPacket,
  type Discarded,
} from '../../../../src/domain/packet.js'
import { PacketDecoder } from '../../../../src/sensing/packet/decoder.js'
import { FrameWriter, type CsiFields } from '../../../../src/sensing/wire/frame.js'

/** Streams for the decoder's tests: lines of each dialect, frames, and what the decoder made of them. */

export const VALUES = Array.from({ length: 128 }, (_, i) => ((i * 37) % 200) - 100)
export const ARRAY = VALUES.join(',')

export const classic = (id: number, timeUs: number, array = ARRAY, mac = '1A:00:00:00:00:01') =>
  `CSI_DATA,${id},${mac},-48,11,1,0,1,1,1,0,0,0,0,-97,0,11,2,${timeUs},0,47,0,128,0,"[${array}]"`
export const c6 = (sequence: number, timeUs: number, array = ARRAY) =>
  `CSI_DATA,${sequence},1a:00:00:00:00:01,-48,11,-96,-3,36,11,${timeUs},51,0,128,1,"[${array}]"`
export const tool = (timeUs: number, values: readonly number[] = VALUES) =>
  `CSI_DATA,AP,3C:71:BF:6D:2A:78,-73,11,1,0,1,1,1,0,0,0,0,-93,0,1,1,${timeUs},0,101,1,0,80.363,384,[${values.join(' ')} ]`
export const radar = (data: string) =>
  `CSI_DATA,0,2025-08-26 09:30:16.322,0,unknown,1a:00:00:00:00:00,-53,11,1,0,1,1,1,0,0,0,0,-96,0,11,2,2722200,0,47,0,30,5,128,0,${data}`

export const text = (...lines: string[]) => Buffer.from(lines.join('\n') + '\n')

export const fields = (sequence: number): CsiFields => ({
  flags: PacketFlag.authOk,
  sequence: sequence & 0xffff,
  timeUs: (sequence * 10_000) >>> 0,
  mac: Uint8Array.of(0x1a, 0, 0, 0, 0, 1),
  rssiDbm: -48,
  noiseFloorDbm: -96,
  agcGain: 36,
  fftGain: -3,
  channel: 11,
  bandwidth: 0,
  secondary: 1,
  format: 1,
  rate: 11,
  layoutId: 2,
  transmitterSequence: sequence,
  iq: Int8Array.from(VALUES, (value) => (value + sequence) % 100),
})
export const frame = (sequence: number) => Buffer.from(new FrameWriter().csi(fields(sequence)))

/** Bytes that look like nothing, from a seed. */
export function noise(length: number, seed = 1): Uint8Array {
  let state = seed
  return Uint8Array.from({ length }, () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24)
}

export const decoder = (transmitters: string[] = []) =>
  new PacketDecoder({ transmitters, tablePacketsPerSecond: 4 })

export type Copy =
  | ({ kind: 'packet'; iq: number[]; usable: number[] } & Omit<CsiPacket, 'kind' | 'iq' | 'usable'>)
  | ({ kind: 'control'; payload: number[] } & Omit<ControlFrame, 'kind' | 'payload'>)
  | Discarded

/** Everything that `one` emits, copied; host time is 7. */
export function run(one: PacketDecoder, ...chunks: Uint8Array[]): Copy[] {
  const items: Copy[] = []
  const emit = (item: CsiPacket | Discarded | ControlFrame) => void items.push(copy(item))
  for (const bytes of chunks) one.push({ bytes, hostTimeUs: 7 }, emit)
  one.end(7, emit)
  return items
}

function copy(item: CsiPacket | Discarded | ControlFrame): Copy {
  if (item.kind === 'discarded') return { ...item }
  if (item.kind === 'control') return { ...item, payload: [...item.payload] }
  const { kind, dialect, transmitter, sequence, transmitterSequence, deviceTimeUs, hostTimeUs } = item
  const { bootId, rssiDbm, noiseFloorDbm, agcGain, fftGain, channel, bandwidthMhz, layoutId } = item
  return {
    ...{ kind, dialect, transmitter, sequence, transmitterSequence, deviceTimeUs, hostTimeUs },
    ...{ bootId, rssiDbm, noiseFloorDbm, agcGain, fftGain, channel, bandwidthMhz, layoutId },
    ...{ flags: item.flags, marker: item.marker, iq: [...item.iq], usable: [...item.usable] },
  }
}

export function packets(items: Copy[]) {
  return items.filter((item) => item.kind === 'packet')
}

export function reasons(items: Copy[]): string[] {
  return items.filter((item) => item.kind === 'discarded').map((item) => item.reason)
}

/** received = used + sum of discarded. */
export function expectBalanced({ counters }: PacketDecoder): void {
  const discarded = Object.values(counters.discarded).reduce((sum, n) => sum + n, 0)
  expect(counters.received).toBe(counters.used + discarded)
}
