import { describe, expect, it } from 'vitest'
import type { Body } from '../../../../src/learning/simulator/body.js'
import { Field } from '../../../../src/learning/simulator/field.js'
import { Scene } from '../../../../src/learning/simulator/scene.js'
import { siteByName } from '../../../../src/learning/simulator/sites.js'

const site = siteByName('metal-doorway')
const inRoom = siteByName('hollow-in-room')

const person = (x: number, y: number, size = 1): Body => ({
  points: [0.5, 0.95, 1.2].map((z) => ({ x, y, z, size })),
  x,
  y,
  widthM: 0.45,
  bottomM: 0,
  topM: 1.72,
  presence: 1,
})

const added = (bodies: Body[], { at = site, angleDeg = 85, seed = 1 } = {}) => {
  const field = new Field()
  new Scene(at, seed).add(field, angleDeg, bodies)
  return field
}
/** rms. */
const strength = (field: Field) => (field.re.every((re) => re === 0) ? 0 : 10 ** (field.levelDb() / 20))
const direct = (at = inRoom) => {
  const [a, b] = [at.transmitter, at.receiver]
  return 299_792_458 / 2.437e9 / (4 * Math.PI) / Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
}

describe('Scene', () => {
  it('adds nothing without people, or for someone who is not there yet', () => {
    expect(strength(added([]))).toBe(0)
    expect(strength(added([{ ...person(2, 2), presence: 0 }]))).toBe(0)
  })

  it('is the same with transmitter and receiver exchanged', () => {
    for (const at of [site, inRoom]) {
      const there = added([person(1.3, 1.9)], { at })
      const back = added([person(1.3, 1.9)], {
        at: { ...at, transmitter: at.receiver, receiver: at.transmitter },
      })
      for (let i = 0; i < there.re.length; i++) {
        expect(back.re[i]).toBeCloseTo(there.re[i], 6)
        expect(back.im[i]).toBeCloseTo(there.im[i], 6)
      }
    }
  })

  it('adds what bodies add one by one', () => {
    const both = added([person(1.3, 1.9), person(3.5, 3)])
    const apart = added([person(1.3, 1.9)])
    apart.addScaled(added([person(3.5, 3)]), 1)
    both.re.forEach((re, i) => expect(re).toBeCloseTo(apart.re[i], 9))
  })

  it('does less the further away someone is', () => {
    const between = ([x0, y0]: readonly number[], [x1, y1]: readonly number[], aside: number) => {
      const length = Math.hypot(x1 - x0, y1 - y0)
      return person(
        (x0 + x1) / 2 - (aside * (y1 - y0)) / length,
        (y0 + y1) / 2 + (aside * (x1 - x0)) / length,
      )
    }
    // Over some places, for waves add up by chance at each.
    const at = (asideM: number) => {
      const several = Array.from({ length: 20 }, (_, i) =>
        strength(added([between(inRoom.transmitter, inRoom.receiver, asideM + 0.03 * i)], { at: inRoom })),
      )
      return several.reduce((sum, value) => sum + value, 0) / several.length
    }
    expect(at(0.5)).toBeGreaterThan(1.2 * at(1.5))
    expect(at(1.5)).toBeGreaterThan(1.2 * at(2.6))
  })

  it('throws a shadow of some decibels on the straight ray, and hardly any beside it', () => {
    const change = (y: number) => {
      // A body that only throws a shadow, a third of the way along a ray that runs along y = 2.
      const at = { ...inRoom, transmitter: [1, 2, 1.1] as const, receiver: [4, 2, 1.1] as const }
      const field = added([person(2, y, 0)], { at })
      field.addWave(direct(at), 0, 3)
      return field.levelDb() - 20 * Math.log10(direct(at))
    }
    expect(change(2)).toBeLessThan(-4)
    expect(change(2)).toBeGreaterThan(-25)
    expect(Math.abs(change(3.2))).toBeLessThan(2)
    // A strip takes away: even where its edges add, the wave gains little.
    for (let y = 2; y < 4; y += 0.05) expect(change(y)).toBeLessThan(3)
  })

  it('reaches beyond the doorway through an open metal door, not through a closed one', () => {
    const behind = (angleDeg: number) =>
      strength(added([person(-1, 2), person(-1.2, 1.9), person(-0.8, 2.1)], { angleDeg }))
    expect(behind(85)).toBeGreaterThan(2 * behind(0))
  })

  it('goes on smoothly as someone moves, through the doorway too', () => {
    let last: Field | undefined
    let greatest = 0
    const scene = new Scene(site, 1)
    for (let x = -2; x < 2; x += 0.002) {
      const field = new Field()
      scene.add(field, 85, [person(x, 2.1)])
      if (last !== undefined) {
        const step = new Field()
        step.addScaled(field, 1)
        step.addScaled(last, -1)
        greatest = Math.max(greatest, strength(step) / direct(site))
      }
      last = field
    }
    // 2 mm turn a wave that comes back by 12°.
    expect(greatest).toBeLessThan(0.25)
  })

  it('keeps the room as it was where an antenna is nudged', () => {
    const moved = { ...site, transmitter: [-1.7, 2.301, 1.15] as const }
    const far = new Field()
    new Scene(moved, 1, site).add(far, 85, [person(2, 2)])
    far.addScaled(added([person(2, 2)]), -1)
    expect(strength(far)).toBeLessThan(0.15 * strength(added([person(2, 2)])))
  })
})
