import type { FeatureRow } from '../dataset/visit-reader.js'

/**
 * Rows of one data set under several views: every window, the few of each visit that networks learn from, the same with
 * the whole run of the window, and every window as though the receiver had not stated its gains.
 */
export type View = 'windows' | 'few-windows' | 'sequences' | 'gains-ignored'

/** What a method says of the rows that were left out, in their order. */
export interface Outcome {
  called: readonly string[]
  /** Calibrated on units left out of the training rows once more; absent where a method gives none. */
  calibrated?: readonly { confidence: number; setSize: number }[]
  /** Of the int8 network that the artefact would hold. */
  int8?: readonly { agrees: boolean; right: number }[]
}

export interface FoldContext {
  /** For progress. */
  name: string
  /** Fits of this method to come, this one included. */
  fitsLeft: number
}

/** Learns from some rows and names the markers of others; whatever it has to choose, it chooses on the former. */
export interface Method {
  name: string
  view: View
  /** Why it cannot be used on these rows; undefined where it can. */
  unusable?(rows: readonly FeatureRow[]): string | undefined
  run(train: readonly FeatureRow[], test: readonly FeatureRow[], context: FoldContext): Promise<Outcome>
}
