import { AjarError } from '../../platform/errors.js'
import { denseShape } from '../../sensing/model/network.js'
import type { FloatLayer } from '../../sensing/model/quantize.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import { whiteningOf } from './cholesky.js'
import { logitsOf, normalise, type Fit } from './fit.js'
import { rowWeights } from './row-weights.js'

/** Linear discriminant analysis on normalised features z = (x − mean) / scale. Its one layer: logits of mean 0. */
export interface Lda extends Fit {
  /** Share of the scaled identity in the covariance, 0..1. */
  readonly shrinkage: number
  /** n × n, lower triangular; takes the pooled covariance within markers to the identity. */
  readonly whitening: Float32Array
  /** markers × n: whitened class means. */
  readonly centres: Float32Array
}

/** What a discriminant looks at. */
type Look = (row: FeatureRow) => Float32Array

/** The mean RSSI alone: thresholds midway between the markers' means. */
export const rssiOnly: Look = ({ judged }) => judged.subarray(0, 1)

/**
 * Below it a covariance of linearly dependent features (level, RSSI and their difference) could not be inverted (D).
 */
const LEAST_SHRINKAGE = 1e-3
/**
 * Variance within markers, of normalised features, that is always believed in (D): whole dBm that happen to stand still in
 * the few recordings of a marker do not tell it apart infinitely well.
 */
const LEAST_VARIANCE = 1e-4
/** A feature whose spread is below this is constant: it is centred, not blown up (D; features are dB and nepers). */
const LEAST_SCALE = 1e-6
/** The digits with which means and scales stand in a manifest. */
const DIGITS = 6

/**
 * Fits on rows of at least two markers, weighted by rowWeights. The covariance is shrunk towards a multiple of the
 * identity as by Ledoit and Wolf (J. Multivariate Anal. 88, 2004), but the spread of the estimate is taken over
 * sessions (visits, where there is one session), not windows: windows of one session are not independent, and the
 * formula would take them for evidence. `wantedShrinkage` takes the place of that estimate. Throws AjarError 'train.markers'.
 */
export function fitLda(
  rows: readonly FeatureRow[],
  look: Look = ({ features }) => features,
  wantedShrinkage?: number,
): Lda {
  const markers = markersOf(rows)
  const weights = rowWeights(rows)
  const looked = rows.map(look)
  const n = looked[0].length
  const { mean, scale } = normalisationOf(looked, weights, n)
  const normalised = looked.map((features) => normalise(features, mean, scale))
  const classOf = rows.map((row) => markers.indexOf(row.marker))

  const means = new Float64Array(markers.length * n)
  normalised.forEach((z, row) => {
    for (let i = 0; i < n; i++) means[classOf[row] * n + i] += weights[row] * markers.length * z[i]
  })
  const residuals = normalised.map((z, row) => z.map((value, i) => value - means[classOf[row] * n + i]))
  const unit = new Set(rows.map((row) => row.session)).size > 1 ? 'session' : 'visit'
  const units = rows.map((row) => row[unit])
  const { covariance, shrinkage } = shrunkCovariance(residuals, weights, units, n, wantedShrinkage)
  const whitening = whiteningOf(covariance, n)
  const centres = whitenedRows(means, whitening, n)
  const layers = [discriminant(whitening, centres, n)]
  return {
    markers,
    mean,
    scale,
    shrinkage,
    whitening: Float32Array.from(whitening),
    centres: Float32Array.from(centres),
    layers,
    logits: (others) => others.map((row) => logitsOf(layers, normalise(look(row), mean, scale))),
  }
}

/** In order. Throws AjarError 'train.markers' where there is nothing to tell apart. */
export function markersOf(rows: readonly FeatureRow[]): string[] {
  const markers = [...new Set(rows.map((row) => row.marker))].sort()
  if (markers.length < 2)
    throw new AjarError(
      'train.markers',
      `The rows have one marker only (${markers.join() || 'none'}): there is nothing to tell apart.`,
      'Add visits of another marker, or leave out fewer sessions.',
    )
  return markers
}

/**
 * Weighted mean and standard deviation of each channel; `rows` are one or several rows of `channels` values each.
 */
export function normalisationOf(rows: readonly Float32Array[], weights: Float64Array, channels: number) {
  const mean = new Float64Array(channels)
  const variance = new Float64Array(channels)
  const repeats = rows[0].length / channels
  rows.forEach((values, row) => {
    for (let i = 0; i < values.length; i++) mean[i % channels] += (weights[row] * values[i]) / repeats
  })
  rows.forEach((values, row) => {
    for (let i = 0; i < values.length; i++)
      variance[i % channels] += (weights[row] * (values[i] - mean[i % channels]) ** 2) / repeats
  })
  const scale = variance.map((value) => (value > LEAST_SCALE ** 2 ? Math.sqrt(value) : 1))
  const short = (values: Float64Array) =>
    Float32Array.from(values, (value) => Number(value.toPrecision(DIGITS)))
  return { mean: short(mean), scale: short(scale) }
}

/** S = Σ w·r·rᵀ, shrunk: (1 − δ)·S + δ·(tr S / n)·I. */
function shrunkCovariance(
  residuals: readonly Float32Array[],
  weights: Float64Array,
  units: readonly string[],
  n: number,
  wanted?: number,
): { covariance: Float64Array; shrinkage: number } {
  const covariance = new Float64Array(n * n)
  const byUnit = new Map<string, { share: number; scatter: Float64Array }>()
  residuals.forEach((r, row) => {
    const unit = byUnit.get(units[row]) ?? { share: 0, scatter: new Float64Array(n * n) }
    byUnit.set(units[row], unit)
    unit.share += weights[row]
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) unit.scatter[i * n + j] += weights[row] * r[i] * r[j]
  })
  for (const { scatter } of byUnit.values()) for (let i = 0; i < n * n; i++) covariance[i] += scatter[i]

  let target = 0
  for (let i = 0; i < n; i++) target += covariance[i * n + i] / n
  target = Math.max(target, LEAST_VARIANCE)
  let distance = 0
  let spread = 0
  for (let i = 0; i < n * n; i++) {
    distance += (covariance[i] - (i % (n + 1) === 0 ? target : 0)) ** 2
    for (const { share, scatter } of byUnit.values()) spread += (scatter[i] - share * covariance[i]) ** 2
  }
  const estimated = distance > 0 ? Math.min(1, spread / distance) : 1
  const shrinkage = Math.max(LEAST_SHRINKAGE, wanted ?? estimated)
  for (let i = 0; i < n * n; i++)
    covariance[i] = (1 - shrinkage) * covariance[i] + (i % (n + 1) === 0 ? shrinkage * target : 0)
  return { covariance, shrinkage }
}

/** logit = centre·W·z − |centre|²/2, less the mean over the classes, which softmax does not see. */
function discriminant(whitening: Float64Array, centres: Float64Array, n: number): FloatLayer {
  const outputs = centres.length / n
  const weights = new Float64Array(outputs * n)
  const biases = new Float64Array(outputs)
  for (let o = 0; o < outputs; o++)
    for (let row = 0; row < n; row++) {
      const centre = centres[o * n + row]
      biases[o] -= (centre * centre) / 2
      for (let i = 0; i <= row; i++) weights[o * n + i] += centre * whitening[row * n + i]
    }
  centreColumns(weights, n)
  centreColumns(biases, 1)
  return { ...denseShape(n, outputs), rectified: false, weights, biases }
}

function whitenedRows(vectors: Float64Array, whitening: Float64Array, n: number): Float64Array {
  return vectors.map((_, at) => {
    const row = at % n
    let sum = 0
    for (let i = 0; i <= row; i++) sum += whitening[row * n + i] * vectors[at - row + i]
    return sum
  })
}

function centreColumns(matrix: Float64Array, columns: number): void {
  const rows = matrix.length / columns
  for (let column = 0; column < columns; column++) {
    let mean = 0
    for (let row = 0; row < rows; row++) mean += matrix[row * columns + column] / rows
    for (let row = 0; row < rows; row++) matrix[row * columns + column] -= mean
  }
}
