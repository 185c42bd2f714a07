import { AjarError } from '../../platform/errors.js'

/** Affine int8 quantization: real value = scale × (q − zeroPoint). `scale` is a float32 value. */
export interface Quantization {
  scale: number
  zeroPoint: number
}

/**
 * How a layer lies over its input, `rows × channels` values, row after row. A dense layer looks at everything once:
 * kernel 1, one position. A convolution looks at `kernel` rows at each of `positions` places, `stride` rows apart,
 * without padding: what it looks at is one run of values, so that both are the same sum.
 */
export interface LayerShape {
  kind: 'dense' | 'conv1d'
  positions: number
  kernel: number
  stride: number
  channels: number
  outputs: number
}

/**
 * output[p, o] = biases[o] + Σ weights[o, i] · (input[p · stride · channels + i] − zero point of the input),
 * i over kernel × channels values. A rectified layer is one whose output grid begins at 0 (zero point −128):
 * saturation rectifies.
 */
export interface Layer extends LayerShape {
  /** outputs × (kernel × channels), symmetric, one scale for each output. */
  weights: Int8Array
  /** In units of input scale × weight scale. */
  biases: Int32Array
  weightScales: Float32Array
  output: Quantization
}

/** Values that one position looks at. */
export function reachOf({ kernel, channels }: LayerShape): number {
  return kernel * channels
}

/** Values that a layer takes: what its positions look at, and nothing behind the last. */
export function inputsOf({ positions, stride, kernel, channels }: LayerShape): number {
  return ((positions - 1) * stride + kernel) * channels
}

export function outputsOf({ positions, outputs }: LayerShape): number {
  return positions * outputs
}

export function denseShape(inputs: number, outputs: number): LayerShape {
  return { kind: 'dense', positions: 1, kernel: 1, stride: 1, channels: inputs, outputs }
}

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
    if (layer.kind === 'dense' && (layer.positions !== 1 || layer.kernel !== 1 || layer.stride !== 1))
      throw broken(`layer ${index} is dense, but has positions`)
    if (!takes(layer, width))
      throw broken(`layer ${index} takes ${inputsOf(layer)} values, but ${width} reach it`)
    const factors = rescalingFactors(layer, input)
    const furthest = Math.max(127 - input.zeroPoint, input.zeroPoint + 128)
    const reach = reachOf(layer)
    for (let o = 0; o < layer.outputs; o++) {
      if (!(factors[o] > 0 && Number.isFinite(factors[o])))
        throw broken(`layer ${index}, output ${o} is rescaled by ${factors[o]}`)
      let bound = Math.abs(layer.biases[o])
      for (let i = 0; i < reach; i++) bound += Math.abs(layer.weights[o * reach + i]) * furthest
      if (bound >= EXACT_IN_FLOAT32)
        throw new AjarError(
          'model.accumulator',
          `Layer ${index}, output ${o} can sum to ${bound}; engines agree only below ${EXACT_IN_FLOAT32}.`,
          'Train the model again with fewer inputs or smaller weights.',
        )
    }
    width = outputsOf(layer)
  })
}

/** Whether a layer fits over `width` values: whole rows, and fewer rows left over than one stride. */
function takes(layer: LayerShape, width: number): boolean {
  const over = width - inputsOf(layer)
  return over >= 0 && over < layer.stride * layer.channels && width % layer.channels === 0
}

function broken(what: string): AjarError {
  return new AjarError('model.network', `The network cannot run: ${what}.`, 'Train the model again.')
}
