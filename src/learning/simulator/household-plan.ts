import type { Presence } from './body.js'
import type { Swing } from './door.js'
import { Floor, type Side } from './floor.js'
import { Furniture } from './furniture.js'
import { PARAMETERS } from './parameters.js'
import { Sitter, Walker } from './person.js'
import type { Random } from '../random.js'
import { Route } from './route.js'
import { seconds } from './schedule.js'
import type { Site } from './sites.js'

/** What a reader of door events is to find. */
export interface DoorEvent {
  kind: 'opened' | 'closed' | 'passed-through'
  /** First and last motion of the door. */
  startUs: number
  endUs: number
}

/** Something that happens, from its first motion to its last. */
export interface Happening {
  kind: 'door' | 'person' | 'furniture' | 'reboot' | 'level' | 'nudge'
  startUs: number
  endUs: number
}

interface Occupant {
  /** Of its seats. */
  index: number
  seat: { side: Side; sinceUs: number; untilUs: number } | undefined
}

/** (D) */
const BUMP_M_PER_S = 1
const HOUR_US = 3_600e6
const MINUTE_US = 60e6
const DAY_US = 24 * HOUR_US

/** The days of a household: who is where and when, and what the door and the furniture do by that. */
export class HouseholdPlan {
  readonly restDeg: number
  readonly swings: Swing[] = []
  readonly events: DoorEvent[] = []
  readonly happenings: Happening[] = []
  readonly people: Presence[] = []
  readonly furniture: Furniture[]
  private readonly floor: Floor
  private readonly occupants: Occupant[]
  private open = false
  private closeAtUs = Infinity
  /** End of the last doing. */
  private doneUs = 0

  constructor(
    private readonly site: Site,
    days: number,
    private readonly random: Random,
  ) {
    this.floor = new Floor(site, random)
    this.restDeg = random.between(PARAMETERS.closedDeg.value)
    this.furniture = Array.from(
      { length: 2 * PARAMETERS.furniturePieces.value },
      (_, i) => new Furniture(this.floor.spot(i % 2 === 0 ? 1 : -1, random), random),
    )
    this.occupants = Array.from({ length: PARAMETERS.occupants.value }, (_, index) => ({
      index,
      seat: undefined,
    }))
    for (let day = 0; day < days; day++) this.live(day)
    this.people.sort((a, b) => a.startUs - b.startUs)
    this.happenings.sort((a, b) => a.startUs - b.startUs)
  }

  /** Someone who comes to an antenna, bumps into it at this time, and goes. */
  bump(atUs: number, antenna: 'transmitter' | 'receiver', random: Random): void {
    const at = this.site[antenna]
    const side = at[0] > 0 ? 1 : -1
    const exit = this.floor.exit(side)
    const there = this.floor.byAntenna(at)
    const approach = new Route(0, exit, random).go(there, BUMP_M_PER_S)
    const route = new Route(atUs - approach.endUs - 1e6, exit, random)
    route.go(there, BUMP_M_PER_S).wait(2e6).go(exit)
    this.people.push(new Walker(route, random, true, true))
    this.people.sort((a, b) => a.startUs - b.startUs)
    this.happenings.push({ kind: 'nudge', startUs: route.startUs, endUs: route.endUs })
  }

  private live(day: number): void {
    const { random } = this
    const wakeUs = Math.round(day * DAY_US + random.between(PARAMETERS.wakeHour.value) * HOUR_US)
    const bedUs = Math.round(day * DAY_US + random.between(PARAMETERS.bedHour.value) * HOUR_US)
    const opens = 1 + (1 - PARAMETERS.dayPassThroughShare.value) // one that stays open is closed, too
    const doings = [
      ...times(random.between(PARAMETERS.doorUses.value) / opens, (atUs: number) => this.useDoor(atUs)),
      ...times(random.between(PARAMETERS.personOnly.value), (atUs: number) => this.walkAbout(atUs)),
      ...times(wholeBetween(PARAMETERS.furnitureMovesPerDay.value, random), (atUs: number) =>
        this.moveFurniture(atUs),
      ),
    ]
      .map((begin) => ({ atUs: Math.round(random.between([wakeUs, bedUs])), begin }))
      .sort((a, b) => a.atUs - b.atUs)
    this.doneUs = Math.max(this.doneUs, wakeUs)
    for (const { atUs, begin } of doings) {
      this.settle(atUs)
      const startUs = this.after(atUs)
      if (startUs < bedUs) begin(startUs)
    }
    this.settle(bedUs)
    for (const occupant of this.occupants)
      if (occupant.seat !== undefined) this.leave(occupant, this.after(bedUs))
  }

  /** Does what is due before: closes the door, gets up. */
  private settle(beforeUs: number): void {
    for (;;) {
      const first = this.occupants
        .filter(({ seat }) => seat !== undefined)
        .sort((a, b) => a.seat!.untilUs - b.seat!.untilUs)
        .at(0)
      const getUpUs = first?.seat?.untilUs ?? Infinity
      if (Math.min(getUpUs, this.closeAtUs) >= beforeUs) return
      if (this.closeAtUs <= getUpUs) this.close(this.after(this.closeAtUs))
      else this.leave(first!, this.after(getUpUs))
    }
  }

  private after(atUs: number): number {
    return Math.max(atUs, this.doneUs + seconds(this.random, PARAMETERS.restSeconds.value))
  }

  /** Passes through, or opens and leaves it open; walks through without touching it where it is open already. */
  private useDoor(startUs: number): void {
    const { random, floor } = this
    const occupant = this.anyone()
    const { route, side } = this.setOut(occupant, startUs)
    route.go(floor.byDoor(side))
    if (this.open) {
      route.go(floor.byDoor(other(side)))
      this.finish('person', occupant, route, other(side))
      return
    }
    if (random.share() < PARAMETERS.companyShare.value) this.accompany(startUs)
    const opening = this.swing(
      route.endUs + seconds(random, PARAMETERS.reachSeconds.value),
      PARAMETERS.openDeg.value,
    )
    if (random.share() < PARAMETERS.dayPassThroughShare.value) {
      route.waitUntil(halfway(opening)).go(floor.byDoor(other(side)))
      const closeUs = route.endUs + seconds(random, PARAMETERS.passThroughPauseSeconds.value)
      const closing = this.swing(Math.max(closeUs, endOf(opening)), PARAMETERS.closedDeg.value)
      route.waitUntil(halfway(closing))
      this.events.push({ kind: 'passed-through', startUs: opening.startUs, endUs: endOf(closing) })
      this.finish('door', occupant, route, other(side))
      return
    }
    if (random.share() < PARAMETERS.ajarShare.value) opening.toDeg = random.between(PARAMETERS.ajarDeg.value)
    this.open = true
    this.closeAtUs =
      endOf(opening) + Math.round(logUniform(PARAMETERS.stayOpenMinutes.value, random) * MINUTE_US)
    this.events.push({ kind: 'opened', startUs: opening.startUs, endUs: endOf(opening) })
    route.waitUntil(halfway(opening))
    const stays = random.share() < PARAMETERS.turnBackShare.value
    if (!stays) route.go(floor.byDoor(other(side)))
    this.finish('door', occupant, route, stays ? side : other(side))
  }

  private close(startUs: number): void {
    const { random, floor } = this
    const occupant = this.anyone()
    const { route, side } = this.setOut(occupant, startUs)
    route.go(floor.byDoor(side))
    const through = random.share() < 0.5
    if (through) route.go(floor.byDoor(other(side)))
    const closing = this.swing(
      route.endUs + seconds(random, PARAMETERS.reachSeconds.value),
      PARAMETERS.closedDeg.value,
    )
    this.open = false
    this.closeAtUs = Infinity
    this.events.push({ kind: 'closed', startUs: closing.startUs, endUs: endOf(closing) })
    route.waitUntil(halfway(closing))
    this.finish('door', occupant, route, through ? other(side) : side)
  }

  private walkAbout(startUs: number): void {
    const occupant = this.anyone()
    const { route, side } = this.setOut(occupant, startUs)
    this.wander(route, side)
    this.finish('person', occupant, route, side)
  }

  private moveFurniture(startUs: number): void {
    const { random, floor } = this
    const index = Math.floor(random.share() * this.furniture.length)
    const piece = this.furniture[index]
    const side = index % 2 === 0 ? 1 : -1
    const route = new Route(startUs, floor.exit(side), random).go(piece.spot).wait(1e6)
    const from = piece.spot
    const to = floor.near(side, from, PARAMETERS.furnitureMoveM.value, random)
    const moveUs = route.endUs
    route.go(to, PARAMETERS.furnitureMPerS.value)
    piece.moves.push({ startUs: moveUs, endUs: route.endUs, from, to })
    this.finish('furniture', undefined, route.wait(1e6), side)
  }

  private leave(occupant: Occupant, startUs: number): void {
    const { route, side } = this.setOut(occupant, startUs)
    this.walk('person', route.go(this.floor.exit(side)), false, true)
  }

  /** Someone else, meanwhile. */
  private accompany(startUs: number): void {
    const side = this.anySide()
    const route = new Route(startUs, this.floor.exit(side), this.random)
    this.wander(route, side)
    this.walk('door', route.go(this.floor.exit(side)), true, true)
  }

  private wander(route: Route, side: Side): void {
    const points = wholeBetween(PARAMETERS.waypoints.value, this.random)
    for (let i = 0; i < points; i++)
      route.go(this.floor.spot(side, this.random)).wait(seconds(this.random, PARAMETERS.lingerSeconds.value))
  }

  private anyone(): Occupant {
    return this.occupants[Math.floor(this.random.share() * this.occupants.length)]
  }

  private anySide(): Side {
    return this.random.share() < 0.5 ? 1 : -1
  }

  /** From the seat, or in by another door. */
  private setOut({ index, seat }: Occupant, startUs: number): { route: Route; side: Side } {
    const side = seat?.side ?? this.anySide()
    const spot = seat === undefined ? this.floor.exit(side) : this.floor.seat(side, index)
    if (seat !== undefined) this.people.push(new Sitter(seat.sinceUs, startUs, spot, this.random))
    this.occupants[index].seat = undefined
    return { route: new Route(startUs, spot, this.random), side }
  }

  /** To a seat, or out. */
  private finish(kind: Happening['kind'], occupant: Occupant | undefined, route: Route, side: Side): void {
    const { random, floor } = this
    const comesIn = sameSpot(route.start, floor.exit(1)) || sameSpot(route.start, floor.exit(-1))
    const sits = occupant !== undefined && random.share() < PARAMETERS.sitShare.value
    route.go(sits ? floor.seat(side, occupant.index) : floor.exit(side))
    this.walk(kind, route, comesIn, !sits)
    if (!sits) return
    const lastsUs = Math.round(logUniform(PARAMETERS.sitMinutes.value, random) * MINUTE_US)
    occupant.seat = { side, sinceUs: route.endUs, untilUs: route.endUs + lastsUs }
  }

  private walk(kind: Happening['kind'], route: Route, comesIn: boolean, goesOut: boolean): void {
    this.people.push(new Walker(route, this.random, comesIn, goesOut))
    this.doneUs = Math.max(this.doneUs, route.endUs, ...this.swings.slice(-1).map(endOf))
    this.happenings.push({ kind, startUs: route.startUs, endUs: this.doneUs })
  }

  private swing(startUs: number, range: readonly [number, number]): Swing {
    const durationUs = seconds(this.random, PARAMETERS.swingSeconds.value)
    const swing = { startUs, durationUs, toDeg: this.random.between(range) }
    this.swings.push(swing)
    return swing
  }
}

function endOf({ startUs, durationUs }: Swing): number {
  return startUs + durationUs
}

/** A person goes on from here: the door is out of the way, or the hand off it. */
function halfway({ startUs, durationUs }: Swing): number {
  return startUs + Math.round(durationUs / 2)
}

function other(side: Side): Side {
  return side > 0 ? -1 : 1
}

function sameSpot(p: readonly [number, number], q: readonly [number, number]): boolean {
  return p[0] === q[0] && p[1] === q[1]
}

function times<T>(count: number, item: T): T[] {
  return new Array<T>(Math.round(count)).fill(item)
}

function wholeBetween([least, greatest]: readonly [number, number], random: Random): number {
  return least + Math.floor(random.share() * (greatest - least + 1))
}

function logUniform([least, greatest]: readonly [number, number], random: Random): number {
  return least * Math.exp(Math.log(greatest / least) * random.share())
}
