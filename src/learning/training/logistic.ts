import { denseShape } from '../../sensing/model/network.js'
import type { FloatLayer } from '../../sensing/model/quantize.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import { solvePositive } from './cholesky.js'
import { logitsOf, normalise, type Fit } from './fit.js'
import { markersOf, normalisationOf } from './lda.js'

/** Classes weigh as the square root of their rows: neither the rare nor the common drowns (D). */
const CLASS_EXPONENT = -0.5
/** Of the squared coefficients on normalised features, beside the mean loss times the number of rows (D). */
const RIDGE = 1.7
const MOST_STEPS = 25
const TOLERANCE = 1e-5

/**
 * Multinomial logistic regression with a ridge (Hastie, Tibshirani & Friedman, The Elements of Statistical Learning,
 * 2nd ed., 4.4 and 18.3.2), by Newton steps; a convex problem, so the same rows give the same coefficients. Throws
 * AjarError 'train.markers' for rows of one marker.
 */
export function fitLogistic(rows: readonly FeatureRow[]): Fit {
  const markers = markersOf(rows)
  const classOf = rows.map((row) => markers.indexOf(row.marker))
  const counts = markers.map((_, index) => classOf.filter((own) => own === index).length)
  const weights = Float64Array.from(classOf, (own) => counts[own] ** CLASS_EXPONENT)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  const shares = weights.map((weight) => weight / sum)
  const looked = rows.map(({ features }) => features)
  const n = looked[0].length
  const { mean, scale } = normalisationOf(looked, shares, n)
  const inputs = looked.map((features) => normalise(features, mean, scale))
  const perRow = shares.map((share) => share * rows.length)
  const coefficients = descend(inputs, classOf, perRow, markers.length, n)
  const layers = [layerOf(coefficients, markers.length, n)]
  return {
    markers,
    mean,
    scale,
    layers,
    logits: (others) => others.map((row) => logitsOf(layers, normalise(row.features, mean, scale))),
  }
}

/** classes × (n + 1), the constant last. Each step solves class by class (a block of the Hessian) and is halved until the loss falls. */
function descend(
  inputs: readonly Float32Array[],
  classOf: readonly number[],
  weights: Float64Array,
  classes: number,
  n: number,
): Float64Array {
  const size = n + 1
  const theta = new Float64Array(classes * size)
  let loss = lossOf(theta, inputs, classOf, weights, classes, n)
  const probabilities = new Float64Array(classes)
  for (let step = 0; step < MOST_STEPS * classes; step++) {
    const own = step % classes
    const gradient = new Float64Array(size)
    const hessian = new Float64Array(size * size)
    inputs.forEach((x, row) => {
      softmax(theta, x, classes, n, probabilities)
      const p = probabilities[own]
      const error = weights[row] * (p - Number(classOf[row] === own))
      const curve = weights[row] * Math.max(p * (1 - p), 1e-6)
      for (let i = 0; i < size; i++) {
        const xi = i < n ? x[i] : 1
        gradient[i] += error * xi
        for (let j = 0; j <= i; j++) hessian[i * size + j] += curve * xi * (j < n ? x[j] : 1)
      }
    })
    for (let i = 0; i < size; i++) {
      const ridge = i < n ? RIDGE : 1e-3
      gradient[i] += 2 * ridge * theta[own * size + i]
      hessian[i * size + i] += 2 * ridge
      for (let j = 0; j < i; j++) hessian[j * size + i] = hessian[i * size + j]
    }
    const move = solvePositive(hessian, gradient, size)
    const before = loss
    for (let share = 1; share > 1e-3; share /= 2) {
      const tried = theta.slice()
      for (let i = 0; i < size; i++) tried[own * size + i] -= share * move[i]
      const found = lossOf(tried, inputs, classOf, weights, classes, n)
      if (found > loss) continue
      theta.set(tried)
      loss = found
      break
    }
    if (own === classes - 1 && before - loss < TOLERANCE * inputs.length) break
  }
  return theta
}

function lossOf(
  theta: Float64Array,
  inputs: readonly Float32Array[],
  classOf: readonly number[],
  weights: Float64Array,
  classes: number,
  n: number,
): number {
  const probabilities = new Float64Array(classes)
  let loss = 0
  inputs.forEach((x, row) => {
    softmax(theta, x, classes, n, probabilities)
    loss -= weights[row] * Math.log(Math.max(probabilities[classOf[row]], 1e-12))
  })
  for (let i = 0; i < theta.length; i++) if (i % (n + 1) < n) loss += RIDGE * theta[i] ** 2
  return loss
}

function softmax(theta: Float64Array, x: Float32Array, classes: number, n: number, into: Float64Array): void {
  let most = -Infinity
  for (let k = 0; k < classes; k++) {
    let logit = theta[k * (n + 1) + n]
    for (let i = 0; i < n; i++) logit += theta[k * (n + 1) + i] * x[i]
    into[k] = logit
    most = Math.max(most, logit)
  }
  let sum = 0
  for (let k = 0; k < classes; k++) sum += into[k] = Math.exp(into[k] - most)
  for (let k = 0; k < classes; k++) into[k] /= sum
}

/** Logits of mean 0 over the classes, which changes no probability. */
function layerOf(theta: Float64Array, classes: number, n: number): FloatLayer {
  const weights = new Float64Array(classes * n)
  const biases = new Float64Array(classes)
  for (let i = 0; i <= n; i++) {
    let mean = 0
    for (let k = 0; k < classes; k++) mean += theta[k * (n + 1) + i] / classes
    for (let k = 0; k < classes; k++)
      if (i < n) weights[k * n + i] = theta[k * (n + 1) + i] - mean
      else biases[k] = theta[k * (n + 1) + i] - mean
  }
  return { ...denseShape(n, classes), rectified: false, weights, biases }
}
