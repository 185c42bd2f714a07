import { describe, expect, it } from 'vitest'
import { normalise } from '../../../../src/learning/training/fit.js'
import { fitLda } from '../../../../src/learning/training/lda.js'
import { rowWeights } from '../../../../src/learning/training/row-weights.js'
import { forward } from '../../../../src/sensing/model/quantize.js'
import type { FeatureRow } from '../../../../src/learning/dataset/visit-reader.js'
import { seededNormal } from '../../../support/packets.js'
import { syntheticRows } from './synthetic-rows.js'

const logitGap = (rows: readonly FeatureRow[], x: readonly number[]) => {
  const model = fitLda(rows)
  const logits = forward(model.layers[0], normalise(Float32Array.from(x), model.mean, model.scale))
  return logits[1] - logits[0]
}

describe('fitLda', () => {
  it('finds the discriminant of two correlated Gaussians', () => {
    const normal = seededNormal(3)
    const rows: FeatureRow[] = []
    for (let i = 0; i < 40_000; i++) {
      const marker = i % 2 === 0 ? 'a' : 'b'
      const u = normal()
      const v = 0.8 * u + 0.6 * normal() // correlation 0.8
      const mean = marker === 'a' ? 0 : 1
      const session = `s${Math.floor(i / 500)}`
      const features = Float32Array.of(u + mean, v)
      rows.push({
        features,
        judged: features,
        marker,
        session,
        place: 'p',
        visit: session + marker,
      })
    }
    // Closed form: gap(x) = (x − (μa+μb)/2)ᵀ Σ⁻¹ (μb − μa), Σ⁻¹ = [1, −0.8; −0.8, 1] / 0.36
    for (const [x, y] of [
      [0, 0],
      [1, 0],
      [0.5, 1],
      [2, -1],
    ])
      expect(logitGap(rows, [x, y])).toBeCloseTo(((x - 0.5) * 1 + y * -0.8) / 0.36, 0)
    expect(fitLda(rows).shrinkage).toBeLessThan(0.05)
  })

  it('shrinks the more, the fewer the recordings, however many windows they have', () => {
    const fit = (sessions: number, windows: number) =>
      fitLda(
        syntheticRows({
          markers: { a: [0, 0, 0, 0], b: [1, 0, 0, 0] },
          sessions,
          windows,
          sessionSd: 1,
          windowSd: 0.05,
        }).map(({ features: [w, x, y, z], ...row }) => ({
          ...row,
          features: Float32Array.of(w, 2 * w + x, w - x + y, x + y + z), // correlated: there is something to learn
        })),
      ).shrinkage
    expect(fit(4, 400)).toBeGreaterThan(2 * fit(200, 8))
    expect(fit(4, 400)).toBeLessThanOrEqual(1)
  })

  it('is not moved by how many windows, visits or sessions a marker has', () => {
    const even = syntheticRows({
      markers: { a: [0], b: [2] },
      sessions: 4,
      windows: 50,
      sessionSd: 0,
      windowSd: 1,
    })
    const repeated = even.flatMap((row) =>
      row.marker === 'a' && row.session === 's1' ? Array(9).fill(row) : [row],
    )
    expect(logitGap(repeated, [1])).toBeCloseTo(logitGap(even, [1]), 4)
  })

  it('takes features that depend on one another and features that never change', () => {
    const rows = syntheticRows({
      markers: { a: [0, 7], b: [4, 7] },
      sessions: 3,
      windows: 9,
      sessionSd: 0.2,
      windowSd: 0.5,
    })
    const dependent = rows.map((row) => {
      const [x, y] = row.features
      return { ...row, features: Float32Array.of(x, y, x - y, 12) }
    })
    const model = fitLda(dependent)
    expect([...model.layers[0].weights, ...model.whitening].every(Number.isFinite)).toBe(true)
    expect(logitGap(dependent, [0, 7, -7, 12])).toBeLessThan(0)
    expect(logitGap(dependent, [4, 7, -3, 12])).toBeGreaterThan(0)
  })

  it('takes a feature that does not vary at all within a marker', () => {
    const rows = syntheticRows({
      markers: { a: [-60], b: [-54] },
      sessions: 2,
      windows: 3,
      sessionSd: 0,
      windowSd: 0,
    })
    expect(logitGap(rows, [-60])).toBeLessThan(-10)
    expect(Number.isFinite(logitGap(rows, [-54]))).toBe(true)
  })

  it('refuses a single marker', () => {
    const rows = syntheticRows({ markers: { a: [0] }, sessions: 3, windows: 3, sessionSd: 1, windowSd: 1 })
    expect(() => fitLda(rows)).toThrow(/one marker only \(a\)/)
  })
})

describe('rowWeights', () => {
  it('shares equally between markers, then sessions, then visits, then windows', () => {
    const row = (marker: string, session: string, visit: string): FeatureRow => ({
      features: new Float32Array(1),
      judged: new Float32Array(1),
      marker,
      session,
      visit,
      place: 'p',
    })
    const rows = [
      row('a', '1', 'x'),
      row('a', '1', 'x'),
      row('a', '1', 'y'),
      row('a', '2', 'z'),
      row('b', '1', 'w'),
    ]
    expect([...rowWeights(rows)]).toEqual([1 / 16, 1 / 16, 1 / 8, 1 / 4, 1 / 2])
  })
})
