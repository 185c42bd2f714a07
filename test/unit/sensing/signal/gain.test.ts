import { describe, expect, it } from 'vitest'
import { GainJump } from '../../../../src/sensing/signal/gain-jump.js'
import { gainCompensationDb, GainLock } from '../../../../src/sensing/signal/gain.js'
import { seededNormal, signalSettings } from '../../../support/packets.js'

describe('gainCompensationDb', () => {
  it('undoes AGC in dB and the signed FFT gain in quarters', () => {
    expect(gainCompensationDb(30, -4)).toBe(-29)
    expect(gainCompensationDb(30, 3) - gainCompensationDb(29, 3)).toBe(-1)
  })

  it('is nothing where gains are not reported', () => {
    expect(gainCompensationDb(NaN, NaN)).toBe(0)
    expect(gainCompensationDb(30, NaN)).toBe(0)
  })
})

describe('GainLock', () => {
  it('tells a new lock after it has stood two seconds, once', () => {
    const lock = new GainLock()
    const told: number[] = []
    for (let ms = 0; ms < 10_000; ms += 10)
      if (lock.relocked(ms < 4000 ? 30 : 26, 16, ms * 1000)) told.push(ms)
    expect(told).toEqual([6000])
    expect(lock.locked).toBe(true)
  })

  it('never locks while the gain wanders, and returns to its lock without a word', () => {
    const lock = new GainLock()
    for (let i = 0; i < 500; i++) expect(lock.relocked(30 + (i % 3), 16, i * 10_000)).toBe(false)
    expect(lock.locked).toBe(false)
    const leaking = new GainLock()
    for (let i = 0; i < 500; i++)
      expect(leaking.relocked(i > 300 && i < 320 ? 24 : 30, 16, i * 10_000)).toBe(false)
    expect(leaking.locked).toBe(true)
  })

  it('does not know where gains are not reported', () => {
    const lock = new GainLock()
    lock.relocked(NaN, NaN, 0)
    expect(lock.locked).toBeUndefined()
  })
})

describe('GainJump', () => {
  const rows = 100
  const bins = 52
  const within = (levelDb: (row: number) => number, tilt: number): boolean => {
    const normal = seededNormal(4)
    const shape = Float32Array.from({ length: rows * bins }, (_, i) => {
      const row = Math.floor(i / bins)
      return 0.05 * normal() + (row > 50 ? tilt * Math.cos(i % bins) : 0)
    })
    const level = Float32Array.from({ length: rows }, (_, row) => levelDb(row) + 0.2 * normal())
    return new GainJump(signalSettings, 100).within({ rows, bins, shape, levelDb: level })
  }

  it('sees a step of the level alone', () => {
    expect(within((row) => (row > 50 ? 43 : 40), 0)).toBe(true)
  })

  it('sees none where the shape changed too, where the step is small, or where single packets jump', () => {
    expect(within((row) => (row > 50 ? 43 : 40), 0.2)).toBe(false)
    expect(within((row) => (row > 50 ? 41 : 40), 0)).toBe(false)
    expect(within((row) => (row % 6 === 0 ? 37 : 40), 0)).toBe(false)
  })
})
