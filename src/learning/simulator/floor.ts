import { PARAMETERS } from './parameters.js'
import type { Random } from '../random.js'
import type { Spot } from './route.js'
import type { Box, Point, Site } from './sites.js'

/** The room, x > 0, or what lies beyond. */
export type Side = 1 | -1

const TRIES = 100

/** Where people go in both rooms. */
export class Floor {
  private readonly exits: Record<Side, Spot>
  private readonly seats: Record<Side, Spot[]>

  /** @param random where this household has its seats and its other doors. */
  constructor(
    private readonly site: Site,
    random: Random,
  ) {
    this.exits = { 1: this.farSpot(1, random), [-1]: this.farSpot(-1, random) }
    const seats = (side: Side) =>
      Array.from({ length: PARAMETERS.occupants.value }, () => this.spot(side, random))
    this.seats = { 1: seats(1), [-1]: seats(-1) }
  }

  /** By the other door of this room, which nobody watches. */
  exit(side: Side): Spot {
    return this.exits[side]
  }

  seat(side: Side, occupant: number): Spot {
    return this.seats[side][occupant]
  }

  /** Where one stands to use the door: out of its way on the side that it swings to. */
  byDoor(side: Side): Spot {
    const { hingeYM, along, widthM, swing } = this.site.door
    return [side * (swing === side ? 1.05 : 0.65) * widthM, hingeYM + along * 0.75 * widthM]
  }

  /** Anywhere in the room that is not by an antenna. */
  spot(side: Side, random: Random): Spot {
    const { min, max } = this.box(side)
    const margin = PARAMETERS.wallClearanceM.value
    const draw = (): Spot => [
      random.between([min[0] + margin, max[0] - margin]),
      random.between([min[1] + margin, max[1] - margin]),
    ]
    return this.clear(draw, draw)
  }

  /** Some way from a spot, within the room. */
  near(side: Side, [x, y]: Spot, range: readonly [number, number], random: Random): Spot {
    const { min, max } = this.box(side)
    const margin = PARAMETERS.wallClearanceM.value
    return this.clear(
      () => {
        const way = random.between(range)
        const direction = 2 * Math.PI * random.share()
        return [x + way * Math.cos(direction), y + way * Math.sin(direction)]
      },
      () => this.spot(side, random),
      (to) =>
        to[0] > min[0] + margin &&
        to[0] < max[0] - margin &&
        to[1] > min[1] + margin &&
        to[1] < max[1] - margin,
    )
  }

  /** Within reach of an antenna, where someone bumps into it. */
  byAntenna([x, y]: Point): Spot {
    const { min, max } = this.box(x > 0 ? 1 : -1)
    const towardsX = (min[0] + max[0]) / 2 - x
    const towardsY = (min[1] + max[1]) / 2 - y
    const length = Math.hypot(towardsX, towardsY)
    const reach = PARAMETERS.antennaClearanceM.value
    return [x + (reach * towardsX) / length, y + (reach * towardsY) / length]
  }

  /** By the wall opposite the doorway. */
  private farSpot(side: Side, random: Random): Spot {
    const { min, max } = this.box(side)
    const x = side > 0 ? max[0] - 0.3 : min[0] + 0.3
    const margin = PARAMETERS.wallClearanceM.value
    const draw = (): Spot => [x, random.between([min[1] + margin, max[1] - margin])]
    return this.clear(draw, draw)
  }

  private box(side: Side): Box {
    return side > 0 ? this.site.room : this.site.beyond
  }

  private clear(draw: () => Spot, otherwise: () => Spot, fits: (spot: Spot) => boolean = () => true): Spot {
    const { transmitter, receiver } = this.site
    for (let i = 0; i < TRIES; i++) {
      const spot = draw()
      const nearest = Math.min(
        ...[transmitter, receiver].map((antenna) => Math.hypot(spot[0] - antenna[0], spot[1] - antenna[1])),
      )
      if (nearest > PARAMETERS.antennaClearanceM.value && fits(spot)) return spot
    }
    return otherwise()
  }
}
