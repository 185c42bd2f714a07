import type { Evaluation } from '../../sensing/model/artefact-manifest.js'
import { forward } from '../../sensing/model/quantize.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import { fitLda, normalise } from './lda.js'
import type { Fold } from './leave-out.js'

/** Learns from rows and names the marker of others. */
type Learner = (train: readonly FeatureRow[]) => (row: FeatureRow) => string

/** Mean RSSI, the first feature of every extractor, against thresholds midway between the markers' means. */
export const rssiThreshold: Learner = (train) => {
  const rssiOnly = (row: FeatureRow) => ({ ...row, features: row.features.subarray(0, 1) })
  const predict = lda(train.map(rssiOnly))
  return (row) => predict(rssiOnly(row))
}

export const lda: Learner = (train) => {
  const model = fitLda(train)
  return ({ features }) => {
    const logits = forward(model.dense, normalise(features, model.mean, model.scale))
    return model.markers[indexOfLargest(logits)]
  }
}

export function indexOfLargest(values: ArrayLike<number>): number {
  let largest = 0
  for (let i = 1; i < values.length; i++) if (values[i] > values[largest]) largest = i
  return largest
}

/** Share of windows called right, for each marker of each session, by models that were trained without them. */
export function recallBySession(folds: readonly Fold[], learner: Learner): Evaluation['bySession'] {
  const counts = new Map<string, { session: string; marker: string; windows: number; right: number }>()
  for (const { train, test } of folds) {
    const predict = learner(train)
    for (const row of test) {
      const { session, marker } = row
      const key = `${marker}\n${session}`
      const count = counts.get(key) ?? { session, marker, windows: 0, right: 0 }
      counts.set(key, count)
      count.windows += 1
      if (predict(row) === marker) count.right += 1
    }
  }
  const inOrder = [...counts].sort(([a], [b]) => (a < b ? -1 : 1))
  return inOrder.map(([, { session, marker, windows, right }]) => ({
    session,
    marker,
    windows,
    recall: right / windows,
  }))
}

/** Mean over markers of the mean recall over the marker's sessions: sessions may have one marker only. */
export function balancedAccuracy(bySession: Evaluation['bySession']): number {
  const markers = [...new Set(bySession.map(({ marker }) => marker))]
  const recalls = markers.map((marker) => {
    const own = bySession.filter((score) => score.marker === marker)
    return own.reduce((sum, { recall }) => sum + recall / own.length, 0)
  })
  return recalls.reduce((sum, recall) => sum + recall / markers.length, 0)
}
