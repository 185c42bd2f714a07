import type { Layout } from '../../src/domain/layout.js'
import type { CsiPacket } from '../../src/domain/packet.js'
import type { SignalSettings } from '../../src/sensing/signal/settings.js'

/** The values that the doc comments of SignalSettings name. */
export const signalSettings: SignalSettings = {
  windowMs: 2000,
  hopMs: 200,
  bins: 52,
  maxGridRateHz: 50,
  gridShare: 0.8,
  maxInterpolationMs: 200,
  breakMs: 500,
  minRealShare: 0.8,
  minPacketsPerSecond: 8,
  hampelWindow: 7,
  hampelThreshold: 5,
  saturatedShare: 0.05,
  gainJumpDb: 2,
  gainJumpShape: 0.05,
  motionWindowMs: 1500,
  motionLag1: 0.15,
  motionVariance: 0.0004,
  motionMinMs: 200,
  motionFalseAlarmsPerDay: 1,
}

/** 64 bins with 52 usable, DC between: as lltf-64-centred. */
export const centred: Layout = {
  id: 2,
  name: 'lltf-64-centred',
  bins: 64,
  usable: [...range(6, 31), ...range(33, 58)],
}

export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Standard normal numbers (Box–Muller). */
export function seededNormal(seed: number): () => number {
  const uniform = seededRandom(seed)
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
}

/** A packet whose amplitude in the n-th usable bin is `amplitude(n)`; any field may be replaced. */
export function csiPacket(
  fields: Partial<CsiPacket> = {},
  amplitude: (position: number) => number = () => 30,
  layout: Layout = centred,
): CsiPacket {
  const iq = new Int16Array(2 * layout.bins)
  const usable = new Uint8Array(layout.bins)
  layout.usable.forEach((bin, position) => {
    iq[2 * bin] = Math.round(amplitude(position) * Math.sin(position))
    iq[2 * bin + 1] = Math.round(amplitude(position) * Math.cos(position))
    usable[bin] = 1
  })
  return {
    kind: 'packet',
    dialect: 'test',
    transmitter: '1a:00:00:00:00:00',
    sequence: NaN,
    transmitterSequence: NaN,
    deviceTimeUs: 0,
    hostTimeUs: 0,
    bootId: 0,
    rssiDbm: -48,
    noiseFloorDbm: -95,
    agcGain: NaN,
    fftGain: NaN,
    channel: 11,
    bandwidthMhz: 20,
    layoutId: layout.id,
    flags: 0,
    iq,
    usable,
    marker: '',
    ...fields,
  }
}
