import { Field } from './field.js'
import { difference, product, slabResponse, type Complex, type Slab } from './materials.js'
import { PARAMETERS } from './parameters.js'
import type { Doorway, Point } from './sites.js'

/** One end of the link, or its image, that shines on the doorway: amplitude of its reflections. */
export interface Leg {
  at: Point
  amplitude: Complex
  /** The same behind the wall, where a ray does not go by the doorway. */
  amplitudeThroughWall: Complex
  offsetM: number
}

/** What a surface adds to a field without it, by incidence: seen from one side, or from both. */
export interface Contrast {
  reflected(cosIncidence: number): Complex
  transmitted(cosIncidence: number): Complex
}

const SPACING = PARAMETERS.panelSubcarrierSpacing.value
const ONE: Complex = { re: 1, im: 0 }
const NONE: Complex = { re: 0, im: 0 }

/** A panel in free space: reflects, and takes away the shadow of what it does not let through. */
export function panelContrast(panel: Slab): Contrast {
  return {
    reflected: (cos) => slabResponse(panel, cos, 'TE').reflection,
    transmitted: (cos) => difference(slabResponse(panel, cos, 'TE').transmission, ONE),
  }
}

/** An opening in a wall that was reckoned as whole. */
export function openingContrast(wall: Slab): Contrast {
  return {
    reflected: (cos) => difference(NONE, slabResponse(wall, cos, 'TE').reflection),
    transmitted: (cos) => difference(ONE, slabResponse(wall, cos, 'TE').transmission),
  }
}

/**
 * Physical optics: the Kirchhoff integral over a rectangle hinged at the doorway's edge, which gives the mirror
 * image and the shadow with their diffraction. The obliquity factor is the geometric mean of both cosines, equal
 * to the usual arithmetic one where the integral gathers its value; so the sums over both ends are apart.
 */
export class PanelIntegral {
  private readonly sender = new Sides()
  private readonly receiver = new Sides()
  private readonly sum = new Field(SPACING)

  constructor(
    private readonly door: Doorway,
    private readonly senders: readonly Leg[],
    private readonly receivers: readonly Leg[],
  ) {}

  /** Adds to `field` what the rectangle does at this angle, 0 = in the doorway. */
  add(field: Field, angleDeg: number, contrast: Contrast): void {
    const { door, sum } = this
    sum.clear()
    const angle = (angleDeg * Math.PI) / 180
    const cos = door.along * Math.cos(angle)
    const sin = door.swing * Math.sin(angle)
    const normal: Point = [cos, -sin, 0]
    const columns = Math.ceil(door.widthM / PARAMETERS.patchM.value)
    const rows = Math.ceil(door.heightM / PARAMETERS.patchM.value)
    const area = (door.widthM / columns) * (door.heightM / rows)
    for (let column = 0; column < columns; column++) {
      const fromHinge = ((column + 0.5) * door.widthM) / columns
      const x = fromHinge * sin
      const y = door.hingeYM + fromHinge * cos
      const incidence = cosine(this.senders[0].at, [x, y, this.senders[0].at[2]], normal)
      const reflected = contrast.reflected(Math.abs(incidence))
      const transmitted = contrast.transmitted(Math.abs(incidence))
      for (let row = 0; row < rows; row++) {
        const at: Point = [x, y, ((row + 0.5) * door.heightM) / rows]
        this.shine(this.senders, at, normal, this.sender)
        this.shine(this.receivers, at, normal, this.receiver)
        // Kirchhoff: j/λ for the patch, λ/4π for the antennas: j/4π.
        const factor = { re: 0, im: area / (4 * Math.PI) }
        const same = product(factor, reflected)
        const across = product(factor, transmitted)
        addProduct(sum, same, this.sender.front, this.receiver.front)
        addProduct(sum, same, this.sender.back, this.receiver.back)
        addProduct(sum, across, this.sender.front, this.receiver.back)
        addProduct(sum, across, this.sender.back, this.receiver.front)
      }
    }
    field.addInterpolated(sum)
  }

  private shine(legs: readonly Leg[], patch: Point, normal: Point, sides: Sides): void {
    sides.clear()
    for (const leg of legs) {
      const cos = cosine(leg.at, patch, normal)
      if (cos === 0) continue
      const lengthM = distance(leg.at, patch)
      const weight = Math.sqrt(Math.abs(cos)) / lengthM
      const amplitude = this.throughWall(leg.at, patch) ? leg.amplitudeThroughWall : leg.amplitude
      const side = cos > 0 ? sides.back : sides.front
      side.lit = true
      side.field.addWave(amplitude.re * weight, amplitude.im * weight, lengthM + leg.offsetM)
    }
  }

  /** Whether the ray crosses the wall beside the doorway. */
  private throughWall(from: Point, to: Point): boolean {
    if (from[0] * to[0] >= 0) return false
    const share = from[0] / (from[0] - to[0])
    const { door } = this
    const along = (from[1] + share * (to[1] - from[1]) - door.hingeYM) * door.along
    const up = from[2] + share * (to[2] - from[2])
    return !(along > 0 && along < door.widthM && up > 0 && up < door.heightM)
  }
}

/** What shines on a patch from the front and from the back. */
class Sides {
  readonly front = { field: new Field(SPACING), lit: false }
  readonly back = { field: new Field(SPACING), lit: false }

  clear(): void {
    for (const side of [this.front, this.back]) {
      if (side.lit) side.field.clear()
      side.lit = false
    }
  }
}

function addProduct(sum: Field, factor: Complex, p: Sides['front'], q: Sides['front']): void {
  if (!p.lit || !q.lit) return
  const a = p.field
  const b = q.field
  for (let i = 0; i < sum.re.length; i++) {
    const re = a.re[i] * b.re[i] - a.im[i] * b.im[i]
    const im = a.re[i] * b.im[i] + a.im[i] * b.re[i]
    sum.re[i] += factor.re * re - factor.im * im
    sum.im[i] += factor.re * im + factor.im * re
  }
}

function cosine(from: Point, to: Point, normal: Point): number {
  return ((to[0] - from[0]) * normal[0] + (to[1] - from[1]) * normal[1]) / distance(from, to)
}

export function distance(p: Point, q: Point): number {
  return Math.sqrt((p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2 + (p[2] - q[2]) ** 2)
}
