import { Field, PROPAGATION_M_PER_S } from './field.js'
import { imagesOf, reflections, tailOf, type Image } from './images.js'
import { cubicWeights } from './interpolation.js'
import { product, slabResponse } from './materials.js'
import { distance, openingContrast, panelContrast, PanelIntegral, type Leg } from './panel.js'
import { PARAMETERS } from './parameters.js'
import type { Random } from '../random.js'
import type { Box, Point, Site } from './sites.js'

const STEP_DEG = PARAMETERS.angleStepDeg.value
const WIDEST_DEG = PARAMETERS.openDeg.value[1]
const ANGLES = WIDEST_DEG / STEP_DEG + 1
const METRES_PER_WAVE = PROPAGATION_M_PER_S / PARAMETERS.carrierHz.value

/**
 * The complex gain between both antennas in one session, for each angle of the door: rays of the rooms with whole
 * walls, plus the doorway cut into the wall, plus the panel. Angles are worked out when first needed (some
 * milliseconds each) and kept.
 */
export class Channel {
  private readonly rooms = new Field()
  private readonly angles: (Field | undefined)[] = new Array<Field | undefined>(ANGLES)
  private readonly panel: PanelIntegral
  private prepared = 0

  /** @param changes what is different in this session. */
  constructor(
    private readonly site: Site,
    changes: Random,
  ) {
    const { transmitter, receiver, wall, door } = site
    const order = PARAMETERS.reflectionOrder.value
    const senderBox = boxOf(site, transmitter)
    const receiverBox = boxOf(site, receiver)
    const senders = imagesOf(transmitter, senderBox, order, changes)
    const receivers = imagesOf(receiver, receiverBox, order, changes)
    const tail = tailOf(receiver, changes)
    if (senderBox === receiverBox) {
      addRaysWithin(this.rooms, senders, receiver, senderBox, site)
      addRaysWithin(this.rooms, tail, transmitter, senderBox, site)
    } else addRaysAcross(this.rooms, senders, [...receivers, ...tail], order, site)
    const legs = (images: Image[], box: Box) => legsTowardsDoor(images, box, site)
    this.panel = new PanelIntegral(door, legs(senders, senderBox), [
      ...legs(receivers, receiverBox),
      ...legs(tail, receiverBox),
    ])
    this.panel.add(this.rooms, 0, openingContrast(wall))
  }

  /** Writes the channel with the door at `angleDeg`, 0 to 90, to `field`. */
  read(angleDeg: number, field: Field): void {
    const position = Math.min(Math.max(angleDeg, 0), WIDEST_DEG) / STEP_DEG
    const lower = Math.min(Math.floor(position), ANGLES - 2)
    field.clear()
    // The phase turns by up to 45° from one angle to the next, too much for a straight line.
    const weights = cubicWeights(position - lower)
    for (let i = 0; i < 4; i++) {
      if (weights[i] === 0) continue
      field.addScaled(this.angle(Math.min(Math.max(lower + i - 1, 0), ANGLES - 1)), weights[i])
    }
  }

  /** Works out one more angle ahead of its use; false when all are there. */
  prepare(): boolean {
    while (this.prepared < ANGLES && this.angles[this.prepared] !== undefined) this.prepared++
    if (this.prepared === ANGLES) return false
    this.angle(this.prepared)
    return true
  }

  private angle(index: number): Field {
    let field = this.angles[index]
    if (field === undefined) {
      field = new Field()
      field.addScaled(this.rooms, 1)
      this.panel.add(field, index * STEP_DEG, panelContrast(this.site.door.panel))
      this.angles[index] = field
    }
    return field
  }
}

function boxOf(site: Site, point: Point): Box {
  return point[0] > 0 ? site.room : site.beyond
}

/** Both ends in one room: one ray for each image of one end, towards the other. */
function addRaysWithin(field: Field, images: Image[], to: Point, box: Box, site: Site): void {
  for (const image of images) {
    const amplitude = reflections(image, to, box, site.wall)
    addRay(field, amplitude, distance(image.at, to), image.offsetM)
  }
}

/** The ends in two rooms: bounces before and behind the wall, and once through it. */
function addRaysAcross(field: Field, senders: Image[], receivers: Image[], order: number, site: Site): void {
  for (const sender of senders) {
    // An image on the other side of the wall moves away from it.
    if (sender.at[0] * site.transmitter[0] < 0) continue
    for (const receiver of receivers) {
      if (sender.order + receiver.order > order || receiver.at[0] * site.receiver[0] < 0) continue
      const lengthM = distance(sender.at, receiver.at)
      const cos = Math.abs(sender.at[0] - receiver.at[0]) / lengthM
      const amplitude = product(
        product(
          reflections(sender, receiver.at, boxOf(site, site.transmitter), site.wall),
          reflections(receiver, sender.at, boxOf(site, site.receiver), site.wall),
        ),
        slabResponse(site.wall, cos, 'TE').transmission,
      )
      addRay(field, amplitude, lengthM, sender.offsetM + receiver.offsetM)
    }
  }
}

/** Friis with isotropic antennas: λ/4πr. */
function addRay(field: Field, { re, im }: { re: number; im: number }, lengthM: number, offsetM: number) {
  const spread = METRES_PER_WAVE / (4 * Math.PI * lengthM)
  field.addWave(re * spread, im * spread, lengthM + offsetM)
}

/** The images that shine on the doorway: none that is a mirror image in the doorway's own wall. */
function legsTowardsDoor(images: Image[], box: Box, { wall, door }: Site): Leg[] {
  const middle: Point = [0, door.hingeYM + (door.along * door.widthM) / 2, door.heightM / 2]
  return images
    .filter(
      ({ order, bouncesOnWall, tail }) =>
        tail !== undefined || (order <= PARAMETERS.panelReflectionOrder.value && bouncesOnWall === 0),
    )
    .map((image) => {
      const amplitude = reflections(image, middle, box, wall)
      const cos = Math.abs(image.at[0]) / distance(image.at, middle)
      const { transmission } = slabResponse(wall, cos, 'TE')
      return {
        at: image.at,
        amplitude,
        amplitudeThroughWall: product(amplitude, transmission),
        offsetM: image.offsetM,
      }
    })
}
