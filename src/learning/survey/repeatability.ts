import { squaredDistance } from './discriminant.js'
import { groupBy } from './group-by.js'
import { meanVector } from './mean-vector.js'
import type { SurveyPoint } from './points.js'

/** Whether a marker that is visited again in the same session looks the same again. */
export interface Repeatability {
  /**
   * Share of visits that are nearest to the other visits of their own marker in their session, over markers; where no
   * marker was visited twice, of second halves of visits nearest to their own first. Null where nothing can be compared.
   */
  accuracy: number | null
  /** What arbitrary names would reach. */
  chance: number | null
  basis: 'visits' | 'halves' | 'none'
  /** Rms distances, nepers: two visits of a marker in a session, two halves of a visit, a marker in two sessions. */
  visits: number | null
  halves: number | null
  sessions: number | null
}

interface Judged {
  marker: string
  right: boolean
  chance: number
}

export function repeatabilityOf(points: readonly SurveyPoint[]): Repeatability {
  const sessions = [...groupBy(points, ({ session }) => session).values()]
  const again = sessions.flatMap((own) => judge(own, visitAgain))
  const halves = again.length > 0 ? [] : sessions.flatMap((own) => judge(own, secondHalf))
  const judged = again.length > 0 ? again : halves
  const byMarker = [...groupBy(judged, ({ marker }) => marker).values()]
  const share = (of: (one: Judged) => number) =>
    judged.length === 0 ? null : mean(byMarker.map((own) => mean(own.map(of))))
  const cells = [...groupBy(points, ({ session, marker }) => `${session}\n${marker}`).values()]
  return {
    accuracy: share(({ right }) => Number(right)),
    chance: share(({ chance }) => chance),
    basis: again.length > 0 ? 'visits' : halves.length > 0 ? 'halves' : 'none',
    visits: rms(cells.flatMap((own) => pairs(own.map(({ vector }) => vector)))),
    halves: rms(points.flatMap((point) => (point.halves ? [squaredDistance(...point.halves)] : []))),
    sessions: rms(
      [...groupBy(points, ({ marker }) => marker).values()].flatMap((own) =>
        pairs([...groupBy(own, ({ session }) => session).values()].map(centre)),
      ),
    ),
  }
}

/** What is judged of a point, and what its marker's and the other markers' means are made of. */
type Look = (
  own: readonly SurveyPoint[],
  point: SurveyPoint,
) => { vector: Float64Array; others: { marker: string; vector: Float64Array }[] } | undefined

const visitAgain: Look = (own, point) => {
  const others = own.filter((other) => other !== point)
  return others.some(({ marker }) => marker === point.marker) ? { vector: point.vector, others } : undefined
}

const secondHalf: Look = (own, point) =>
  point.halves && {
    vector: point.halves[1],
    others: own.flatMap(({ marker, halves }) => (halves ? [{ marker, vector: halves[0] }] : [])),
  }

function judge(own: readonly SurveyPoint[], look: Look): Judged[] {
  return own.flatMap((point) => {
    const { vector, others = [] } = look(own, point) ?? {}
    const means = [...groupBy(others, ({ marker }) => marker)].map(([marker, same]) => ({
      marker,
      vector: centre(same),
    }))
    if (vector === undefined || means.length < 2) return []
    const distances = means.map((one) => squaredDistance(vector, one.vector))
    const nearest = means[distances.indexOf(Math.min(...distances))].marker
    return [{ marker: point.marker, right: nearest === point.marker, chance: 1 / means.length }]
  })
}

function pairs(vectors: readonly Float64Array[]): number[] {
  return vectors.flatMap((one, index) => vectors.slice(index + 1).map((other) => squaredDistance(one, other)))
}

function centre(items: readonly { vector: Float64Array }[]): Float64Array {
  return meanVector(items.map(({ vector }) => vector))
}

function rms(squares: readonly number[]): number | null {
  return squares.length === 0 ? null : Math.sqrt(mean(squares))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value / values.length, 0)
}
