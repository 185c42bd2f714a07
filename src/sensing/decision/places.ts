import type { Output } from '../../domain/model.js'
import type { State } from '../../domain/reading.js'

/** Where a door can rest. 'unknown' stands for whatever was trained on markers that are mapped to no state. */
export type Place = Extract<State, 'closed' | 'ajar' | 'unknown' | 'open'>

const PLACES: readonly Place[] = ['closed', 'ajar', 'unknown', 'open']

export const OPENNESS: Readonly<Record<Place, number>> = { closed: 0, ajar: 0.5, unknown: 0.5, open: 1 }

/** The place that an output speaks for: a standing channel cannot show a movement, so those count as unmapped. */
export function placeOf({ state }: Output): Place {
  return state === 'closed' || state === 'ajar' || state === 'open' ? state : 'unknown'
}

/** The places that a model tells apart, from closed to open. What it was not taught cannot be concluded. */
export function placesOf(outputs: readonly Output[]): Place[] {
  return PLACES.filter((place) => outputs.some((output) => placeOf(output) === place))
}
