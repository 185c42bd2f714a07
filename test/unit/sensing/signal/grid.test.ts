import { describe, expect, it } from 'vitest'
import { fillGrid, GridRate } from '../../../../src/sensing/signal/grid.js'
import { PacketHistory } from '../../../../src/sensing/signal/history.js'
import { seededRandom, signalSettings } from '../../../support/packets.js'

const BINS = signalSettings.bins

function windowOf(rows: number, gridRateHz: number, endUs: number): Parameters<typeof fillGrid>[1] {
  return {
    startUs: NaN,
    endUs,
    rows,
    bins: BINS,
    gridRateHz,
    realShare: NaN,
    shape: new Float32Array(rows * BINS),
    levelDb: new Float32Array(rows),
    rssiDbm: new Float32Array(rows),
  }
}

/** Packets whose values are straight lines of time: linear interpolation must give the lines back. */
function lines(timesUs: readonly number[]): PacketHistory {
  const history = new PacketHistory(signalSettings)
  const row = new Float32Array(BINS)
  for (const timeUs of timesUs) {
    for (let bin = 0; bin < BINS; bin++) row[bin] = ((bin - 25.5) * timeUs) / 1e7
    history.push(timeUs, row, timeUs / 1e6, -timeUs / 1e6)
  }
  return history
}

describe('fillGrid', () => {
  it('interpolates shape, level and RSSI linearly in time', () => {
    const random = seededRandom(10)
    const times = Array.from({ length: 300 }, (_, i) => i * 10_000 + 4000 * random())
    const window = windowOf(100, 50, 2_500_000)
    expect(fillGrid(lines(times), window, 200_000)).toBe(true)
    expect(window.startUs).toBe(520_000)
    expect(window.realShare).toBe(1)
    for (let row = 0; row < 100; row++) {
      const seconds = (520_000 + row * 20_000) / 1e6
      expect(window.levelDb[row]).toBeCloseTo(seconds, 4)
      expect(window.rssiDbm[row]).toBeCloseTo(-seconds, 4)
      for (const bin of [0, 25, 51])
        expect(window.shape[row * BINS + bin]).toBeCloseTo((bin - 25.5) * (seconds / 10), 4)
    }
  })

  it('bridges 200 ms, counting the bridged rows as not real, and no more', () => {
    const gap = (ms: number): number[] =>
      Array.from({ length: 300 }, (_, i) => i * 10_000).filter((t) => t <= 1e6 || t >= 1e6 + ms * 1000)
    const window = windowOf(100, 50, 2_500_000)
    expect(fillGrid(lines(gap(200)), window, 200_000)).toBe(true)
    expect(window.realShare).toBeCloseTo(0.91, 2)
    expect(fillGrid(lines(gap(210)), window, 200_000)).toBe(false)
  })

  it('refuses what packets do not cover', () => {
    const history = lines(Array.from({ length: 200 }, (_, i) => i * 10_000))
    expect(fillGrid(history, windowOf(100, 50, 1_900_000), 200_000)).toBe(false)
    expect(fillGrid(history, windowOf(50, 50, 3_000_000), 200_000)).toBe(false)
  })
})

describe('GridRate', () => {
  it('is 0.8 of the packet rate, at most 50, in whole rows', () => {
    const rate = (packetsPerSecond: number): number => {
      const grid = new GridRate(signalSettings)
      grid.observe(packetsPerSecond)
      return grid.rows
    }
    expect([8, 11, 40, 62.5, 100, 1000].map(rate)).toEqual([13, 18, 64, 100, 100, 100])
  })

  it('holds while the packet rate wavers, and follows after five seconds of another', () => {
    const grid = new GridRate(signalSettings)
    grid.observe(40)
    for (const rate of [34, 46, 20, 41, 60, 38]) grid.observe(rate)
    expect(grid.rateHz).toBe(32)
    for (let i = 0; i < 24; i++) grid.observe(20)
    expect(grid.rateHz).toBe(32)
    grid.observe(20)
    expect(grid.rateHz).toBe(16)
  })
})

describe('PacketHistory', () => {
  it('keeps the latest 2048 packets and leaves out those that come at once', () => {
    const history = lines(Array.from({ length: 5000 }, (_, i) => i * 1000))
    expect(history.length).toBeLessThanOrEqual(2048)
    expect(history.length).toBeGreaterThan(2000)
    expect(history.timeOf(history.length - 1)).toBe(4_996_000)
    const doubled = lines(Array.from({ length: 100 }, (_, i) => (i >> 1) * 10_000 + (i & 1) * 100))
    expect(doubled.length).toBe(47)
  })

  it('replaces an outlier of one bin without moving the others', () => {
    const history = new PacketHistory(signalSettings)
    for (let i = 0; i < 20; i++) {
      const row = new Float32Array(BINS)
      if (i === 10) row.forEach((_, bin) => (row[bin] = bin === 5 ? 51 / 52 : -1 / 52)) // 1 in bin 5, less the mean
      history.push(i * 10_000, row, 40, -50)
    }
    const at = history.slot(10) * BINS
    expect(Math.abs(history.shape[at + 5])).toBeLessThan(0.02) // was 1
    for (const bin of [0, 4, 6, 51]) expect(Math.abs(history.shape[at + bin])).toBeLessThan(0.001) // was 0.02
  })
})
