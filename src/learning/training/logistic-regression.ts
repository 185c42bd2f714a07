import { Matrix, solve } from 'ml-matrix'
import type { FloatLayer } from '../../sensing/model/quantize.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import { denseShape } from '../../sensing/model/network.js'
import { probabilitiesOf } from './calibration.js'
import { logitsOf as outputsOf, normalise, type Fit } from './fit.js'
import { markersOf, normalisationOf } from './lda.js'
import { rowWeights } from './row-weights.js'

const MOST_STEPS = 30
/** Of a step's greatest entry: closer than any figure that is printed. */
const CLOSE_ENOUGH = 1e-6
/** The intercepts are not shrunk; this only fixes the one number that softmax does not see. */
const INTERCEPT_RIDGE = 1e-9

/**
 * Multinomial logistic regression with a ridge penalty, by Newton's method, on normalised features; its one layer has
 * logits of mean 0. `weights` sum to 1. Throws AjarError 'train.markers' for rows of one marker.
 * ml-logistic-regression was tried first: it has neither intercept, penalty nor weights, and a thousand of the 50,000
 * steps that it takes by itself cost 0.5 s on 600 rows (M).
 */
export function fitLogistic(
  rows: readonly FeatureRow[],
  ridge: number,
  weights: Float64Array = rowWeights(rows),
): Fit {
  const markers = markersOf(rows)
  const features = rows.map((row) => row.features)
  const { mean, scale } = normalisationOf(features, weights, features[0].length)
  const inputs = features.map((values) => withOne(normalise(values, mean, scale)))
  const classOf = rows.map(({ marker }) => markers.indexOf(marker))
  const size = inputs[0].length
  const penalties = Float64Array.from({ length: markers.length * size }, (_, i) =>
    i % size === size - 1 ? INTERCEPT_RIDGE : ridge,
  )
  let theta = new Float64Array(markers.length * size)
  const problem = { inputs, classOf, weights, penalties, classes: markers.length }
  let loss = lossOf(problem, theta)
  for (let step = 0; step < MOST_STEPS; step++) {
    const direction = newtonStep(problem, theta)
    let share = 1
    let next = theta.map((value, i) => value - direction[i])
    let nextLoss = lossOf(problem, next)
    for (; !(nextLoss <= loss) && share > CLOSE_ENOUGH; share /= 2) {
      next = theta.map((value, i) => value - (share / 2) * direction[i])
      nextLoss = lossOf(problem, next)
    }
    if (!(nextLoss <= loss)) break
    theta = next
    loss = nextLoss
    if (share * Math.max(...direction.map(Math.abs)) < CLOSE_ENOUGH) break
  }
  const layers = [layerOf(theta, markers.length)]
  return {
    markers,
    mean,
    scale,
    layers,
    logits: (others) => others.map((row) => outputsOf(layers, normalise(row.features, mean, scale))),
  }
}

/** Less the mean over the classes, which changes no probability. */
function layerOf(theta: Float64Array, classes: number): FloatLayer {
  const size = theta.length / classes
  const inputs = size - 1
  const weights = new Float64Array(classes * inputs)
  const biases = new Float64Array(classes)
  for (let i = 0; i < size; i++) {
    let mean = 0
    for (let c = 0; c < classes; c++) mean += theta[c * size + i] / classes
    for (let c = 0; c < classes; c++)
      if (i < inputs) weights[c * inputs + i] = theta[c * size + i] - mean
      else biases[c] = theta[c * size + i] - mean
  }
  return { ...denseShape(inputs, classes), rectified: false, weights, biases }
}

interface Problem {
  inputs: readonly Float64Array[]
  classOf: readonly number[]
  weights: Float64Array
  penalties: Float64Array
  classes: number
}

function withOne(values: Float32Array): Float64Array {
  const longer = new Float64Array(values.length + 1).fill(1)
  longer.set(values)
  return longer
}

function logitsOf(theta: Float64Array, input: Float64Array, classes: number): Float64Array {
  const logits = new Float64Array(classes)
  for (let c = 0; c < classes; c++)
    for (let i = 0; i < input.length; i++) logits[c] += theta[c * input.length + i] * input[i]
  return logits
}

/** Weighted mean of −log p of the true class, and half the penalty. */
function lossOf({ inputs, classOf, weights, penalties, classes }: Problem, theta: Float64Array): number {
  let loss = theta.reduce((sum, value, i) => sum + (penalties[i] * value * value) / 2, 0)
  inputs.forEach((input, row) => {
    const logits = logitsOf(theta, input, classes)
    const most = Math.max(...logits)
    const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0)
    loss += weights[row] * (Math.log(sum) + most - logits[classOf[row]])
  })
  return loss
}

/** Hessian⁻¹ · gradient. */
function newtonStep(
  { inputs, classOf, weights, penalties, classes }: Problem,
  theta: Float64Array,
): Float64Array {
  const size = inputs[0].length
  const n = theta.length
  const gradient = theta.map((value, i) => penalties[i] * value)
  const hessian = new Float64Array(n * n)
  for (let i = 0; i < n; i++) hessian[i * n + i] = penalties[i]
  inputs.forEach((input, row) => {
    const p = probabilitiesOf(logitsOf(theta, input, classes), 1)
    for (let c = 0; c < classes; c++) {
      const error = weights[row] * (p[c] - Number(classOf[row] === c))
      for (let i = 0; i < size; i++) gradient[c * size + i] += error * input[i]
      for (let d = 0; d < classes; d++) {
        const curvature = weights[row] * p[c] * (Number(c === d) - p[d])
        for (let i = 0; i < size; i++)
          for (let j = 0; j < size; j++)
            hessian[(c * size + i) * n + d * size + j] += curvature * input[i] * input[j]
      }
    }
  })
  const matrix = Matrix.from1DArray(n, n, Array.from(hessian))
  return Float64Array.from(solve(matrix, Matrix.columnVector(Array.from(gradient))).to1DArray())
}
