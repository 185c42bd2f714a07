import { editDistance } from '../../platform/edit-distance.js'
import { AjarError } from '../../platform/errors.js'
import type { Slab } from './materials.js'

/** x across the wall with the doorway, which is the plane x = 0; y along it; z up. Metres. */
export type Point = readonly [x: number, y: number, z: number]

export interface Box {
  min: Point
  max: Point
  walls: Slab
  floor: Slab
  ceiling: Slab
}

export interface Doorway {
  panel: Slab
  /** y of the hinge, and which way along y the closed panel lies from it. */
  hingeYM: number
  along: 1 | -1
  /** The side of the wall that the door swings to: 1 = the room (x > 0). */
  swing: 1 | -1
  widthM: number
  heightM: number
}

/** All geometry is (D): plain rooms of common size. */
export interface Site {
  name: string
  /** The receiver's room, x > 0. */
  room: Box
  /** What lies beyond the doorway, x < 0. */
  beyond: Box
  /** The wall with the doorway. */
  wall: Slab
  door: Doorway
  transmitter: Point
  receiver: Point
  /** Why nobody could tell this door's state: less by the door than by the room from session to session. */
  impossible?: string
}

const concrete: Slab = { material: 'concrete', thicknessM: 0.2 }
const partition: Slab = { material: 'plasterboard', thicknessM: 0.025 }
const metal: Slab = { material: 'metal' }
const solidWood: Slab = { material: 'wood', thicknessM: 0.044 }
/** Two skins of 3 mm and air. */
const hollow: Slab = { material: 'wood', thicknessM: 0.006 }

/** A link through the doorway. */
const metalDoorway: Site = {
  name: 'metal-doorway',
  room: { min: [0, 0, 0], max: [5.1, 4.2, 2.55], walls: concrete, floor: concrete, ceiling: concrete },
  beyond: { min: [-3.2, -0.6, 0], max: [0, 5.2, 2.55], walls: concrete, floor: concrete, ceiling: concrete },
  wall: concrete,
  door: { panel: metal, hingeYM: 1.55, along: 1, swing: 1, widthM: 0.9, heightM: 2.05 },
  transmitter: [-1.7, 2.3, 1.15],
  receiver: [2.95, 1.95, 1.05],
}

const hollowDoorway: Site = {
  ...metalDoorway,
  name: 'hollow-doorway',
  room: { ...metalDoorway.room, walls: partition, ceiling: partition },
  beyond: { ...metalDoorway.beyond, walls: partition, ceiling: partition },
  wall: partition,
  door: { ...metalDoorway.door, panel: hollow },
}

const solidWoodDoorway: Site = {
  ...metalDoorway,
  name: 'solid-wood-doorway',
  door: { ...metalDoorway.door, panel: solidWood, hingeYM: 2.45, along: -1 },
  transmitter: [-1.8, 2.65, 1.15],
  receiver: [2.35, 1.6, 1.05],
}

const sites: readonly Site[] = [
  metalDoorway,
  solidWoodDoorway,
  hollowDoorway,
  {
    ...hollowDoorway,
    name: 'hollow-in-room',
    transmitter: [4.4, 3.3, 1.15],
    receiver: [1.6, 3.5, 1.05],
    impossible: 'Both ends on one side of a hollow door: it neither stands in the way nor reflects much.',
  },
  {
    ...solidWoodDoorway,
    name: 'short-link',
    transmitter: [3.1, 1, 1.1],
    receiver: [3.1, 1.3, 1.1],
    impossible: 'The antennas are so near each other that the direct path drowns all else.',
  },
  {
    ...solidWoodDoorway,
    name: 'far-corner',
    room: { ...metalDoorway.room, max: [9, 7.5, 2.55] },
    transmitter: [8.3, 6.9, 1.15],
    receiver: [6.6, 6.8, 1.05],
    impossible: 'The link stands in the far corner of a large room and does not look at the door.',
  },
]

export const SITE_NAMES: readonly string[] = sites.map(({ name }) => name)

/** Throws AjarError 'usage.site' that names the known ones, the nearest first. */
export function siteByName(name: string): Site {
  const site = sites.find((candidate) => candidate.name === name)
  if (site !== undefined) return site
  const known = [...SITE_NAMES].sort((a, b) => editDistance(name, a) - editDistance(name, b))
  throw new AjarError(
    'usage.site',
    `There is no simulated site '${name}'.`,
    `Use one of: ${known.join(', ')}.`,
  )
}
