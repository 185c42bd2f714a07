import { describe, expect, it } from 'vitest'
import {
  fTail,
  rateInterval95,
  shareLower95,
  shareUpper95,
  student95,
} from '../../../../src/learning/survey/bounds.js'
import { Random } from '../../../../src/learning/random.js'
import { designOf } from '../../../../src/learning/survey/design.js'
import { fitDiscriminant, nearestMarker, type Point } from '../../../../src/learning/survey/discriminant.js'
import { markerDistances } from '../../../../src/learning/survey/distances.js'
import { leaveSessionsOut } from '../../../../src/learning/survey/left-out.js'
import { permutationTest } from '../../../../src/learning/survey/permutation.js'
import { dispersionOf, varianceShares } from '../../../../src/learning/survey/variance.js'

const seededNormal = (seed: number) => {
  const random = new Random('statistics', seed)
  return () => random.normal()
}

const point = (session: string, marker: string, ...vector: number[]): Point => ({
  ...{ session, marker, vector: Float64Array.from(vector) },
})

describe('bounds', () => {
  it.each([
    [3, 0.37],
    [5, 0.55],
    [8, 0.69],
    [14, 0.81],
    [29, 0.9],
  ])('%i sessions that are all right vouch for %f', (sessions, lower) => {
    expect(shareLower95(sessions, sessions)).toBeCloseTo(lower, 2)
    expect(shareLower95(sessions, sessions)).toBeCloseTo(0.05 ** (1 / sessions), 10)
  })

  it('agrees with binomial tails where some are wrong', () => {
    const tail = (p: number) => 10 * p ** 9 * (1 - p) + p ** 10 // 9 or 10 of 10
    expect(tail(shareLower95(9, 10))).toBeCloseTo(0.05, 8)
    expect(shareUpper95(1, 10)).toBeCloseTo(1 - shareLower95(9, 10), 10)
    expect([shareLower95(0, 7), shareUpper95(7, 7)]).toEqual([0, 1])
  })

  it("has Garwood's Poisson interval", () => {
    // Garwood 1936, table 1: of 0 events 0 to 3.689, of 3 events 0.619 to 8.767.
    expect(rateInterval95(0, 1)).toEqual([0, expect.closeTo(3.689, 3)])
    const [lower, upper] = rateInterval95(3, 2)
    expect([2 * lower, 2 * upper]).toEqual([expect.closeTo(0.619, 3), expect.closeTo(8.767, 3)])
  })

  it("has Student's and Fisher's tables", () => {
    expect(student95(2)).toBeCloseTo(2.92, 3)
    expect(student95(13)).toBeCloseTo(1.771, 3)
    expect(fTail(4.103, 2, 10)).toBeCloseTo(0.05, 4)
  })
})

describe('variance explained', () => {
  it('is that of two-way analysis of variance', () => {
    // Values 1, 3 in one session and 5, 9 in the other: total 35; sessions (2, 7) 25, markers (3, 6) 9, rest 1.
    const points = [point('1', 'a', 1), point('1', 'b', 3), point('2', 'a', 5), point('2', 'b', 9)]
    const { r2Marker, r2Session } = varianceShares(points, designOf(points))
    expect(r2Marker).toBeCloseTo(9 / 35, 12)
    expect(r2Session).toBeCloseTo(25 / 35, 12)
  })

  it('gives each only what the other does not, where they overlap', () => {
    // Sessions add 0 and 10, nothing else: without the session the marker would explain some of it.
    const points = [point('1', 'a', 0), point('1', 'a', 0), point('1', 'b', 0), point('2', 'a', 10), point('2', 'b', 10), point('2', 'b', 10)] // prettier-ignore
    const { r2Marker, r2Session } = varianceShares(points, designOf(points))
    expect(r2Marker).toBeCloseTo(0, 12)
    expect(r2Session).toBeCloseTo(8 / 9, 12) // 150 in all, of which the marker alone would explain a ninth
  })

  it('puts the marker first where each session has one', () => {
    // a: 0, 2; b: 6, 8: total 40, markers 36, sessions within them 4.
    const points = [point('1', 'a', 0), point('2', 'a', 2), point('3', 'b', 6), point('4', 'b', 8)]
    const design = designOf(points)
    expect(design.kind).toBe('nested')
    const { r2Marker, r2Session } = varianceShares(points, design)
    expect(r2Marker).toBeCloseTo(0.9, 12)
    expect(r2Session).toBeCloseTo(0.1, 12)
  })

  it('is unknown where nothing varies', () => {
    const points = [point('1', 'a', 1), point('1', 'b', 1)]
    expect(varianceShares(points, designOf(points))).toEqual({ r2Marker: null, r2Session: null })
  })

  it('tells markers that scatter differently', () => {
    // Distances to the means: a 1, 1, 1, 1; b 3, 3, 5, 5 (around 0): F = 18 / (4 / 6) = 27.
    const values = { a: [-1, 1, -1, 1], b: [-3, 3, -5, 5] }
    const points = Object.entries(values).flatMap(([marker, own]) =>
      own.map((value, index) => point(`${marker}${index}`, marker, value)),
    )
    const { markers, f, p } = dispersionOf(points, designOf(points))
    expect(markers.map(({ distance }) => distance)).toEqual([1, 4])
    expect(f).toBeCloseTo(27, 10)
    expect(p).toBeCloseTo(fTail(27, 1, 6), 10)
  })
})

describe('permutation of markers', () => {
  it('tries every arrangement within sessions', () => {
    // 2 × 2 arrangements; those that swap all labels are as good as the one that was seen.
    const points = [point('1', 'a', 0), point('1', 'b', 5), point('2', 'a', 100), point('2', 'b', 105)]
    expect(permutationTest(points, designOf(points))).toEqual({
      ...{ p: 0.5, permutations: 4, exact: true, exchanged: 'visits' },
    })
  })

  it('exchanges whole sessions where each has one marker', () => {
    // 3 of 6 sessions: 20 arrangements, of which this and its mirror are the best. Visits are no evidence of their own.
    const points = [0, 1, 2, 10, 11, 12].flatMap((value, index) =>
      Array.from({ length: 5 }, (_, visit) => point(`${index}`, value < 5 ? 'a' : 'b', value + visit / 100)),
    )
    expect(permutationTest(points, designOf(points))).toEqual({
      ...{ p: 0.1, permutations: 20, exact: true, exchanged: 'sessions' },
    })
  })

  it('draws where there are too many, and never says 0', () => {
    const points = Array.from({ length: 14 }, (_, s) => [
      point(`${s}`, 'a', s),
      point(`${s}`, 'b', s + 5 + (s % 3)),
    ]).flat()
    expect(permutationTest(points, designOf(points))).toMatchObject({ p: 1 / 1000, exact: false })
  })

  it('holds its level where markers do nothing', () => {
    let small = 0
    for (let draw = 0; draw < 200; draw++) {
      const normal = seededNormal(draw)
      const points = Array.from({ length: 4 }, (_, s) => {
        const room = 10 * normal()
        return ['a', 'a', 'b', 'b'].map((marker) => point(`${s}`, marker, room + normal(), room + normal()))
      }).flat()
      if ((permutationTest(points, designOf(points)).p ?? 1) <= 0.05) small++
    }
    expect(small).toBeGreaterThan(1) // a test that never says anything is none
    expect(small).toBeLessThan(20)
  })

  it('is unknown where nothing can be exchanged', () => {
    const points = [point('1', 'a', 0), point('1', 'a', 1)]
    expect(permutationTest(points, designOf(points)).p).toBeNull()
  })
})

describe('discriminant', () => {
  it('looks away from what sessions change', () => {
    const normal = seededNormal(3)
    const points = Array.from({ length: 10 }, (_, s) => {
      const room = 5 * normal()
      return ['a', 'b'].map((marker) =>
        point(`${s}`, marker, room, (marker === 'a' ? 0 : 1) + 0.05 * normal() + 0.001 * room),
      )
    }).flat()
    const fit = fitDiscriminant(points)
    expect(nearestMarker(fit, Float64Array.of(12, 0.05))).toBe('a')
    expect(nearestMarker(fit, Float64Array.of(-12, 0.95))).toBe('b')
  })

  it('takes the nearest mean where there is no scatter to learn from', () => {
    const fit = fitDiscriminant([point('1', 'a', 0, 0), point('1', 'b', 1, 1)])
    expect(nearestMarker(fit, Float64Array.of(0.4, 0.4))).toBe('a')
  })
})

describe('distances between markers', () => {
  const site = (seed: number, apart: number, sessions: number, nested = false) => {
    const normal = seededNormal(seed)
    return Array.from({ length: sessions }, (_, s) => {
      const room = [normal(), normal(), normal()]
      return (nested ? [s % 2 === 0 ? 'a' : 'b'] : ['a', 'b']).map((marker) =>
        point(
          `${s}`,
          marker,
          ...room.map((value, i) => value + 0.1 * normal() + (marker === 'b' && i === 0 ? apart : 0)),
        ),
      )
    }).flat()
  }
  const distanceOf = (points: Point[]) =>
    markerDistances(points, ['a', 'b'], leaveSessionsOut(points).fits)[0]

  it.each([false, true])('are 0 in the mean where markers are the same (nested: %s)', (nested) => {
    const seen = Array.from({ length: 600 }, (_, seed) => distanceOf(site(seed, 0, 6, nested)).between!)
    const mean = seen.reduce((sum, value) => sum + value / seen.length, 0)
    const error = Math.sqrt(seen.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / seen.length
    expect(seen.filter((value) => value < 0).length).toBeGreaterThan(75)
    expect(Math.abs(mean)).toBeLessThan(3 * error)
  })

  it.each([false, true])('are in proportion to what sessions differ by (nested: %s)', (nested) => {
    // Apart 6 with sessions of sd 1: two sessions differ by 2 in the square, so 36 / 2 along the first axis.
    const { ratio, lower95 } = distanceOf(site(5, 6, 200, nested))
    expect(ratio).toBeGreaterThan(nested ? 9 : 14)
    expect(ratio).toBeLessThan(nested ? 36 : 23)
    expect(lower95).toBeGreaterThan(1)
    expect(lower95).toBeLessThan(ratio!)
  })

  it('have no bound of two sessions, and nothing of one', () => {
    expect(distanceOf(site(1, 6, 2))).toMatchObject({ between: expect.any(Number), lower95: null })
    expect(distanceOf(site(1, 6, 1))).toEqual({
      ...{ a: 'a', b: 'b', between: null, withinMarker: null, ratio: null, lower95: null },
    })
  })
})
