import type { Measured } from '../../domain/commissioning.js'
import type { DoorEvent } from '../../domain/event.js'
import type { ReedEdge } from '../events/labelled-burst.js'

/** An event is of an edge that lies in it, or so near, µs (method.md, Evaluation: 3 s). */
const TOLERANCE_US = 3_000_000
/** An edge that no event has told of by then was missed, µs (D; events are told within 8 s and a pass-through). */
const MISSED_US = 45_000_000
const MOST_DAYS = 400
const MOST_WAITING = 200

export type DayScore = Pick<Measured, 'reed' | 'found' | 'told' | 'false'>

/**
 * What the live model tells, against a reed that stayed. A pass-through is an opening and a closing. What is told
 * without an edge is false only once the reed changes again: one that was taken off proves nothing.
 */
export class RunningScore {
  private edges: (ReedEdge & { found: boolean; day: string })[] = []
  private unconfirmed: { open: boolean; startUs: number; endUs: number; day: string }[] = []
  /** An opening or closing that may yet be told as half of a pass-through. */
  private half: { startUs: number; open: boolean } | undefined

  /** @param days goes on from there. */
  constructor(readonly days: Record<string, DayScore>) {}

  edge(edge: ReedEdge, day: string): void {
    const own = this.unconfirmed.find((event) => event.open === edge.open && isNear(edge.atUs, event))
    for (const event of this.unconfirmed.splice(0)) if (event !== own) this.of(event.day).false++
    this.edges.push({ ...edge, found: own !== undefined, day })
    if (this.edges.length > MOST_WAITING) this.settle(Infinity)
  }

  told(event: Pick<DoorEvent, 'kind' | 'startUs' | 'endUs'>, day: string): void {
    const { startUs, endUs } = event
    for (const open of this.halves(event)) {
      this.of(day).told++
      const edge = this.edges.find(
        ({ open: own, atUs, found }) => own === open && !found && isNear(atUs, event),
      )
      if (edge !== undefined) edge.found = true
      else if (this.unconfirmed.length < MOST_WAITING) this.unconfirmed.push({ open, startUs, endUs, day })
    }
  }

  /** Whether it opened, whether it closed; a half that was told before is not told again (event-teller.ts). */
  private halves({ kind, startUs }: Pick<DoorEvent, 'kind' | 'startUs'>): boolean[] {
    const { half } = this
    this.half = undefined
    if (kind === 'passed-through') return half?.startUs === startUs ? [!half.open] : [true, false]
    const open = kind === 'opened'
    this.half = { startUs, open }
    return [open]
  }

  /** Device time. */
  tick(nowUs: number): void {
    this.settle(nowUs - MISSED_US)
  }

  /** The device's time has begun again. */
  reset(): void {
    this.settle(Infinity)
    this.unconfirmed = []
  }

  total(): Measured {
    return totalOf(this.days)
  }

  private settle(untilUs: number): void {
    const over = this.edges.filter(({ atUs }) => atUs <= untilUs)
    this.edges = this.edges.filter((edge) => !over.includes(edge))
    for (const { found, day } of over) {
      this.of(day).reed++
      if (found) this.of(day).found++
    }
  }

  private of(day: string): DayScore {
    this.days[day] ??= { reed: 0, found: 0, told: 0, false: 0 }
    const names = Object.keys(this.days)
    if (names.length > MOST_DAYS) delete this.days[names[0]]
    return this.days[day]
  }
}

/** Over all days. */
export function totalOf(days: Readonly<Record<string, DayScore>>): Measured {
  const all = Object.values(days)
  const sum = (of: (day: DayScore) => number): number => all.reduce((total, day) => total + of(day), 0)
  return {
    reed: sum(({ reed }) => reed),
    found: sum(({ found }) => found),
    told: sum(({ told }) => told),
    false: sum((day) => day.false),
    days: all.length,
  }
}

function isNear(atUs: number, { startUs, endUs }: { startUs: number; endUs: number }): boolean {
  return atUs >= startUs - TOLERANCE_US && atUs <= endUs + TOLERANCE_US
}
