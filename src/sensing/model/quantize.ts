import { checkNetwork, shortDecimal, type DenseLayer, type Network, type Quantization } from './network.js'
import { roundHalfToEven, saturate } from './engine-int8-js.js'

/** A trained layer before quantization: weights outputs × inputs. */
export interface FloatDense {
  kind: 'dense'
  inputs: number
  outputs: number
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
 * @param calibration normalised inputs, each as long as the first layer's inputs; at least one.
 */
export function quantizeNetwork(
  layers: readonly FloatDense[],
  calibration: readonly Float32Array[],
): Network {
  const input = quantizationOver(calibration)
  let activations: readonly Float32Array[] = calibration
  let from = input
  const quantized = layers.map((layer) => {
    activations = activations.map((values) => forward(layer, values))
    const result = quantizeDense(layer, from, quantizationOver(activations))
    from = result.output
    return result
  })
  const network: Network = { inputs: layers[0].inputs, input, layers: quantized }
  checkNetwork(network)
  return network
}

/** A layer in real numbers. */
export function forward(layer: FloatDense, input: Float32Array): Float32Array {
  const output = new Float32Array(layer.outputs)
  for (let o = 0, w = 0; o < layer.outputs; o++) {
    let sum = layer.biases[o]
    for (let i = 0; i < layer.inputs; i++, w++) sum += layer.weights[w] * input[i]
    output[o] = sum
  }
  return output
}

function quantizeDense(layer: FloatDense, input: Quantization, output: Quantization): DenseLayer {
  const { inputs, outputs } = layer
  const weights = new Int8Array(outputs * inputs)
  const biases = new Int32Array(outputs)
  const weightScales = new Float32Array(outputs)
  for (let o = 0; o < outputs; o++) {
    let largest = 0
    for (let i = 0; i < inputs; i++) largest = Math.max(largest, Math.abs(layer.weights[o * inputs + i]))
    // An output of small weights and a large bias takes a coarser scale: its bias must fit the accumulator.
    const forBias = Math.abs(layer.biases[o]) / (input.scale * LARGEST_BIAS)
    const scale = scaleOf(Math.max(largest / 127, forBias))
    weightScales[o] = scale
    biases[o] = Math.round(layer.biases[o] / (input.scale * scale))
    for (let i = 0; i < inputs; i++)
      weights[o * inputs + i] = saturate(roundHalfToEven(layer.weights[o * inputs + i] / scale))
  }
  return { kind: 'dense', inputs, outputs, weights, biases, weightScales, output }
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
