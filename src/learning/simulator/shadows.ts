import type { Body } from './body.js'
import { PROPAGATION_M_PER_S, type Field } from './field.js'
import { apertureShare, type Phasor } from './fresnel.js'
import { distance } from './panel.js'
import { PARAMETERS } from './parameters.js'
import type { Passage } from './passage.js'
import { meet, type Leg } from './legs.js'
import type { Point, Site } from './sites.js'

const WAVE_M = PROPAGATION_M_PER_S / PARAMETERS.carrierHz.value
const PER_M = (2 * Math.PI) / WAVE_M
const FRIIS = WAVE_M / (4 * Math.PI)
const NEAREST_M = PARAMETERS.nearestM.value
/** In Fresnel's unit: the shadow of a strip further aside than this fades out over as much again. */
const FAR_ASIDE = 4

/** A way from antenna to antenna, straightened: one end may be an image. */
interface Ray {
  from: Point
  to: Point
  lengthM: number
  /** The end that is an image, if one is, and the other. */
  leg: Leg
  other: Point
  /** Where the mirror stands along its axis. */
  mirrorAt: number
  /** What the way meets, as the door stands. */
  amplitude: Phasor
}

/**
 * Shadows that a body throws on the straight way between the antennas and on those off one surface: an upright
 * absorbing strip, by physical optics; before and behind the mirror.
 */
export class Shadows {
  private readonly rays: Ray[]
  private readonly share: Phasor = { re: 0, im: 0 }
  private readonly reflection: Phasor = { re: 0, im: 0 }

  constructor(
    { transmitter, receiver }: Site,
    private readonly passage: Passage,
    senders: readonly Leg[],
    receivers: readonly Leg[],
  ) {
    const across = transmitter[0] * receiver[0] < 0
    // In one room an image of the receiver gives the same way as that of the transmitter.
    const legs = [...senders, ...(across ? receivers.slice(1) : [])]
    this.rays = legs
      .filter(({ mirror }) => !(across && mirror?.doorway === true))
      .map((leg) => {
        const sends = senders.includes(leg)
        const other = sends ? receiver : transmitter
        const antenna = sends ? transmitter : receiver
        const axis = leg.mirror?.axis ?? 0
        return {
          from: leg.at,
          to: other,
          lengthM: distance(leg.at, other),
          leg,
          other,
          mirrorAt: (leg.at[axis] + antenna[axis]) / 2,
          amplitude: { re: 0, im: 0 },
        }
      })
    this.turn()
  }

  /** The passage has another angle. */
  turn(): void {
    for (const { amplitude, leg, other, lengthM } of this.rays) {
      amplitude.re = FRIIS / lengthM
      amplitude.im = 0
      meet(this.passage, leg.at, leg.mirror, other[0], other[1], other[2], amplitude, this.reflection)
    }
  }

  add(field: Field, { x, y, widthM, bottomM, topM, presence }: Body): void {
    for (const ray of this.rays) {
      this.shade(field, ray, x, y, widthM, bottomM, topM, presence)
      if (ray.leg.mirror === undefined) continue
      const twice = 2 * ray.mirrorAt
      const { axis } = ray.leg.mirror
      if (axis === 0) this.shade(field, ray, twice - x, y, widthM, bottomM, topM, presence)
      else if (axis === 1) this.shade(field, ray, x, twice - y, widthM, bottomM, topM, presence)
      else this.shade(field, ray, x, y, widthM, twice - topM, twice - bottomM, presence)
    }
  }

  private shade(
    field: Field,
    { from, to, lengthM, amplitude }: Ray,
    x: number,
    y: number,
    widthM: number,
    bottomM: number,
    topM: number,
    presence: number,
  ): void {
    const alongX = to[0] - from[0]
    const alongY = to[1] - from[1]
    const plan = Math.sqrt(alongX * alongX + alongY * alongY)
    const beforeM = ((x - from[0]) * alongX + (y - from[1]) * alongY) / plan
    const nearM = Math.min(beforeM, plan - beforeM)
    if (nearM <= 0) return
    const aside = ((x - from[0]) * alongY - (y - from[1]) * alongX) / plan
    const slant = lengthM / plan
    const before = Math.max(beforeM * slant, NEAREST_M)
    const after = Math.max((plan - beforeM) * slant, NEAREST_M)
    const scale = Math.sqrt((2 * (before + after)) / (WAVE_M * before * after))
    const clear = ((Math.abs(aside) - widthM / 2) * scale) / FAR_ASIDE
    if (clear >= 2) return
    const height = from[2] + (beforeM / plan) * (to[2] - from[2])
    const { share } = this
    apertureShare(
      (aside - widthM / 2) * scale,
      (aside + widthM / 2) * scale,
      (bottomM - height) * scale,
      (topM - height) * scale,
      share,
    )
    // Nobody stands in an antenna: towards it the strip fades, too.
    const size = -presence * Math.min(nearM / NEAREST_M, 1) * (clear > 1 ? 2 - clear : 1)
    const re = size * (share.re * amplitude.re - share.im * amplitude.im)
    const im = size * (share.re * amplitude.im + share.im * amplitude.re)
    // The wave comes by the body: the longer way is in its phase at the carrier already, but not over the band.
    const byBodyM = Math.sqrt(before * before + aside * aside) + Math.sqrt(after * after + aside * aside)
    const turn = PER_M * (byBodyM - lengthM)
    const cos = Math.cos(turn)
    const sin = Math.sin(turn)
    field.addWave(re * cos - im * sin, re * sin + im * cos, byBodyM)
  }
}
