import { product, slabResponse, type Complex } from './materials.js'
import { PARAMETERS } from './parameters.js'
import type { Random } from '../random.js'
import type { Box, Point, Site } from './sites.js'

/** A mirror image of one end of the link, as the other end or the doorway sees it. */
export interface Image {
  at: Point
  order: number
  /** Stands for many weak reflections: has no bounces of its own but this factor of amplitude. */
  tail: number | undefined
  /** Bounces on the x = 0 wall (the one with the doorway). */
  bouncesOnWall: number
  /** Bounces on the other walls across x, along y; on the floor; on the ceiling. */
  bouncesX: number
  bouncesY: number
  bouncesFloor: number
  bouncesCeiling: number
  /** What this session adds to the path: the room is never quite as it was. */
  offsetM: number
}

/** Images of a point in a box up to `order` bounces, the point itself first (Allen & Berkley, 1979). */
export function imagesOf(point: Point, box: Box, order: number, changes: Random): Image[] {
  const images: Image[] = []
  for (let x = -order; x <= order; x++)
    for (let y = -order; y <= order; y++)
      for (let z = -order; z <= order; z++) {
        const bounces = Math.abs(x) + Math.abs(y) + Math.abs(z)
        if (bounces > order) continue
        const onWall = box.min[0] === 0 ? bouncesOnLow(x) : bouncesOnLow(-x)
        images.push({
          at: [mirrored(point, box, 0, x), mirrored(point, box, 1, y), mirrored(point, box, 2, z)],
          order: bounces,
          tail: undefined,
          bouncesOnWall: onWall,
          bouncesX: Math.abs(x) - onWall,
          bouncesY: Math.abs(y),
          bouncesFloor: bouncesOnLow(z),
          bouncesCeiling: bouncesOnLow(-z),
          offsetM: PARAMETERS.pathChangeSdM.value * Math.sqrt(bounces) * changes.normal(),
        })
      }
  return images.sort((a, b) => a.order - b.order)
}

/**
 * What a room returns after the mirror images (Andersen et al., Room electromagnetics, IEEE APM 49(2), 2007):
 * weak images of a point, far behind it and to all sides, different in every session.
 */
export function tailOf(point: Point, changes: Random): Image[] {
  const side = Math.sign(point[0])
  const tail = changes.between(PARAMETERS.tailGain.value)
  return Array.from({ length: PARAMETERS.tailImages.value }, () => {
    const lengthM = changes.between(PARAMETERS.tailM.value)
    const direction = Math.PI * (changes.share() - 0.5)
    return {
      at: [
        point[0] + side * lengthM * Math.cos(direction),
        point[1] + lengthM * Math.sin(direction),
        point[2],
      ],
      order: PARAMETERS.reflectionOrder.value,
      tail,
      bouncesOnWall: 0,
      bouncesX: 0,
      bouncesY: 0,
      bouncesFloor: 0,
      bouncesCeiling: 0,
      offsetM: 0,
    }
  })
}

/** Of image number `n` along one axis: odd ones are mirrored, the sign says on which side. */
function bouncesOnLow(n: number): number {
  return n < 0 ? Math.ceil(-n / 2) : Math.floor(n / 2)
}

function mirrored(point: Point, box: Box, axis: 0 | 1 | 2, n: number): number {
  const low = box.min[axis]
  const length = box.max[axis] - low
  const within = point[axis] - low
  return low + n * length + (n % 2 === 0 ? within : length - within)
}

/** Product of an image's reflections for a path towards `to`; walls meet the vertical field as TE, floors as TM. */
export function reflections(image: Image, to: Point, box: Box, wall: Site['wall']): Complex {
  const [dx, dy, dz] = [0, 1, 2].map((axis) => Math.abs(to[axis] - image.at[axis]))
  const length = Math.sqrt(dx ** 2 + dy ** 2 + dz ** 2)
  let total: Complex = { re: image.tail ?? 1, im: 0 }
  const bounce = (times: number, reflection: () => Complex) => {
    for (let i = 0; i < times; i++) total = product(total, reflection())
  }
  bounce(image.bouncesOnWall, () => slabResponse(wall, dx / length, 'TE').reflection)
  bounce(image.bouncesX, () => slabResponse(box.walls, dx / length, 'TE').reflection)
  bounce(image.bouncesY, () => slabResponse(box.walls, dy / length, 'TE').reflection)
  bounce(image.bouncesFloor, () => slabResponse(box.floor, dz / length, 'TM').reflection)
  bounce(image.bouncesCeiling, () => slabResponse(box.ceiling, dz / length, 'TM').reflection)
  return total
}
