import { describe, expect, it } from 'vitest'
import { PacketHistory } from '../../../../src/sensing/signal/history.js'
import { MotionDetector, MotionMeter } from '../../../../src/sensing/signal/motion.js'
import { seededNormal, seededRandom, signalSettings } from '../../../support/packets.js'

const BINS = signalSettings.bins

/** A history of packets at the given times. */
function historyOf(
  timesUs: readonly number[],
  value: (packet: number, bin: number) => number,
): PacketHistory {
  const history = new PacketHistory(signalSettings)
  const row = new Float32Array(BINS)
  timesUs.forEach((timeUs, packet) => {
    for (let bin = 0; bin < BINS; bin++) row[bin] = value(packet, bin)
    history.push(timeUs, row, 40, -50)
  })
  return history
}

const every = (ms: number, count: number): number[] => Array.from({ length: count }, (_, i) => i * ms * 1000)

describe('MotionMeter', () => {
  it('reads white noise as no correlation, at any loss', () => {
    for (const lossRatio of [0, 0.3]) {
      const normal = seededNormal(7)
      const random = seededRandom(8)
      const times = every(10, 400).filter(() => random() >= lossRatio)
      const history = historyOf(times, () => 0.05 * normal())
      const { lag1, movingVariance } = new MotionMeter(BINS).measure(history, 0, 4e6, 10_000)
      expect(Math.abs(lag1)).toBeLessThan(0.03)
      expect(movingVariance).toBeCloseTo(0.0025, 3)
    }
  })

  it('reads a slow wave in noise as its share of the variance', () => {
    const normal = seededNormal(9)
    const history = historyOf(
      every(10, 400),
      (packet, bin) => 0.1 * Math.sin(packet / 20 + bin) + 0.05 * normal(),
    )
    const { lag1, movingVariance } = new MotionMeter(BINS).measure(history, 0, 4e6, 10_000)
    expect(lag1).toBeCloseTo(0.005 / 0.0075, 1)
    expect(movingVariance).toBeCloseTo(0.0075, 3)
  })

  it('pairs neighbours only', () => {
    const times = [...every(10, 50), ...every(10, 50).map((t) => t + 600_000)]
    const history = historyOf(times, (packet, bin) => Math.sin(packet * bin))
    expect(new MotionMeter(BINS).measure(history, 0, 2e6, 10_000).pairs).toBe(history.length - 2)
  })

  it('stays finite for nothing, one packet and a constant', () => {
    const meter = new MotionMeter(BINS)
    const history = historyOf(every(10, 20), () => 1)
    for (const [from, to] of [
      [5e6, 6e6],
      [0, 0],
      [0, 1e6],
    ])
      expect(meter.measure(history, from, to, NaN)).toMatchObject({ lag1: 0, movingVariance: 0 })
  })
})

describe('MotionDetector', () => {
  const still = { lag1: 0.02, movingVariance: 0.005, pairs: 150 }
  const moved = { lag1: 0.5, movingVariance: 0.01, pairs: 150 }

  it('begins and ends with the second window in a row', () => {
    const detector = new MotionDetector(signalSettings)
    const seen = [still, moved, still, moved, moved, moved, still, moved, still, still].map((statistic) =>
      detector.push(statistic),
    )
    expect(seen).toEqual([false, false, false, false, true, true, true, true, true, false])
  })

  it('asks more of few pairs than of many', () => {
    const few = new MotionDetector(signalSettings)
    const many = new MotionDetector(signalSettings)
    for (let i = 0; i < 3; i++) {
      few.push({ ...moved, lag1: 0.3, pairs: 16 })
      many.push({ ...moved, lag1: 0.3, pairs: 150 })
    }
    expect([few.moving, many.moving]).toEqual([false, true])
  })

  it('takes no notice of a correlation without strength, such as slow warming', () => {
    const detector = new MotionDetector(signalSettings)
    for (let i = 0; i < 5; i++) detector.push({ lag1: 0.9, movingVariance: 0.0003, pairs: 150 })
    expect(detector.moving).toBe(false)
  })
})
