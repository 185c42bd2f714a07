import { describe, expect, it } from 'vitest'
import type { FeatureRow } from '../../../../src/learning/dataset/visit-reader.js'
import { pointsOf } from '../../../../src/learning/survey/points.js'
import { visitsOf } from '../../../../src/learning/survey/visits.js'
import { syntheticVisits } from './synthetic-visits.js'

const row = (visit: string, marker: string, value: number): FeatureRow => ({
  ...{ visit, marker, session: 's', place: 'hall' },
  features: Float32Array.from({ length: 56 }, () => value),
  judged: Float32Array.of(value / 100, 0, 0, 1),
})

describe('visits of rows', () => {
  it('are means over their windows, and over each half of them', () => {
    const [visit] = visitsOf([1, 2, 3, 6].map((value) => row('a', 'closed', value)))
    expect(visit).toMatchObject({ marker: 'closed', windows: 4, visit: 'a' })
    expect(visit.numbers[7]).toBe(3)
    expect(visit.halves?.map((half) => half[7])).toEqual([1.5, 4.5])
    expect(visit.quality.lossRatio).toBeCloseTo(0.03, 6)
    expect(visit.quality.movingShare).toBe(1)
  })

  it('are the blocks of a file that holds several markers, also of a marker that comes again', () => {
    const rows = [row('f#0', '0', 1), row('f#15', '15', 5), row('f#15', '15', 7), row('f#0', '0', 3)]
    const visits = visitsOf(rows)
    expect(visits.map(({ visit, marker }) => [visit, marker])).toEqual([
      ['f#0', '0'],
      ['f#15', '15'],
      ['f#0-2', '0'],
    ])
    expect(visits.map(({ numbers }) => numbers[0])).toEqual([1, 6, 3])
    expect(visits.map(({ halves }) => halves === undefined)).toEqual([true, false, true])
  })
})

describe('points', () => {
  it('lie as far apart as every subcarrier changes, in nepers', () => {
    const [one] = syntheticVisits({ seed: 1, sessions: 1, withoutRssi: true })
    const louder = { ...one, visit: 'louder', numbers: one.numbers.slice() }
    louder.numbers[52] += 20 * Math.log10(Math.E) // one neper
    const bent = { ...one, visit: 'bent', numbers: one.numbers.map((v, i) => (i < 52 ? v + (-1) ** i : v)) }
    const [a, b, c] = pointsOf([one, louder, bent]).points.map(({ vector }) => vector)
    expect(a).toHaveLength(53)
    expect(Math.hypot(...a.map((v, i) => v - b[i]))).toBeCloseTo(1, 10)
    expect(Math.hypot(...a.map((v, i) => v - c[i]))).toBeCloseTo(1, 10)
  })

  it('use RSSI where every visit states it only', () => {
    const visits = syntheticVisits({ seed: 1, sessions: 2 })
    expect(pointsOf(visits).points[0].vector).toHaveLength(54)
    visits[3].numbers[54] = NaN
    expect(pointsOf(visits).points[0].vector).toHaveLength(53)
  })
})
