import { describe, expect, it } from 'vitest'
import { Channel } from '../../../../src/learning/simulator/channel.js'
import { Field, OUTERMOST } from '../../../../src/learning/simulator/field.js'
import { slabResponse, type Complex } from '../../../../src/learning/simulator/materials.js'
import { panelContrast, PanelIntegral, type Leg } from '../../../../src/learning/simulator/panel.js'
import { Random } from '../../../../src/learning/random.js'
import { SITE_NAMES, siteByName, type Point } from '../../../../src/learning/simulator/sites.js'
import { mean } from './received-visit.js'

const power = ({ re, im }: Complex) => re ** 2 + im ** 2
const WAVE_M = 299_792_458 / 2.437e9

describe('slabResponse', () => {
  it('neither makes nor loses energy in a slab too thin to heat, and loses some in concrete', () => {
    const total = (material: 'wood' | 'concrete', thicknessM: number, polarization: 'TE' | 'TM') => {
      const { reflection, transmission } = slabResponse({ material, thicknessM }, 0.7, polarization)
      return power(reflection) + power(transmission)
    }
    for (const polarization of ['TE', 'TM'] as const) {
      expect(total('wood', 1e-5, polarization)).toBeCloseTo(1, 3)
      expect(total('wood', 0.044, polarization)).toBeLessThan(1)
      expect(total('concrete', 0.2, polarization)).toBeLessThan(0.6)
    }
  })

  it('reflects as a half space where the slab is too thick to see its back', () => {
    const { reflection, transmission } = slabResponse({ material: 'concrete', thicknessM: 3 }, 1, 'TE')
    // |(1 − √5.31) / (1 + √5.31)| = 0.395; conduction adds a little.
    expect(Math.sqrt(power(reflection))).toBeCloseTo(0.395, 2)
    expect(reflection.re).toBeLessThan(0)
    expect(power(transmission)).toBeLessThan(1e-6)
  })

  it('is a mirror of −1 in metal', () => {
    expect(slabResponse({ material: 'metal' }, 0.3, 'TE')).toEqual({
      reflection: { re: -1, im: 0 },
      transmission: { re: 0, im: 0 },
    })
  })
})

describe('PanelIntegral', () => {
  const leg = (at: Point): Leg => ({
    at,
    amplitude: { re: 1, im: 0 },
    amplitudeThroughWall: { re: 0, im: 0 },
    offsetM: 0,
  })
  // Much larger than the first Fresnel zone (0.3 m).
  const door = {
    panel: { material: 'metal' as const },
    hingeYM: -3,
    along: 1 as const,
    swing: 1 as const,
    widthM: 6,
    heightM: 6,
  }
  const middle = (x: number, y = 0): Point => [x, y, 3]
  const added = (sender: Point, receiver: Point) => {
    const field = new Field()
    new PanelIntegral(door, [leg(sender)], [leg(receiver)]).add(field, 0, panelContrast(door.panel))
    return { re: field.re[OUTERMOST], im: field.im[OUTERMOST] }
  }
  /** A free wave of this factor. */
  const wave = (factor: number, lengthM: number): Complex => {
    const size = (factor * WAVE_M) / (4 * Math.PI * lengthM)
    const phase = (-2 * Math.PI * lengthM) / WAVE_M
    return { re: size * Math.cos(phase), im: size * Math.sin(phase) }
  }
  const apart = (p: Complex, q: Complex) => Math.sqrt(power({ re: p.re - q.re, im: p.im - q.im }) / power(q))

  it('takes the direct wave away behind a large metal panel', () => {
    expect(apart(added(middle(-1.2), middle(1.8, 0.4)), wave(-1, Math.hypot(3, 0.4)))).toBeLessThan(0.1)
  })

  it('adds the mirror image before it', () => {
    expect(apart(added(middle(1.2), middle(1.8, 0.4)), wave(-1, Math.hypot(3, 0.4)))).toBeLessThan(0.1)
  })
})

describe('Channel', () => {
  const levels = (site: string, angleDeg: number) => {
    const field = new Field()
    return Array.from({ length: 8 }, (_, session) => {
      new Channel(siteByName(site), new Random('room', session)).read(angleDeg, field)
      return field.levelDb()
    })
  }
  const gainOfOpeningDb = (site: string) => mean(levels(site, 85)) - mean(levels(site, 0.1))

  it('rises by many dB when a metal door in the path opens, by a little with wood, not at all with a hollow one', () => {
    expect(gainOfOpeningDb('metal-doorway')).toBeGreaterThan(8)
    expect(gainOfOpeningDb('metal-doorway')).toBeLessThan(14)
    expect(gainOfOpeningDb('solid-wood-doorway')).toBeGreaterThan(1)
    expect(gainOfOpeningDb('solid-wood-doorway')).toBeLessThan(3)
    expect(Math.abs(gainOfOpeningDb('hollow-doorway'))).toBeLessThan(0.7)
    expect(Math.abs(gainOfOpeningDb('hollow-in-room'))).toBeLessThan(0.3)
  })
})

describe('sites', () => {
  /** Log amplitudes less their mean, and the mean in dB. */
  const read = (channel: Channel, angleDeg: number) => {
    const field = new Field()
    channel.read(angleDeg, field)
    const logs = [...field.re].map((re, i) => Math.log(Math.hypot(re, field.im[i])))
    return { shape: logs.map((value) => value - mean(logs)), levelDb: 8.686 * mean(logs) }
  }
  const rms = (a: number[], b: number[]) => Math.sqrt(mean(a.map((value, i) => (value - b[i]) ** 2)))
  /** By door and by session, means over some. */
  const changes = (name: string) => {
    const sessions = Array.from({ length: 6 }, (_, session) => {
      const channel = new Channel(siteByName(name), new Random('room', name, session))
      return { closed: read(channel, 0.1), open: read(channel, 85) }
    })
    return {
      byDoor: mean(sessions.map(({ closed, open }) => rms(closed.shape, open.shape))),
      byDoorDb: mean(sessions.map(({ closed, open }) => Math.abs(closed.levelDb - open.levelDb))),
      bySession: mean(
        sessions.flatMap(({ closed }, i) =>
          sessions.slice(0, i).map((other) => rms(closed.shape, other.closed.shape)),
        ),
      ),
    }
  }
  const impossible = SITE_NAMES.filter((name) => siteByName(name).impossible !== undefined)

  it('change by far more from session to session than by the door where they are called impossible', () => {
    expect(impossible.length).toBeGreaterThanOrEqual(3)
    for (const name of impossible) {
      const { byDoor, byDoorDb, bySession } = changes(name)
      expect(bySession / byDoor, name).toBeGreaterThan(4)
      expect(byDoorDb, name).toBeLessThan(0.2)
    }
  })

  it('show a door in the way by shape or level otherwise', () => {
    for (const name of ['metal-doorway', 'solid-wood-doorway']) {
      expect(impossible).not.toContain(name)
      expect(changes(name).byDoorDb, name).toBeGreaterThan(1)
    }
  })
})

describe('siteByName', () => {
  it('names the known sites, the nearest first', () => {
    expect(() => siteByName('metal-dorway')).toThrowError(
      expect.objectContaining({
        code: 'usage.site',
        hint: expect.stringMatching(/^Use one of: metal-doorway, /),
      }),
    )
  })
})
