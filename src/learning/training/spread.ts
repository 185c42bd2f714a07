import type { FeatureRow } from '../dataset/visit-reader.js'

/** Rows that the ranges of activations are read from (D). */
export const CALIBRATION_ROWS = 4096

/** At most `count` of the items, evenly spread. */
export function spread<T>(items: readonly T[], count: number): T[] {
  const step = Math.max(1, items.length / count)
  return Array.from({ length: Math.min(count, items.length) }, (_, k) => items[Math.floor(k * step)])
}

/** At most `count` rows of each visit, evenly spread. */
export function spreadByVisit(rows: readonly FeatureRow[], count: number): FeatureRow[] {
  const visits = new Map<string, FeatureRow[]>()
  for (const row of rows) {
    const own = visits.get(row.visit) ?? []
    visits.set(row.visit, own)
    own.push(row)
  }
  return [...visits.values()].flatMap((own) => spread(own, count))
}
