import fc from 'fast-check'
import {
  checkNetwork,
  denseShape,
  inputsOf,
  outputsOf,
  reachOf,
  type Layer,
  type LayerShape,
  type Network,
} from '../../../../src/sensing/model/network.js'

const int8 = fc.integer({ min: -128, max: 127 })
const scale = fc.double({ min: 1e-4, max: 10, noNaN: true }).map(Math.fround)
const layer = (shape: LayerShape) => {
  const { outputs } = shape
  const size = outputs * reachOf(shape)
  return fc.record({
    ...(Object.fromEntries(Object.entries(shape).map(([key, value]) => [key, fc.constant(value)])) as {
      [Key in keyof LayerShape]: fc.Arbitrary<LayerShape[Key]>
    }),
    weights: fc.int8Array({ minLength: size, maxLength: size }),
    biases: fc
      .array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: outputs, maxLength: outputs })
      .map((values) => Int32Array.from(values)),
    weightScales: fc
      .array(scale, { minLength: outputs, maxLength: outputs })
      .map((values) => Float32Array.from(values)),
    output: fc.record({ scale, zeroPoint: int8 }),
  })
}
/** A convolution with some rows left over behind it, then a dense layer over all that it gives. */
export const networks = fc
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
      input: fc.record({ scale, zeroPoint: int8 }),
      layers: fc.tuple(layer(conv), layer(denseShape(outputsOf(conv), outputs))),
    })
  })

/** Random numbers in [0, 1), the same for a seed. */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32
}

/** 30,179 parameters, as large as a trained convolution: 100 rows of 54 values, three convolutions, three outputs. */
export function realSizeNetwork(seed: number): Network {
  const random = randomOf(seed)
  const conv = (rows: number, channels: number, outputs: number, kernel: number): LayerShape => ({
    kind: 'conv1d',
    positions: Math.floor((rows - kernel) / 2) + 1,
    stride: 2,
    ...{ kernel, channels, outputs },
  })
  const fill = (shape: LayerShape, zeroPoint: number): Layer => ({
    ...shape,
    weights: Int8Array.from(
      { length: shape.outputs * reachOf(shape) },
      () => Math.floor(random() * 255) - 127,
    ),
    biases: Int32Array.from({ length: shape.outputs }, () => Math.floor((random() - 0.5) * 40_000)),
    weightScales: Float32Array.from({ length: shape.outputs }, () => 0.002 + 0.004 * random()),
    output: { scale: Math.fround(0.5 + random()), zeroPoint },
  })
  const first = conv(100, 54, 48, 5)
  const second = conv(first.positions, 48, 48, 5)
  const third = conv(second.positions, 48, 32, 3)
  const network: Network = {
    inputs: 5400,
    input: { scale: Math.fround(0.03), zeroPoint: 3 },
    layers: [
      fill(first, -128),
      fill(second, -128),
      fill(third, -128),
      fill(denseShape(outputsOf(third), 3), 5),
    ],
  }
  checkNetwork(network)
  return network
}

/** Random inputs, and those at the edges of the range. */
export function* inputsFor(network: Network, count: number, seed: number): Generator<Int8Array> {
  const random = randomOf(seed)
  const edges = [
    () => -128,
    () => 127,
    (i: number) => (i % 2 === 0 ? -128 : 127),
    () => network.input.zeroPoint,
  ]
  for (const edge of edges) yield Int8Array.from({ length: network.inputs }, (_, i) => edge(i))
  for (let i = 0; i < count; i++)
    yield Int8Array.from({ length: network.inputs }, () => Math.floor(random() * 256) - 128)
}
