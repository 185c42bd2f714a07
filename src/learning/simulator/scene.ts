import type { Body } from './body.js'
import { Field, PROPAGATION_M_PER_S } from './field.js'
import type { Phasor } from './fresnel.js'
import { legsOf, meet, tailLegsOf, type Leg } from './legs.js'
import { Shadows } from './shadows.js'
import { PARAMETERS } from './parameters.js'
import { Passage } from './passage.js'
import { Random } from '../random.js'
import type { Site } from './sites.js'

const SPACING = PARAMETERS.panelSubcarrierSpacing.value
const WAVE_M = PROPAGATION_M_PER_S / PARAMETERS.carrierHz.value
/** Radar equation with isotropic antennas: λ √σ / ((4π)^1.5 r1 r2). */
const SCATTER = WAVE_M / (4 * Math.PI) ** 1.5

/**
 * What bodies in the rooms add to the channel: waves from the transmitter (straight, off one surface and out of the room's tail) to each of
 * their points and on to the receiver, and the shadows that they throw. Waves from body to body are left out.
 */
export class Scene {
  private readonly passage: Passage
  private readonly senders: Leg[]
  private readonly receivers: Leg[]
  private readonly incident = new Field(SPACING)
  private readonly outgoing = new Field(SPACING)
  private readonly sum = new Field(SPACING)
  private readonly wave: Phasor = { re: 0, im: 0 }
  private readonly reflection: Phasor = { re: 0, im: 0 }
  private readonly shadows: Shadows
  private angleDeg = NaN

  /**
   * @param seed of what the rooms return after the first bounces.
   * @param home where the antennas stood when that was drawn.
   */
  constructor(site: Site, seed: number, home: Site = site) {
    this.passage = new Passage(site)
    const senders = legsOf(site.transmitter, site)
    const receivers = legsOf(site.receiver, site)
    this.shadows = new Shadows(site, this.passage, senders, receivers)
    const tail = (antenna: 'transmitter' | 'receiver') =>
      tailLegsOf(site[antenna], new Random('tail', site.name, seed, ...home[antenna]))
    this.senders = [...senders, ...tail('transmitter')]
    this.receivers = [...receivers, ...tail('receiver')]
  }

  /** Adds what these do with the door at this angle. */
  add(field: Field, angleDeg: number, bodies: readonly Body[]): void {
    if (bodies.length === 0) return
    if (angleDeg !== this.angleDeg) this.turn(angleDeg)
    this.sum.clear()
    for (const body of bodies) {
      for (const { x, y, z, size } of body.points) {
        this.incident.clear()
        this.outgoing.clear()
        this.shine(this.senders, x, y, z, this.incident)
        this.shine(this.receivers, x, y, z, this.outgoing)
        this.sum.addProduct(this.incident, this.outgoing, SCATTER * size * body.presence)
      }
      this.shadows.add(this.sum, body)
    }
    field.addInterpolated(this.sum)
  }

  private turn(angleDeg: number): void {
    this.angleDeg = angleDeg
    this.passage.turn(angleDeg)
    this.shadows.turn()
  }

  private shine(legs: readonly Leg[], x: number, y: number, z: number, field: Field): void {
    const { wave, reflection, passage } = this
    for (const { at, mirror, gain } of legs) {
      const dx = x - at[0]
      const dy = y - at[1]
      const dz = z - at[2]
      const lengthM = Math.max(Math.sqrt(dx * dx + dy * dy + dz * dz), PARAMETERS.nearestM.value)
      wave.re = gain / lengthM
      wave.im = 0
      meet(passage, at, mirror, x, y, z, wave, reflection)
      if (wave.re !== 0 || wave.im !== 0) field.addWave(wave.re, wave.im, lengthM)
    }
  }
}
