import { forward, type FloatLayer } from '../../sensing/model/quantize.js'
import type { FeatureRow } from '../dataset/visit-reader.js'

/** What a family of classifiers learned from rows. */
export interface Fit {
  /** In the order of the logits. */
  readonly markers: readonly string[]
  /** For each channel of the features: value → (value − mean) / scale is what the first layer takes. */
  readonly mean: Float32Array
  readonly scale: Float32Array
  readonly layers: readonly FloatLayer[]
  /** How often a network saw its rows, … */
  readonly epochs?: number
  /** … and how often it should have: fewer where the time limit cut it short. */
  readonly wantedEpochs?: number
  /** What the network that found out how long said of the units that judged it; none where nothing did. */
  readonly held?: readonly { row: FeatureRow; logits: Float32Array }[]
  /** Logits of each row; equal priors. */
  logits(rows: readonly FeatureRow[]): Float32Array[]
}

/**
 * One fit of a family: `name` says of what, for progress; `epochs` is given where left-out rows have settled it; the
 * time that is left is shared among `fitsLeft`, this one included.
 */
export type Fitter = (
  rows: readonly FeatureRow[],
  options: { name: string; epochs?: number; fitsLeft: number },
) => Promise<Fit>

export function logitsOf(layers: readonly FloatLayer[], normalised: Float32Array): Float32Array {
  return layers.reduce((values, layer) => forward(layer, values), normalised)
}

/** (value − mean) / scale, row after row of as many channels as there are means. */
export function normalise(features: Float32Array, mean: Float32Array, scale: Float32Array): Float32Array {
  const channels = mean.length
  return features.map((value, i) => (value - mean[i % channels]) / scale[i % channels])
}
