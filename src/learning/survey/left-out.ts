import { shareLower95 } from './bounds.js'
import { fitDiscriminant, nearestMarker, type Discriminant, type Point } from './discriminant.js'
import { groupBy } from './group-by.js'

/** What models that had not seen a visit's session call it. */
export interface LeftOutVisit<P extends Point> {
  point: P
  called: string
  /** Where it lies on the door axis of that model: sd of a marker's visits, 0 midway between the outermost markers. */
  axis: number
}

export interface LeftOut<P extends Point> {
  visits: LeftOutVisit<P>[]
  /** Each session with the discriminant of the others. */
  fits: Map<string, Discriminant>
  sessions: { session: string; visits: number; visitsRight: number }[]
}

/** Leaves each session out once. Of one session nothing can be said: all stays empty. */
export function leaveSessionsOut<P extends Point>(points: readonly P[]): LeftOut<P> {
  const bySession = groupBy(points, ({ session }) => session)
  const result: LeftOut<P> = { visits: [], fits: new Map(), sessions: [] }
  if (bySession.size < 2) return result
  const markers = [...new Set(points.map(({ marker }) => marker))].sort()
  for (const [session, own] of bySession) {
    const fit = fitDiscriminant(points.filter((point) => point.session !== session))
    const project = doorAxis(fit, markers)
    result.fits.set(session, fit)
    const visits = own.map((point) => ({
      point,
      called: nearestMarker(fit, point.vector),
      axis: project(point.vector),
    }))
    result.visits.push(...visits)
    const visitsRight = visits.filter(({ point, called }) => called === point.marker).length
    result.sessions.push({ session, visits: own.length, visitsRight })
  }
  return result
}

/** Mean over markers of the mean share right over the marker's sessions; null of nothing. */
export function balancedAccuracy(visits: readonly LeftOutVisit<Point>[]): number | null {
  if (visits.length === 0) return null
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value / values.length, 0)
  const byMarker = [...groupBy(visits, ({ point }) => point.marker).values()]
  return mean(
    byMarker.map((own) =>
      mean(
        [...groupBy(own, ({ point }) => point.session).values()].map((session) =>
          mean(session.map(({ point, called }) => Number(called === point.marker))),
        ),
      ),
    ),
  )
}

/** Sessions of which every visit was called right, and the least share of sessions that this says, with 95 %. */
export function sessionsRight(sessions: readonly { visits: number; visitsRight: number }[]): {
  right: number
  count: number
  lower95: number | null
} {
  const right = sessions.filter(({ visits, visitsRight }) => visits === visitsRight).length
  const count = sessions.length
  return { right, count, lower95: count === 0 ? null : shareLower95(right, count) }
}

/** Rows: what it was; columns: what it was called. */
export function confusionOf(markers: readonly string[], visits: readonly LeftOutVisit<Point>[]): number[][] {
  return markers.map((was) =>
    markers.map((called) => visits.filter((one) => one.point.marker === was && one.called === called).length),
  )
}

/** Along the line through the centres of the two markers that lie furthest apart, the first in order at its low end. */
function doorAxis({ whiten, centres, markers }: Discriminant, order: readonly string[]) {
  let best = { length: 0, from: centres[0], to: centres[0] }
  for (let i = 0; i < centres.length; i++)
    for (let j = 0; j < centres.length; j++) {
      if (order.indexOf(markers[i]) >= order.indexOf(markers[j])) continue
      const length = Math.hypot(...centres[i].map((value, at) => value - centres[j][at]))
      if (length > best.length) best = { length, from: centres[i], to: centres[j] }
    }
  const { length, from, to } = best
  return (vector: Float64Array): number => {
    if (length === 0) return 0
    const z = whiten(vector)
    return z.reduce(
      (sum, value, at) => sum + ((value - (from[at] + to[at]) / 2) * (to[at] - from[at])) / length,
      0,
    )
  }
}
