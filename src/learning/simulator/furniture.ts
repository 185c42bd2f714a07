import type { Body, Presence } from './body.js'
import { minimumJerk } from './door.js'
import { PARAMETERS } from './parameters.js'
import type { Random } from '../random.js'
import type { Spot } from './route.js'

/** From one place to the next. */
interface Move {
  startUs: number
  endUs: number
  from: Spot
  to: Spot
}

/** A chair or box that stands, and is moved now and then. Always there. */
export class Furniture implements Presence {
  readonly startUs = -Infinity
  readonly endUs = Infinity
  readonly moves: Move[] = []
  private readonly body: Body

  constructor(
    private readonly start: Spot,
    random: Random,
  ) {
    const crossSection = random.between(PARAMETERS.furnitureCrossSectionM2.value)
    this.body = {
      points: [{ x: 0, y: 0, z: PARAMETERS.furnitureTopM.value / 2, size: Math.sqrt(crossSection) }],
      x: 0,
      y: 0,
      widthM: PARAMETERS.furnitureSizeM.value,
      bottomM: 0,
      topM: PARAMETERS.furnitureTopM.value,
      presence: 1,
    }
  }

  /** Where it stands after all its moves. */
  get spot(): Spot {
    return this.moves.at(-1)?.to ?? this.start
  }

  at(timeUs: number): Body {
    const move = this.moves.findLast(({ startUs }) => startUs <= timeUs)
    let [x, y] = this.start
    if (move !== undefined) {
      const share = minimumJerk(Math.min((timeUs - move.startUs) / (move.endUs - move.startUs), 1))
      x = move.from[0] + share * (move.to[0] - move.from[0])
      y = move.from[1] + share * (move.to[1] - move.from[1])
    }
    this.body.x = x
    this.body.y = y
    this.body.points[0].x = x
    this.body.points[0].y = y
    return this.body
  }
}
