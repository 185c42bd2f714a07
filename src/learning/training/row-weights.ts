import type { FeatureRow } from '../dataset/visit-reader.js'

/**
 * Weights that sum to 1: each marker counts equally, within it each session, within that each visit, within that
 * each window. Windows of one visit repeat one another; many of them are no more evidence than few.
 */
export function rowWeights(rows: readonly FeatureRow[]): Float64Array {
  const keys = [
    (row: FeatureRow) => row.marker,
    (row: FeatureRow) => `${row.marker}\n${row.session}`,
    (row: FeatureRow) => `${row.marker}\n${row.session}\n${row.visit}`,
  ]
  const weights = new Float64Array(rows.length)
  weights.fill(1 / new Set(rows.map(keys[0])).size)
  for (const [depth, key] of keys.entries()) {
    const members = new Map<string, Set<string | number>>()
    rows.forEach((row, index) => {
      const of = members.get(key(row)) ?? new Set()
      members.set(key(row), of.add(keys[depth + 1]?.(row) ?? index))
    })
    rows.forEach((row, index) => (weights[index] /= members.get(key(row))?.size ?? 1))
  }
  return weights
}
