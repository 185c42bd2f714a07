import { Random } from '../random.js'

/** Why a take was not kept; stays in the plan, so that a site's troubles can be read from it. */
export interface RefusedTake {
  marker: string
  code: string
  text: string
}

export interface PlannedVisit {
  marker: string
  /** Name of the visit that fills this place; absent while it is open. */
  visit?: string
}

export interface PlannedSession {
  name: string
  /** Wall clock, ms since 1970; 0 where it had not been set. */
  startedMs: number
  /** The receiver was reset before it; else the occasion alone makes it a session of its own. */
  receiverReset: boolean
  /** In the order in which they are to be taken. */
  visits: PlannedVisit[]
  /** Takes so far, refused ones too: names and simulated time go on with it. */
  takes: number
  refused: RefusedTake[]
}

/** All that a calibration is and has come to: what a power cut must not take away. */
export interface VisitPlan {
  version: 1
  name: string
  /** Id of the place: of one door and one mounting. */
  place: string
  markers: string[]
  states: Record<string, 'closed' | 'ajar' | 'open'>
  visitsPerMarker: number
  secondsPerVisit: number
  simulated?: { site: string; seed: number }
  sessions: PlannedSession[]
}

/**
 * Each marker so many times, in random order, never the same twice in a row where that can be: a door that is not moved
 * between two visits shows nothing of how well a marker is found again.
 */
export function visitOrder(markers: readonly string[], visitsPerMarker: number, random: Random): string[] {
  const left = new Map(markers.map((marker) => [marker, visitsPerMarker]))
  const order: string[] = []
  for (let open = markers.length * visitsPerMarker; open > 0; open--) {
    const others = [...left].filter(([marker, count]) => count > 0 && marker !== order.at(-1))
    // One that has more than half of what is left would come twice in a row at the end.
    const urgent = others.filter(([, count]) => 2 * count > open)
    const candidates = urgent.length > 0 ? urgent : others.length > 0 ? others : [...left]
    const lots = candidates.flatMap(([marker, count]) => new Array<string>(count).fill(marker))
    const marker = lots[Math.floor(random.share() * lots.length)]
    left.set(marker, (left.get(marker) ?? 0) - 1)
    order.push(marker)
  }
  return order
}

/** The plan with one more session, all of its visits open. */
export function withSession(
  plan: VisitPlan,
  about: { startedMs: number; receiverReset: boolean },
): VisitPlan {
  const number = plan.sessions.length + 1
  const random = new Random('calibrate', plan.name, number, plan.simulated?.seed ?? about.startedMs)
  const order = visitOrder(plan.markers, plan.visitsPerMarker, random)
  const session: PlannedSession = {
    name: `session-${number}`,
    ...about,
    visits: order.map((marker) => ({ marker })),
    takes: 0,
    refused: [],
  }
  return { ...plan, sessions: [...plan.sessions, session] }
}

/** What is to be recorded next: of the first session with an open visit; not the marker just taken where that can be. */
export function nextVisit(
  plan: VisitPlan,
): { session: PlannedSession; index: number; marker: string } | undefined {
  for (const session of plan.sessions) {
    const last = lastTaken(session)?.marker
    const open = session.visits.flatMap(({ visit }, place) => (visit === undefined ? [place] : []))
    const index = open.find((place) => session.visits[place].marker !== last) ?? open[0]
    if (index !== undefined) return { session, index, marker: session.visits[index].marker }
  }
  return undefined
}

function lastTaken(session: PlannedSession): PlannedVisit | undefined {
  const takeOf = ({ visit = '0' }: PlannedVisit) => Number(/\d+$/.exec(visit)?.[0])
  return session.visits
    .filter(({ visit }) => visit !== undefined)
    .reduce<PlannedVisit | undefined>(
      (last, one) => (last && takeOf(last) > takeOf(one) ? last : one),
      undefined,
    )
}

/** A take begins: its name, which no other take has or had. */
export function beginTake(session: PlannedSession): string {
  session.takes += 1
  return `${session.name}-take-${session.takes}`
}

/** Visits that turned out wrong are open again, at the end of the session. */
export function reopen(session: PlannedSession, visits: readonly string[]): void {
  const wrong = session.visits.filter(({ visit }) => visit !== undefined && visits.includes(visit))
  session.visits = session.visits.filter((one) => !wrong.includes(one))
  session.visits.push(...wrong.map(({ marker }) => ({ marker })))
}
