import fc from 'fast-check'
import {
  denseShape,
  inputsOf,
  outputsOf,
  reachOf,
  type Layer,
  type LayerShape,
  type Network,
} from '../../../../src/sensing/model/network.js'
import { seededRandom } from '../../../support/packets.js'

const int8 = fc.integer({ min: -128, max: 127 })
const scale = fc.double({ min: 1e-4, max: 10, noNaN: true }).map(Math.fround)
const quantization = fc.record({ scale, zeroPoint: int8 })

function layerOf(shape: LayerShape): fc.Arbitrary<Layer> {
  const { outputs } = shape
  const size = outputs * reachOf(shape)
  return fc
    .record({
      weights: fc.int8Array({ minLength: size, maxLength: size }),
      biases: fc
        .array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: outputs, maxLength: outputs })
        .map((values) => Int32Array.from(values)),
      weightScales: fc
        .array(scale, { minLength: outputs, maxLength: outputs })
        .map((values) => Float32Array.from(values)),
      output: quantization,
    })
    .map((parameters) => ({ ...shape, ...parameters }))
}

/** A convolution with some rows left over behind it, then a dense layer over all that it gives. */
export const networks: fc.Arbitrary<Network> = fc
  .record({
    positions: fc.integer({ min: 1, max: 4 }),
    kernel: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 3 }),
    channels: fc.integer({ min: 1, max: 5 }),
    hidden: fc.integer({ min: 1, max: 9 }),
    outputs: fc.integer({ min: 1, max: 4 }),
    over: fc.nat(2),
  })
  .chain(({ hidden, outputs, over, ...shape }) => {
    const conv: LayerShape = { kind: 'conv1d', ...shape, outputs: hidden }
    return fc.record({
      inputs: fc.constant(inputsOf(conv) + Math.min(over, conv.stride - 1) * conv.channels),
      input: quantization,
      layers: fc.tuple(layerOf(conv), layerOf(denseShape(outputsOf(conv), outputs))),
    })
  })

/**
 * Up to three convolutions of any shape, whatever the rows of the layer before were; where there is one row, a dense
 * layer in all but name. At most 24 rows: at the width that follows from it, sums stay below 2^24.
 */
export const oddNetworks: fc.Arbitrary<Network> = fc
  .record({
    inputs: fc.integer({ min: 1, max: 200 }),
    choices: fc.array(
      fc.record({
        rows: fc.nat(),
        kernel: fc.nat(),
        stride: fc.nat(),
        outputs: fc.integer({ min: 1, max: 19 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .chain(({ inputs, choices }) => {
    let width = inputs
    const shapes = choices.map((choice): LayerShape => {
      const rowCounts = Array.from({ length: 24 }, (_, i) => i + 1).filter((count) => width % count === 0)
      const rows = rowCounts[choice.rows % rowCounts.length]
      const channels = width / rows
      const kernel = 1 + (choice.kernel % Math.min(rows, 5))
      const stride = 1 + (choice.stride % (kernel + 2))
      const positions = 1 + Math.floor((rows - kernel) / stride)
      const { outputs } = choice
      width = positions * outputs
      return { kind: 'conv1d', positions, kernel, stride, channels, outputs }
    })
    return fc.record({
      inputs: fc.constant(inputs),
      input: quantization,
      layers: fc.tuple(...shapes.map(layerOf)),
    })
  })

/** Random layers of given shapes, on grids that neither saturate much nor stay near 0. */
export function randomNetwork(inputs: number, shapes: readonly LayerShape[], seed = 1): Network {
  const random = seededRandom(seed)
  const input = { scale: Math.fround(0.05), zeroPoint: -3 }
  let from = input
  const layers = shapes.map((shape): Layer => {
    const reach = reachOf(shape)
    // The standard deviation of a sum of `reach` uniform weights times inputs takes up a quarter of the grid.
    const spread = (Math.sqrt(reach) * 74 * 74) / 32
    const output = { scale: Math.fround(0.1), zeroPoint: Math.floor(random() * 256) - 128 }
    const weightScale = output.scale / from.scale / spread
    from = output
    return {
      ...shape,
      weights: Int8Array.from({ length: shape.outputs * reach }, () => Math.floor(random() * 255) - 127),
      biases: Int32Array.from({ length: shape.outputs }, () => Math.floor((random() - 0.5) * 20_000)),
      weightScales: Float32Array.from({ length: shape.outputs }, () => weightScale * (0.5 + random())),
      output,
    }
  })
  return { inputs, input, layers }
}

/** The shapes of the convolution family: 100 rows of 54 channels, 30,179 parameters. */
export function convolutionShapes(): LayerShape[] {
  const convolution = (positions: number, kernel: number, channels: number, outputs: number): LayerShape => ({
    kind: 'conv1d',
    positions,
    kernel,
    stride: 2,
    channels,
    outputs,
  })
  return [
    convolution(48, 5, 54, 48),
    convolution(22, 5, 48, 48),
    convolution(10, 3, 48, 32),
    denseShape(320, 3),
  ]
}

export function realSizeNetwork(seed: number): Network {
  return randomNetwork(5400, convolutionShapes(), seed)
}

/** Inputs at the edges of the range, and random ones. */
export function* inputsFor({ inputs, input }: Network, count: number, seed: number): Generator<Int8Array> {
  const random = seededRandom(seed)
  const edges = [() => -128, () => 127, (i: number) => (i % 2 === 0 ? -128 : 127), () => input.zeroPoint]
  for (const edge of edges) yield Int8Array.from({ length: inputs }, (_, i) => edge(i))
  for (let i = 0; i < count; i++)
    yield Int8Array.from({ length: inputs }, () => Math.floor(random() * 256) - 128)
}
