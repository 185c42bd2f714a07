import type { Point } from './discriminant.js'
import { groupBy } from './group-by.js'

/**
 * `crossed`: each session visits every marker. `nested`: each session has one marker, so that what is seen of a marker may
 * be the session's. `mixed`: neither.
 */
export interface Design {
  kind: 'crossed' | 'nested' | 'mixed'
  markers: string[]
  sessions: string[]
  /** Sessions in which markers can be compared: two markers or more. */
  comparable: string[]
  /** Number of sessions of each marker, in the order of `markers`. */
  sessionsOfMarker: number[]
  /** Some marker of some session was visited twice. */
  repeated: boolean
}

export function designOf(points: readonly Point[]): Design {
  const markers = [...new Set(points.map(({ marker }) => marker))].sort()
  const bySession = groupBy(points, ({ session }) => session)
  const markersOf = new Map(
    [...bySession].map(([session, own]) => [session, new Set(own.map(({ marker }) => marker))]),
  )
  const sessions = [...markersOf.keys()]
  const comparable = sessions.filter((session) => markersOf.get(session)!.size >= 2)
  const complete = sessions.every((session) => markersOf.get(session)!.size === markers.length)
  return {
    kind: comparable.length === 0 ? 'nested' : complete ? 'crossed' : 'mixed',
    markers,
    sessions,
    comparable,
    sessionsOfMarker: markers.map(
      (marker) => sessions.filter((session) => markersOf.get(session)!.has(marker)).length,
    ),
    repeated: [...bySession].some(([session, own]) => own.length > markersOf.get(session)!.size),
  }
}
