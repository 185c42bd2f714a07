import { AjarError } from '../../platform/errors.js'

/** Affine int8 quantization: real value = scale × (q − zeroPoint). `scale` is a float32 value. */
export interface Quantization {
  scale: number
  zeroPoint: number
}

/** Fully connected: output[o] = biases[o] + Σ weights[o, i] · (input[i] − zero point of the input). */
export interface DenseLayer {
  kind: 'dense'
  inputs: number
  outputs: number
  /** outputs × inputs, symmetric, one scale for each output. */
  weights: Int8Array
  /** In units of input scale × weight scale. */
  biases: Int32Array
  weightScales: Float32Array
  output: Quantization
}

export type Layer = DenseLayer

/** The integer network: what every engine executes, to the same bits. */
export interface Network {
  inputs: number
  input: Quantization
  layers: readonly Layer[]
}

/** Integers below it are exact in float32, in which the TensorFlow engines accumulate. */
const EXACT_IN_FLOAT32 = 2 ** 24

/** Numbers stand in the manifest with 6 digits: short to read, and exact for every float32 made from one. */
export function shortDecimal(value: number): number {
  return Number(value.toPrecision(6))
}

/** Takes an accumulator to the layer's output grid: one float32 factor for each output. */
export function rescalingFactors(layer: Layer, input: Quantization): Float32Array {
  return layer.weightScales.map((weightScale) => (input.scale * weightScale) / layer.output.scale)
}

/** The quantization of a layer's input: the network's for the first, else the output of the one before. */
export function inputOf(network: Network, index: number): Quantization {
  return index === 0 ? network.input : network.layers[index - 1].output
}

/**
 * Holds a network to what makes its results the same on every engine: layers that fit one another, usable
 * scales, and Σ|w|·max|x − zero point| + |bias| < 2^24 for every output. Throws AjarError 'model.network' or
 * 'model.accumulator' and names layer and output.
 */
export function checkNetwork(network: Network): void {
  let width = network.inputs
  network.layers.forEach((layer, index) => {
    const input = inputOf(network, index)
    if (layer.inputs !== width)
      throw broken(`layer ${index} takes ${layer.inputs} values, but ${width} reach it`)
    const factors = rescalingFactors(layer, input)
    const reach = Math.max(127 - input.zeroPoint, input.zeroPoint + 128)
    for (let o = 0; o < layer.outputs; o++) {
      if (!(factors[o] > 0 && Number.isFinite(factors[o])))
        throw broken(`layer ${index}, output ${o} is rescaled by ${factors[o]}`)
      let bound = Math.abs(layer.biases[o])
      for (let i = 0; i < layer.inputs; i++) bound += Math.abs(layer.weights[o * layer.inputs + i]) * reach
      if (bound >= EXACT_IN_FLOAT32)
        throw new AjarError(
          'model.accumulator',
          `Layer ${index}, output ${o} can sum to ${bound}; engines agree only below ${EXACT_IN_FLOAT32}.`,
          'Train the model again with fewer inputs or smaller weights.',
        )
    }
    width = layer.outputs
  })
}

function broken(what: string): AjarError {
  return new AjarError('model.network', `The network cannot run: ${what}.`, 'Train the model again.')
}
