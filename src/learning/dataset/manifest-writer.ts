import { stringify } from 'yaml'
import type { Dataset } from './manifest.js'

/** The text of a DATASET.yaml; files are relative to it, markers without a visit get no state. */
export function manifestText({ name, date, states, visits }: Dataset): string {
  const visited = new Set(visits.map(({ marker }) => marker))
  return stringify({
    name,
    ...(date === undefined ? {} : { date }),
    states: Object.fromEntries(Object.entries(states).filter(([marker]) => visited.has(marker))),
    visits: visits.map(({ file, marker, session, place, visit }) => ({
      file,
      marker,
      session,
      visit,
      place,
    })),
  })
}
