import { denseShape } from '../../sensing/model/network.js'
import type { FloatLayer } from '../../sensing/model/quantize.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import { Random } from '../random.js'
import { logitsOf, normalise, type Fit } from './fit.js'
import { markersOf, normalisationOf } from './lda.js'

/** All (D), chosen on simulated seeds that no figure is taken of. */
export const PERCEPTRON = {
  hidden: [32, 16],
  epochs: 40,
  batch: 64,
  /** Adam (Kingma & Ba, ICLR 2015) at this rate, falling to nothing by a cosine. */
  learningRate: 3e-3,
  /** Decoupled from the gradient (Loshchilov & Hutter, ICLR 2019), for each step at the full rate. */
  weightDecay: 0.5,
} as const

const BETA1 = 0.9
const BETA2 = 0.999
const EPSILON = 1e-8

interface Layer {
  inputs: number
  outputs: number
  /** outputs × (inputs + 1), the constant last; the rest as long. */
  values: Float64Array
  gradient: Float64Array
  moment1: Float64Array
  moment2: Float64Array
}

/**
 * A small multilayer perceptron in plain JavaScript: a Pi trains it by night in seconds, without TensorFlow. Rectified
 * hidden layers, softmax; `weights` of the rows sum to 1. The same seed gives the same network. Throws AjarError
 * 'train.markers' for rows of one marker.
 */
export function fitPerceptron(rows: readonly FeatureRow[], weights: Float64Array, seed: number): Fit {
  const markers = markersOf(rows)
  const looked = rows.map(({ features }) => features)
  const { mean, scale } = normalisationOf(looked, weights, looked[0].length)
  const inputs = looked.map((features) => normalise(features, mean, scale))
  const classOf = rows.map((row) => markers.indexOf(row.marker))
  const random = new Random('perceptron', seed)
  const widths = [looked[0].length, ...PERCEPTRON.hidden, markers.length]
  const layers = widths.slice(1).map((outputs, i) => layerOf(widths[i], outputs, random))
  descend(layers, inputs, classOf, weights, random)
  const exported = layers.map((layer, i) => exportedOf(layer, i + 1 < layers.length))
  return {
    markers,
    mean,
    scale,
    layers: exported,
    logits: (others) => others.map((row) => logitsOf(exported, normalise(row.features, mean, scale))),
  }
}

/** He et al., ICCV 2015. */
function layerOf(inputs: number, outputs: number, random: Random): Layer {
  const size = outputs * (inputs + 1)
  const values = Float64Array.from({ length: size }, (_, i) =>
    i % (inputs + 1) === inputs ? 0 : random.normal() * Math.sqrt(2 / inputs),
  )
  const zeros = () => new Float64Array(size)
  return { inputs, outputs, values, gradient: zeros(), moment1: zeros(), moment2: zeros() }
}

function descend(
  layers: readonly Layer[],
  inputs: readonly Float32Array[],
  classOf: readonly number[],
  weights: Float64Array,
  random: Random,
): void {
  const { epochs, batch, learningRate, weightDecay } = PERCEPTRON
  const order = [...inputs.keys()]
  const activations = layers.map(({ outputs }) => new Float64Array(outputs))
  const errors = layers.map(({ outputs }) => new Float64Array(outputs))
  const steps = Math.ceil(order.length / batch)
  for (let epoch = 0; epoch < epochs; epoch++) {
    random.shuffle(order)
    for (let step = 0; step < steps; step++) {
      for (const { gradient } of layers) gradient.fill(0)
      const to = Math.min((step + 1) * batch, order.length)
      for (let at = step * batch; at < to; at++) {
        const row = order[at]
        forward(layers, inputs[row], activations)
        // Rows weigh one on average.
        backward(
          layers,
          inputs[row],
          classOf[row],
          (weights[row] * inputs.length) / batch,
          activations,
          errors,
        )
      }
      const done = epoch * steps + step
      const rate = (learningRate * (1 + Math.cos((Math.PI * done) / (epochs * steps)))) / 2
      for (const layer of layers) adam(layer, rate, rate * weightDecay, done + 1)
    }
  }
}

function forward(layers: readonly Layer[], input: Float32Array, activations: readonly Float64Array[]): void {
  let from: ArrayLike<number> = input
  layers.forEach(({ inputs, outputs, values }, index) => {
    const into = activations[index]
    const last = index + 1 === layers.length
    for (let o = 0; o < outputs; o++) {
      let sum = values[o * (inputs + 1) + inputs]
      for (let i = 0; i < inputs; i++) sum += values[o * (inputs + 1) + i] * from[i]
      into[o] = last || sum > 0 ? sum : 0
    }
    from = into
  })
}

function backward(
  layers: readonly Layer[],
  input: Float32Array,
  own: number,
  weight: number,
  activations: readonly Float64Array[],
  errors: readonly Float64Array[],
): void {
  const top = layers.length - 1
  softmaxError(activations[top], own, weight, errors[top])
  for (let index = top; index >= 0; index--) {
    const { inputs, outputs, values, gradient } = layers[index]
    const from: ArrayLike<number> = index === 0 ? input : activations[index - 1]
    const error = errors[index]
    const below = index === 0 ? undefined : errors[index - 1].fill(0)
    for (let o = 0; o < outputs; o++) {
      const e = error[o]
      if (e === 0) continue
      const at = o * (inputs + 1)
      for (let i = 0; i < inputs; i++) gradient[at + i] += e * from[i]
      gradient[at + inputs] += e
      if (below !== undefined)
        for (let i = 0; i < inputs; i++) if (from[i] > 0) below[i] += e * values[at + i]
    }
  }
}

function softmaxError(logits: Float64Array, own: number, weight: number, into: Float64Array): void {
  let most = -Infinity
  for (const logit of logits) most = Math.max(most, logit)
  let sum = 0
  for (let c = 0; c < logits.length; c++) sum += into[c] = Math.exp(logits[c] - most)
  for (let c = 0; c < logits.length; c++) into[c] = weight * (into[c] / sum - Number(c === own))
}

function adam(layer: Layer, rate: number, decay: number, step: number): void {
  const { inputs, values, gradient, moment1, moment2 } = layer
  const correct1 = 1 - BETA1 ** step
  const correct2 = 1 - BETA2 ** step
  for (let i = 0; i < values.length; i++) {
    moment1[i] = BETA1 * moment1[i] + (1 - BETA1) * gradient[i]
    moment2[i] = BETA2 * moment2[i] + (1 - BETA2) * gradient[i] ** 2
    const isConstant = i % (inputs + 1) === inputs
    values[i] -= (rate * (moment1[i] / correct1)) / (Math.sqrt(moment2[i] / correct2) + EPSILON)
    if (!isConstant) values[i] -= decay * values[i]
  }
}

function exportedOf({ inputs, outputs, values }: Layer, rectified: boolean): FloatLayer {
  const weights = new Float64Array(outputs * inputs)
  const biases = new Float64Array(outputs)
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) weights[o * inputs + i] = values[o * (inputs + 1) + i]
    biases[o] = values[o * (inputs + 1) + inputs]
  }
  return { ...denseShape(inputs, outputs), rectified, weights, biases }
}
