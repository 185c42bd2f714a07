import type { FeatureRow } from '../dataset/visit-reader.js'

/** What is left out whole. A visit is too kind where its session has others: they share the session's channel. */
export type LeftOut = 'session' | 'visit'

export interface Fold {
  train: FeatureRow[]
  test: FeatureRow[]
}

/** Visits are many and, left out, tell little: a few folds of them do (D). */
const MOST_VISIT_FOLDS = 10

/** The strictest unit of which each marker has two, so that every fold can still be trained on all markers. */
export function strictestUnit(rows: readonly FeatureRow[]): LeftOut | undefined {
  return (['session', 'visit'] as const).find((unit) =>
    [...new Set(rows.map((row) => row.marker))].every(
      (marker) => new Set(rows.filter((row) => row.marker === marker).map((row) => row[unit])).size >= 2,
    ),
  )
}

/** Each row is tested in exactly one fold; no unit stands on both sides of one. */
export function leaveOut(rows: readonly FeatureRow[], unit: LeftOut): Fold[] {
  const byMarker = [...rows].sort((a, b) => (a.marker < b.marker ? -1 : a.marker > b.marker ? 1 : 0))
  const units = [...new Set(byMarker.map((row) => row[unit]))]
  const count = unit === 'visit' ? Math.min(units.length, MOST_VISIT_FOLDS) : units.length
  const foldOf = new Map(units.map((name, index) => [name, index % count]))
  return Array.from({ length: count }, (_, fold) => ({
    train: rows.filter((row) => foldOf.get(row[unit]) !== fold),
    test: rows.filter((row) => foldOf.get(row[unit]) === fold),
  }))
}
