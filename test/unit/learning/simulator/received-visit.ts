import { expect } from 'vitest'
import type { SimulatedVisit } from '../../../../src/learning/simulator/visits.js'
import { PacketDecoder } from '../../../../src/sensing/packet/decoder.js'

/** −26..−1, 1..26: all that the L-LTF carries. */
const CARRIERS = [...Array(26).keys()].flatMap((k) => [k + 38, k + 1])

/** What the receiver reports of one visit, as the appliance's decoder reads it. */
export interface ReceivedVisit {
  /** Amplitude of each carrier as a share of the packet's rms, means over each second. */
  secondMeans: Float64Array[]
  /** The same over the whole visit. */
  shape: Float64Array
  /** Steps of the converter, mean over carriers and packets. */
  amplitude: number
  /** Carriers of all packets with a part at the limit of the converter. */
  saturated: number
  /** Of each packet, gain compensated. */
  levelDb: number[]
  rssiDbm: number[]
  /** Sequence numbers of the transmitter, of what arrived. */
  sequences: number[]
  deviceTimeUs: number[]
}

export function receive(chunks: Iterable<Uint8Array>): ReceivedVisit {
  const decoder = new PacketDecoder({ transmitters: ['02:00:00:00:00:01'], tablePacketsPerSecond: 1 })
  const result: ReceivedVisit = {
    secondMeans: [],
    shape: new Float64Array(CARRIERS.length),
    amplitude: 0,
    saturated: 0,
    levelDb: [],
    rssiDbm: [],
    sequences: [],
    deviceTimeUs: [],
  }
  const counts: number[] = []
  for (const bytes of chunks)
    decoder.push({ bytes, hostTimeUs: 0 }, (packet) => {
      if (packet.kind !== 'packet') throw new Error(`not a packet: ${JSON.stringify(packet)}`)
      result.deviceTimeUs.push(packet.deviceTimeUs)
      result.sequences.push(packet.transmitterSequence)
      result.rssiDbm.push(packet.rssiDbm)
      const amplitudes = CARRIERS.map((bin) => Math.hypot(packet.iq[2 * bin], packet.iq[2 * bin + 1]))
      result.saturated += CARRIERS.filter((bin) =>
        isAtLimit(packet.iq[2 * bin], packet.iq[2 * bin + 1]),
      ).length
      const rms = Math.sqrt(mean(amplitudes.map((amplitude) => amplitude ** 2)))
      result.amplitude += mean(amplitudes)
      result.levelDb.push(20 * Math.log10(rms) - packet.agcGain - packet.fftGain / 4)
      const second = Math.floor((packet.deviceTimeUs - result.deviceTimeUs[0]) / 1e6)
      counts[second] = (counts[second] ?? 0) + 1
      result.secondMeans[second] ??= new Float64Array(CARRIERS.length)
      amplitudes.forEach((amplitude, i) => {
        result.secondMeans[second][i] += amplitude / rms
        result.shape[i] += amplitude / rms
      })
    })
  const packets = result.levelDb.length
  expect(decoder.counters).toEqual({ received: packets, used: packets, other: 0, control: 0, discarded: {} })
  result.amplitude /= packets
  result.shape = result.shape.map((sum) => sum / packets)
  // The last second is not whole.
  result.secondMeans = result.secondMeans
    .slice(0, -1)
    .map((sums, second) => sums.map((sum) => sum / counts[second]))
  return result
}

function isAtLimit(...parts: number[]): boolean {
  return parts.some((value) => value <= -128 || value >= 127)
}

/** Received, by marker, in order of the sessions. */
export function byMarker(visits: Iterable<SimulatedVisit>): Map<string, ReceivedVisit[]> {
  const result = new Map<string, ReceivedVisit[]>()
  for (const { marker, chunks } of visits) {
    const list = result.get(marker) ?? []
    list.push(receive(chunks()))
    result.set(marker, list)
  }
  return result
}

export function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length
}

export function sd(values: readonly number[]): number {
  const centre = mean(values)
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)))
}

export function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))]
}
