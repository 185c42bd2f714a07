import type { FeatureName } from './features.js'

/**
 * How far an input lies from what the model was trained on: the Mahalanobis distance to the nearest class under
 * the pooled covariance (Lee et al., NeurIPS 2018), on normalised features.
 */
export interface OutOfDistribution {
  /** What it judges: few features, whatever the network looks at. */
  features: FeatureName
  mean: Float32Array
  scale: Float32Array
  /** n × n, n the number of features; lower triangular: the inverse Cholesky factor of the covariance. */
  whitening: Float32Array
  /** classes × n: the means of the classes, whitened. */
  centres: Float32Array
  /** The distance that 99 % of the training windows do not exceed. */
  limit: number
}

/** (value − mean) / scale in place; mean and scale repeat where they are shorter. */
export function normaliseInPlace(values: Float32Array, mean: Float32Array, scale: Float32Array): void {
  for (let i = 0, at = 0; i < values.length; i++) {
    values[i] = (values[i] - mean[at]) / scale[at]
    if (++at === mean.length) at = 0
  }
}

/** Distance of `normalised` to the nearest class; `whitened` is scratch space of the same length. */
export function distanceToTraining(
  { whitening, centres }: Pick<OutOfDistribution, 'whitening' | 'centres'>,
  normalised: Float32Array,
  whitened: Float32Array,
): number {
  const n = normalised.length
  for (let row = 0; row < n; row++) {
    let sum = 0
    for (let i = 0; i <= row; i++) sum += whitening[row * n + i] * normalised[i]
    whitened[row] = sum
  }
  let nearest = Infinity
  for (let from = 0; from < centres.length; from += n) {
    let squared = 0
    for (let i = 0; i < n; i++) squared += (whitened[i] - centres[from + i]) ** 2
    if (squared < nearest) nearest = squared
  }
  return Math.sqrt(nearest)
}
