import { describe, expect, it } from 'vitest'
import { apertureShare } from '../../../../src/learning/simulator/fresnel.js'
import { slabResponse } from '../../../../src/learning/simulator/materials.js'
import { Passage } from '../../../../src/learning/simulator/passage.js'
import { Route } from '../../../../src/learning/simulator/route.js'
import { siteByName, type Point } from '../../../../src/learning/simulator/sites.js'
import { Random } from '../../../../src/learning/random.js'

describe('apertureShare', () => {
  const share = (left: number, right: number, bottom: number, top: number) => {
    const result = { re: 0, im: 0 }
    apertureShare(left, right, bottom, top, result)
    return result
  }

  it('is all of the wave without an edge, half of it at one, nothing of a closed opening', () => {
    expect(share(-400, 400, -400, 400).re).toBeCloseTo(1, 2)
    expect(share(-400, 400, -400, 400).im).toBeCloseTo(0, 2)
    expect(share(0, 400, -400, 400).re).toBeCloseTo(0.5, 2)
    expect(Math.hypot(share(1, 1, -400, 400).re, share(1, 1, -400, 400).im)).toBe(0)
  })

  it('agrees with tables of Fresnel integrals: C(1) = 0.7799, S(1) = 0.4383', () => {
    // ½ (1 + j) (C − jS) of a strip from the ray to one unit aside, endless upwards and downwards.
    const { re, im } = share(0, 1, -400, 400)
    expect(re).toBeCloseTo((0.7799 + 0.4383) / 2, 2)
    expect(im).toBeCloseTo((0.7799 - 0.4383) / 2, 2)
  })
})

describe('Passage', () => {
  const size = (site: string, angleDeg: number, from: Point, [x, y, z]: Point) => {
    const passage = new Passage(siteByName(site))
    passage.turn(angleDeg)
    const wave = { re: 1, im: 0 }
    passage.cross(from, x, y, z, wave)
    return Math.hypot(wave.re, wave.im)
  }
  const before: Point = [2, 2, 1.1]
  const behind: Point = [-1.5, 2, 1.1]

  it('stops a ray at a closed metal door, and lets it by an open one', () => {
    expect(size('metal-doorway', 0, behind, before)).toBe(0)
    expect(size('metal-doorway', 88, behind, before)).toBeCloseTo(1, 6)
    expect(size('hollow-doorway', 0, behind, before)).toBeGreaterThan(0.9)
  })

  it('weakens it in the wall beside the doorway, both ways alike', () => {
    const [aside, asideBehind]: Point[] = [
      [2, 4, 1.1],
      [-1.5, 4, 1.1],
    ]
    const concrete = slabResponse({ material: 'concrete', thicknessM: 0.2 }, 1, 'TE').transmission
    const expected = Math.hypot(concrete.re, concrete.im)
    expect(size('metal-doorway', 88, asideBehind, aside)).toBeCloseTo(expected, 3)
    expect(size('metal-doorway', 88, aside, asideBehind)).toBeCloseTo(expected, 3)
  })

  it('leaves rays within a room alone but for an open panel between', () => {
    expect(size('metal-doorway', 0, [2, 1, 1.1], [2, 3, 1.1])).toBe(1)
    // The panel stands out from the hinge at y = 1.55.
    expect(size('metal-doorway', 90, [0.5, 0.6, 1.1], [0.5, 2.6, 1.1])).toBeCloseTo(0, 6)
    expect(size('metal-doorway', 90, [1.5, 0.6, 1.1], [1.5, 2.6, 1.1])).toBe(1)
  })
})

describe('Route', () => {
  it('goes from rest to rest at walking speed, stops, and knows the way gone', () => {
    const route = new Route(5e6, [0, 0], new Random('route')).go([4, 0]).wait(2e6).go([4, 3])
    expect(route.lengthM).toBeCloseTo(7, 9)
    let lastM = 0
    let fastest = 0
    for (let timeUs = 5e6; timeUs <= route.endUs; timeUs += 10_000) {
      route.read(timeUs)
      fastest = Math.max(fastest, (route.goneM - lastM) / 0.01)
      expect(route.goneM).toBeGreaterThanOrEqual(lastM)
      lastM = route.goneM
    }
    expect(lastM).toBeCloseTo(7, 3)
    expect(fastest).toBeGreaterThan(0.79)
    expect(fastest).toBeLessThan(1.51)
    route.read(5e6)
    expect([route.x, route.y, route.goneM]).toEqual([0, 0, 0])
    route.read(route.endUs + 1e6)
    expect([route.x, route.y]).toEqual([4, 3])
  })
})
