import { describe, expect, it } from 'vitest'
import { Hampel } from '../../../../src/sensing/signal/hampel.js'
import { seededNormal } from '../../../support/packets.js'

/** The textbook filter over one series, ends left alone. */
function reference(series: readonly number[], window: number, threshold: number): number[] {
  const half = window >> 1
  const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]
  return series.map((value, i) => {
    if (i < half || i >= series.length - half) return value
    const around = series.slice(i - half, i + half + 1)
    const middle = median(around)
    const sigma = 1.4826 * median(around.map((other) => Math.abs(other - middle)))
    return Math.abs(value - middle) > threshold * Math.max(sigma, 0.015) ? middle : value
  })
}

describe('Hampel', () => {
  it.each([
    [7, 5],
    [5, 3],
  ])('agrees with the textbook over %i packets at %i sigma', (window, threshold) => {
    const normal = seededNormal(window)
    const series = Float32Array.from({ length: 500 }, (_, i) => 0.03 * normal() + (i % 37 === 0 ? 0.8 : 0))
    const clean = series.slice()
    const filter = new Hampel(window, threshold)
    const half = window >> 1
    for (let i = half; i < series.length - half; i++)
      filter.run(
        series,
        Int32Array.from({ length: window }, (_, j) => i - half + j),
        i,
        clean,
        1,
      )
    const expected = reference([...series], window, threshold)
    expect([...clean]).toEqual(expected)
    expect(expected.filter((value, i) => value !== series[i]).length).toBeGreaterThan(10)
  })

  it('lets quantized values that repeat step by one', () => {
    const series = Float32Array.of(2, 2, 2, 2.05, 2, 2, 2)
    const clean = series.slice()
    new Hampel(7, 5).run(series, Int32Array.of(0, 1, 2, 3, 4, 5, 6), 3, clean, 1)
    expect(clean[3]).toBe(series[3])
  })
})
