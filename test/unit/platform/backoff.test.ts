import { describe, expect, it } from 'vitest'
import { Backoff } from '../../../src/platform/backoff.js'

describe('Backoff', () => {
  it('doubles the ceiling of its waits up to the longest', () => {
    const backoff = new Backoff(1000, 30_000, () => 1)
    expect(Array.from({ length: 7 }, () => backoff.next())).toEqual([
      2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
    ])
  })

  it('spreads its waits over the whole range', () => {
    const draws = [0, 0.5, 0.25]
    const backoff = new Backoff(1000, 30_000, () => draws.shift() ?? 0)
    expect([backoff.next(), backoff.next(), backoff.next()]).toEqual([1000, 2500, 2750])
  })

  it('never leaves its bounds', () => {
    const backoff = new Backoff(1000, 30_000)
    const waits = Array.from({ length: 1000 }, () => backoff.next())
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(1000)
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000)
    expect(new Set(waits).size).toBeGreaterThan(900)
  })

  it('starts short again after a reset', () => {
    const backoff = new Backoff(1000, 30_000, () => 1)
    for (let i = 0; i < 10; i++) backoff.next()
    backoff.reset()
    expect(backoff.next()).toBe(2000)
  })
})
