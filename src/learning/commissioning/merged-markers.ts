import type { Dataset } from '../dataset/manifest.js'
import type { StandingState } from './marker-states.js'

/**
 * The data set with markers that cannot be told apart as one. One that holds closed and another has no state: a door that
 * may be open is never told as closed. Ajar and open together are open: neither is closed.
 */
export function mergeMarkers(dataset: Dataset, groups: readonly (readonly string[])[]): Dataset {
  const nameOf = new Map(groups.flatMap((group) => group.map((marker) => [marker, group.join('-or-')])))
  const states: Record<string, StandingState> = {}
  for (const group of groups) {
    const meant = new Set(group.map((marker) => dataset.states[marker]))
    const [only] = meant
    if (meant.size === 1 && only !== undefined) states[group.join('-or-')] = only
    else if (!meant.has('closed') && !meant.has(undefined as never)) states[group.join('-or-')] = 'open'
  }
  return {
    ...dataset,
    name: `${dataset.name}-merged`,
    states,
    visits: dataset.visits.map((visit) => ({ ...visit, marker: nameOf.get(visit.marker) ?? visit.marker })),
  }
}
