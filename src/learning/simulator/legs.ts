import type { Phasor } from './fresnel.js'
import { imagesOf, tailOf } from './images.js'
import { PARAMETERS } from './parameters.js'
import { SlabTable, type Passage } from './passage.js'
import { Random } from '../random.js'
import type { Box, Point, Site } from './sites.js'

/** An antenna, or its image behind one surface. */
export interface Leg {
  at: Point
  mirror: Mirror | undefined
  /** Factor of amplitude. */
  gain: number
}

interface Mirror {
  /** Across the surface. */
  axis: 0 | 1 | 2
  reflection: SlabTable
  /** The wall with the doorway. */
  doorway: boolean
}

/** Multiplies `wave` by what the way from an antenna or its image meets; reflection is room for a number. */
export function meet(
  passage: Passage,
  at: Point,
  mirror: Mirror | undefined,
  x: number,
  y: number,
  z: number,
  wave: Phasor,
  reflection: Phasor,
): void {
  if (mirror?.doorway === true) {
    // An image in this wall is seen from its own room only, and not within the doorway.
    const share = at[0] / (at[0] - x)
    const wall =
      at[0] * x < 0 ? 1 - passage.doorwayShare(at[1] + share * (y - at[1]), at[2] + share * (z - at[2])) : 0
    wave.re *= wall
    wave.im *= wall
    if (wall === 0) return
  } else passage.cross(at, x, y, z, wave)
  if (mirror === undefined) return
  const dx = x - at[0]
  const dy = y - at[1]
  const dz = z - at[2]
  const across = mirror.axis === 0 ? dx : mirror.axis === 1 ? dy : dz
  mirror.reflection.read(Math.abs(across) / Math.sqrt(dx * dx + dy * dy + dz * dz), reflection)
  const re = wave.re * reflection.re - wave.im * reflection.im
  wave.im = wave.re * reflection.im + wave.im * reflection.re
  wave.re = re
}

/** The antenna itself first, then its images behind each surface of its room. */
export function legsOf(antenna: Point, site: Site): Leg[] {
  const box: Box = antenna[0] > 0 ? site.room : site.beyond
  const table = (surface: Box['walls'], polarization: 'TE' | 'TM') =>
    new SlabTable(surface, polarization, 'reflection')
  const walls = table(box.walls, 'TE')
  const mirrors = {
    wall: { axis: 0, reflection: table(site.wall, 'TE'), doorway: true },
    x: { axis: 0, reflection: walls, doorway: false },
    y: { axis: 1, reflection: walls, doorway: false },
    floor: { axis: 2, reflection: table(box.floor, 'TM'), doorway: false },
    ceiling: { axis: 2, reflection: table(box.ceiling, 'TM'), doorway: false },
  } as const
  return imagesOf(antenna, box, 1, new Random('unused')).map((image) => ({
    at: image.at,
    gain: 1,
    mirror:
      image.order === 0
        ? undefined
        : image.bouncesOnWall > 0
          ? mirrors.wall
          : image.bouncesX > 0
            ? mirrors.x
            : image.bouncesY > 0
              ? mirrors.y
              : image.bouncesFloor > 0
                ? mirrors.floor
                : mirrors.ceiling,
  }))
}

/** What the room returns to or from a body after the first bounces, from all sides: as the tail of the channel. */
export function tailLegsOf(antenna: Point, random: Random): Leg[] {
  const legs = tailOf(antenna, random).slice(0, PARAMETERS.bodyTailImages.value)
  const gain = Math.sqrt(PARAMETERS.tailImages.value / legs.length)
  return legs.map(({ at, tail = 0 }) => ({ at, mirror: undefined, gain: gain * tail }))
}
