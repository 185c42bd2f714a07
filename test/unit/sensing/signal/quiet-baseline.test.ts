import { describe, expect, it } from 'vitest'
import { QuietBaseline, quietThreshold } from '../../../../src/sensing/signal/quiet-baseline.js'
import { seededRandom } from '../../../support/packets.js'

describe('quietThreshold', () => {
  it('finds the quantile of the Gumbel distribution that the maxima came from', () => {
    const random = seededRandom(5)
    const gumbel = (): number => 0.05 - 0.01 * Math.log(-Math.log(1 - random()))
    const perBlock = 1 / 1440
    const exact = 0.05 - 0.01 * Math.log(-Math.log1p(-perBlock))
    const found = quietThreshold(Float64Array.from({ length: 5000 }, gumbel), 60_000, 1)
    expect(found).toBeCloseTo(exact, 2)
    const fresh = Array.from({ length: 200_000 }, gumbel)
    const perDay = (1440 * fresh.filter((value) => value > found).length) / fresh.length
    expect(perDay).toBeGreaterThan(0.6)
    expect(perDay).toBeLessThan(1.6)
  })

  it('rises as fewer false alarms are allowed', () => {
    const maxima = Float64Array.from({ length: 100 }, (_, i) => i / 1000)
    expect(quietThreshold(maxima, 60_000, 0.1)).toBeGreaterThan(quietThreshold(maxima, 60_000, 1))
  })
})

describe('QuietBaseline', () => {
  const minutes = (baseline: QuietBaseline, count: number, value: () => number, moving = false): void => {
    for (let i = 0; i < count * 300; i++) baseline.push(value(), moving && i % 300 === 7)
  }

  it('lowers the threshold after half an hour of quiet, not below half of the factory value', () => {
    const baseline = new QuietBaseline(200, 0.15, 1)
    minutes(baseline, 29, () => -0.05)
    expect(baseline.threshold).toBe(0.15)
    minutes(baseline, 1, () => -0.05)
    expect(baseline.threshold).toBe(0.075)
  })

  it('stays with the factory value where quiet is noisy, and learns nothing while something moves', () => {
    const random = seededRandom(6)
    const noisy = new QuietBaseline(200, 0.15, 1)
    minutes(noisy, 60, () => 0.14 * random() ** 8)
    expect(noisy.threshold).toBeLessThanOrEqual(0.15)
    expect(noisy.threshold).toBeGreaterThan(0.12)
    const busy = new QuietBaseline(200, 0.15, 1)
    minutes(busy, 60, () => -0.05, true)
    expect(busy.threshold).toBe(0.15)
  })

  it('forgets', () => {
    const baseline = new QuietBaseline(200, 0.15, 1)
    minutes(baseline, 40, () => -0.05)
    baseline.clear()
    expect(baseline.threshold).toBe(0.15)
  })
})
