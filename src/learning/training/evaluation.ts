import type { Evaluation } from '../../sensing/model/artefact-manifest.js'
import { shortDecimal } from '../../sensing/model/network.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import type { CrossValidation } from './cross-validation.js'
import { indexOfLargest } from '../../platform/index-of-largest.js'
import type { LeftOut } from './leave-out.js'

/** Scores of rows by models that had not seen them, beside what simpler rules reach on the same folds. */
export function evaluate({ markers, rows }: CrossValidation, leftOut: LeftOut): Evaluation {
  const called = (name: (held: (typeof rows)[number]) => string) =>
    recallBySession(rows.map((held) => ({ row: held.row, right: Number(name(held) === held.row.marker) })))
  const bySession = called(({ logits }) => markers[indexOfLargest(logits)])
  return {
    leftOut,
    balancedAccuracy: shortDecimal(balancedAccuracy(bySession)),
    majority: shortDecimal(1 / markers.length),
    rssiThreshold: shortDecimal(balancedAccuracy(called(({ byRssi }) => byRssi))),
    bySession: bySession.map((one) => ({ ...one, recall: shortDecimal(one.recall) })),
  }
}

/** Share of windows called right, for each marker of each session; `right` is 1, 0, or a share where several are named. */
export function recallBySession(
  calls: readonly { row: Pick<FeatureRow, 'session' | 'marker'>; right: number }[],
): Evaluation['bySession'] {
  const counts = new Map<string, { session: string; marker: string; windows: number; right: number }>()
  for (const { row, right } of calls) {
    const { session, marker } = row
    const key = `${marker}\n${session}`
    const count = counts.get(key) ?? { session, marker, windows: 0, right: 0 }
    counts.set(key, count)
    count.windows += 1
    count.right += right
  }
  const inOrder = [...counts].sort(([a], [b]) => (a < b ? -1 : 1))
  return inOrder.map(([, { session, marker, windows, right }]) => ({
    session,
    marker,
    windows,
    recall: right / windows,
  }))
}

/**
 * The one definition of balanced accuracy here: mean over markers of the mean recall over the marker's sessions. A
 * session may have one marker only: its own balanced accuracy is then the recall of that marker.
 */
export function balancedAccuracy(bySession: Evaluation['bySession']): number {
  const markers = [...new Set(bySession.map(({ marker }) => marker))]
  const recalls = markers.map((marker) => {
    const own = bySession.filter((score) => score.marker === marker)
    return own.reduce((sum, { recall }) => sum + recall / own.length, 0)
  })
  return recalls.reduce((sum, recall) => sum + recall / markers.length, 0)
}
