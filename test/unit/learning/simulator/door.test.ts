import { describe, expect, it } from 'vitest'
import { Door, minimumJerk, type Swing } from '../../../../src/learning/simulator/door.js'
import { inUse, standing } from '../../../../src/learning/simulator/schedule.js'

describe('minimumJerk', () => {
  it('goes from 0 to 1, at rest and without acceleration at both ends, fastest in the middle', () => {
    expect(minimumJerk(0)).toBe(0)
    expect(minimumJerk(1)).toBe(1)
    expect(minimumJerk(0.5)).toBeCloseTo(0.5, 12)
    const h = 1e-3
    const speed = (at: number) => (minimumJerk(at + h) - minimumJerk(at - h)) / (2 * h)
    const acceleration = (at: number) =>
      (minimumJerk(at + h) - 2 * minimumJerk(at) + minimumJerk(at - h)) / h ** 2
    for (const end of [0, 1]) {
      expect(speed(end)).toBeCloseTo(0, 4)
      expect(acceleration(end)).toBeCloseTo(0, 1)
    }
    expect(speed(0.5)).toBeCloseTo(1.875, 4)
  })
})

describe('Door', () => {
  const swings: Swing[] = [
    { startUs: 1e6, durationUs: 2e6, toDeg: 90 },
    { startUs: 3e6, durationUs: 1e6, toDeg: 30 },
    { startUs: 6e6, durationUs: 1e6, toDeg: 0 },
  ]

  it('plays its script', () => {
    const door = new Door({ restDeg: 0, swings })
    const at = (timeUs: number) => [door.state(timeUs), Math.round(door.angleDeg(timeUs))]
    expect(at(0)).toEqual(['closed', 0])
    expect(at(1e6)).toEqual(['opening', 0])
    expect(at(2e6)).toEqual(['opening', 45])
    expect(at(3e6)).toEqual(['closing', 90])
    expect(at(4e6)).toEqual(['ajar', 30])
    expect(at(6.5e6)).toEqual(['closing', 15])
    expect(at(100e6)).toEqual(['closed', 0])
    expect(at(2e6)).toEqual(['opening', 45])
  })

  it('rests where it stands', () => {
    expect(new Door(standing(85)).state(0)).toBe('open')
    expect(new Door(standing(85)).angleDeg(1e12)).toBe(85)
  })

  it('refuses a time that it has forgotten, and stays bounded', () => {
    const door = new Door(inUse(1, 0))
    expect(door.state(0)).toBe('closed')
    door.state(3600e6 * 24)
    expect(() => door.state(0)).toThrow(RangeError)
    expect(() => door.angleDeg(3600e6 * 24 - 60e6)).not.toThrow()
  })
})

describe('inUse', () => {
  const HOURS = 3600e6
  /** Resting and swinging, with their lengths, as seen by looking every 10 ms. */
  const stretches = (untilUs: number) => {
    const door = new Door(inUse(5, 2))
    const result: { state: string; seconds: number }[] = []
    for (let timeUs = 0; timeUs < untilUs; timeUs += 10_000) {
      const state = door.state(timeUs)
      if (result.at(-1)?.state !== state) result.push({ state, seconds: 0 })
      result.at(-1)!.seconds += 0.01
    }
    return result.slice(0, -1)
  }

  it('is quiet, swings and rests as stated; at least 70 % of openings are pass-throughs', () => {
    const seen = stretches(4 * HOURS)
    const of = (...states: string[]) => seen.filter(({ state }) => states.includes(state))
    for (const { seconds } of of('opening', 'closing')) {
      expect(seconds).toBeGreaterThan(0.78)
      expect(seconds).toBeLessThan(3.02)
    }
    for (const { seconds } of of('closed')) {
      expect(seconds).toBeGreaterThan(7.9)
      expect(seconds).toBeLessThan(25.1)
    }
    const stays = of('open', 'ajar').filter(({ seconds }) => seconds > 0.4)
    for (const { seconds } of stays) expect(seconds).toBeGreaterThan(7.9)
    const openings = of('opening').length
    expect(openings).toBeGreaterThan(500)
    expect(1 - stays.length / openings).toBeGreaterThan(0.7)
    expect(of('ajar').length / stays.length).toBeGreaterThan(0.2)
    expect(of('ajar').length / stays.length).toBeLessThan(0.6)
  })

  it('repeats with its seed and differs with another', () => {
    const first = (seed: number, session: number) => {
      const swings = inUse(seed, session).swings[Symbol.iterator]()
      return JSON.stringify(Array.from({ length: 20 }, () => swings.next().value))
    }
    expect(first(1, 1)).toBe(first(1, 1))
    expect(first(1, 1)).not.toBe(first(2, 1))
    expect(first(1, 1)).not.toBe(first(1, 2))
  })
})
