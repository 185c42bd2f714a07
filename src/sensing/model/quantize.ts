import {
  checkNetwork,
  outputsOf,
  reachOf,
  shortDecimal,
  type Layer,
  type LayerShape,
  type Network,
  type Quantization,
} from './network.js'
import { roundHalfToEven, saturate } from './engine-int8-js.js'

/** A trained layer before quantization: weights outputs × (kernel × channels). */
export interface FloatLayer extends LayerShape {
  /** Negative outputs become 0. */
  rectified: boolean
  weights: Float64Array
  biases: Float64Array
}

/** Leaves room for Σ|w|·|x| of a few hundred inputs below the 2^24 of checkNetwork. */
const LARGEST_BIAS = 2 ** 22

/** Keeps the quotient of scales a normal float32, whatever the range (normalised features are of order 1). */
const LEAST_SCALE = 1e-9

/** Quantizes real values into `into`, same length. */
export function quantizeInto(
  values: Float32Array,
  { scale, zeroPoint }: Quantization,
  into: Int8Array,
): void {
  for (let i = 0; i < values.length; i++)
    into[i] = saturate(roundHalfToEven(Math.fround(values[i] / scale)) + zeroPoint)
}

/**
 * Post-training quantization: int8 weights symmetric for each output, int32 biases, int8 activations over the
 * range that the calibration inputs reach. Throws AjarError 'model.accumulator' where sums could leave 2^24.
 * @param calibration normalised inputs of the network; at least one.
 */
export function quantizeNetwork(
  layers: readonly FloatLayer[],
  calibration: readonly Float32Array[],
): Network {
  const input = quantizationOver(calibration)
  let activations: readonly Float32Array[] = calibration
  let from = input
  const quantized = layers.map((layer) => {
    activations = activations.map((values) => forward(layer, values))
    const result = quantizeLayer(layer, from, quantizationOver(activations))
    from = result.output
    return result
  })
  const network: Network = { inputs: calibration[0].length, input, layers: quantized }
  checkNetwork(network)
  return network
}

/** A layer in real numbers. */
export function forward(layer: FloatLayer, input: Float32Array): Float32Array {
  const { positions, stride, channels, outputs, weights, biases, rectified } = layer
  const reach = reachOf(layer)
  const output = new Float32Array(outputsOf(layer))
  for (let p = 0, at = 0, from = 0; p < positions; p++, from += stride * channels) {
    for (let o = 0, w = 0; o < outputs; o++, at++) {
      let sum = biases[o]
      for (let i = 0; i < reach; i++, w++) sum += weights[w] * input[from + i]
      output[at] = rectified && sum < 0 ? 0 : sum
    }
  }
  return output
}

function quantizeLayer(layer: FloatLayer, input: Quantization, output: Quantization): Layer {
  const { kind, positions, kernel, stride, channels, outputs } = layer
  const reach = reachOf(layer)
  const weights = new Int8Array(outputs * reach)
  const biases = new Int32Array(outputs)
  const weightScales = new Float32Array(outputs)
  for (let o = 0; o < outputs; o++) {
    let largest = 0
    for (let i = 0; i < reach; i++) largest = Math.max(largest, Math.abs(layer.weights[o * reach + i]))
    // An output of small weights and a large bias takes a coarser scale: its bias must fit the accumulator.
    const forBias = Math.abs(layer.biases[o]) / (input.scale * LARGEST_BIAS)
    const scale = scaleOf(Math.max(largest / 127, forBias))
    weightScales[o] = scale
    biases[o] = Math.round(layer.biases[o] / (input.scale * scale))
    for (let i = 0; i < reach; i++)
      weights[o * reach + i] = saturate(roundHalfToEven(layer.weights[o * reach + i] / scale))
  }
  return { kind, positions, kernel, stride, channels, outputs, weights, biases, weightScales, output }
}

/** Spans the values and 0, which must be exact. */
function quantizationOver(rows: readonly Float32Array[]): Quantization {
  let least = 0
  let most = 0
  for (const row of rows)
    for (const value of row) {
      if (value < least) least = value
      if (value > most) most = value
    }
  const scale = scaleOf((most - least) / 255)
  return { scale, zeroPoint: saturate(Math.round(-128 - least / scale)) }
}

/** A scale as a float32 that the manifest can name: what is written is what was used. */
function scaleOf(value: number): number {
  return Math.fround(shortDecimal(Math.max(value, LEAST_SCALE)))
}
