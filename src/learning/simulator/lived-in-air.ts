import type { Body, Presence } from './body.js'
import { Channel } from './channel.js'
import type { Drift } from './drift.js'
import { Field } from './field.js'
import type { Furniture } from './furniture.js'
import { Scene } from './scene.js'
import type { Air } from './simulator.js'
import type { Site } from './sites.js'

/** From this time on the level is off by so much. */
export interface LevelStep {
  atUs: number
  offsetDb: number
}

/** From this time on the antennas stand elsewhere. */
export interface Move {
  atUs: number
  site: Site
  channel: Channel
}

export interface LivedInAirParts {
  site: Site
  seed: number
  channel: Channel
  /** In order of their beginning. */
  people: readonly Presence[]
  furniture: readonly Furniture[]
  drift: Drift | undefined
  levelSteps: readonly LevelStep[]
  moves: readonly Move[]
}

/** What changes slowly is worked out anew so often. */
const SLOW_US = 1_000_000

/** The rooms with people, furniture and time in them. Quick while time goes on; it may jump ahead, not back. */
export class LivedInAir implements Air {
  private readonly field = new Field()
  /** Without people and level. */
  private readonly still = new Field()
  private stillAngleDeg = NaN
  private stillSlot = NaN
  private readonly furnitureMoves: { startUs: number; endUs: number }[]
  private channel: Channel
  private scene: Scene
  private begun = 0
  private readonly present: Presence[] = []
  private moved = 0
  private stepped = 0
  private furnitureMoved = 0
  private level = 1
  /** Reused. */
  private readonly bodies: Body[] = []

  constructor(private readonly parts: LivedInAirParts) {
    this.channel = parts.channel
    this.scene = new Scene(parts.site, parts.seed)
    this.furnitureMoves = parts.furniture.flatMap(({ moves }) => moves).sort((a, b) => a.startUs - b.startUs)
  }

  at(timeUs: number, angleDeg: number): Field {
    this.goOn(timeUs)
    const slot = this.furnitureMoving(timeUs) ? timeUs : Math.floor(timeUs / SLOW_US)
    if (angleDeg !== this.stillAngleDeg || slot !== this.stillSlot) {
      this.readStill(timeUs, angleDeg)
      this.stillAngleDeg = angleDeg
      this.stillSlot = slot
    }
    const { field, still } = this
    field.re.set(still.re)
    field.im.set(still.im)
    if (this.present.length > 0) this.scene.add(field, angleDeg, this.bodiesAt(timeUs, this.present))
    if (this.level !== 1) field.scale(this.level)
    return field
  }

  private readStill(timeUs: number, angleDeg: number): void {
    const { still, parts } = this
    this.channel.read(angleDeg, still)
    this.scene.add(still, angleDeg, this.bodiesAt(timeUs, parts.furniture))
    parts.drift?.apply(still, timeUs)
  }

  private bodiesAt(timeUs: number, presences: readonly Presence[]): readonly Body[] {
    const { bodies } = this
    bodies.length = 0
    for (const presence of presences) bodies.push(presence.at(timeUs))
    return bodies
  }

  /** Who is there, where the antennas stand, and the level. */
  private goOn(timeUs: number): void {
    const { people, moves, levelSteps } = this.parts
    for (let i = this.present.length - 1; i >= 0; i--)
      if (this.present[i].endUs <= timeUs) this.present.splice(i, 1)
    for (; this.begun < people.length && people[this.begun].startUs <= timeUs; this.begun++)
      if (people[this.begun].endUs > timeUs) this.present.push(people[this.begun])
    for (; this.moved < moves.length && moves[this.moved].atUs <= timeUs; this.moved++) {
      this.channel = moves[this.moved].channel
      this.scene = new Scene(moves[this.moved].site, this.parts.seed, this.parts.site)
      this.stillSlot = NaN
    }
    for (; this.stepped < levelSteps.length && levelSteps[this.stepped].atUs <= timeUs; this.stepped++)
      this.level = 10 ** (levelSteps[this.stepped].offsetDb / 20)
  }

  private furnitureMoving(timeUs: number): boolean {
    const { furnitureMoves: moves } = this
    while (this.furnitureMoved < moves.length && moves[this.furnitureMoved].endUs <= timeUs)
      this.furnitureMoved++
    return this.furnitureMoved < moves.length && moves[this.furnitureMoved].startUs <= timeUs
  }
}
