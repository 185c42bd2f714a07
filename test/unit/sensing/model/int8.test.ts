import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Int8JsEngine, roundHalfToEven } from '../../../../src/sensing/model/engine-int8-js.js'
import {
  checkNetwork,
  denseShape,
  outputsOf,
  reachOf,
  type Network,
} from '../../../../src/sensing/model/network.js'
import {
  forward,
  quantizeInto,
  quantizeNetwork,
  type FloatLayer,
} from '../../../../src/sensing/model/quantize.js'
import { networks } from './networks.js'

const engineOf = (network: Network) =>
  new Int8JsEngine(
    {
      id: 'm',
      layoutId: 0,
      outputs: [],
      inputShape: [network.inputs],
    },
    network,
  )

/** The definition, in exact arithmetic as far as float32 is not part of it. */
function reference(network: Network, input: Int8Array): number[][] {
  let values = [...input]
  let from = network.input
  return network.layers.map((shape) => {
    const reach = reachOf(shape)
    values = Array.from({ length: outputsOf(shape) }, (_, at) => {
      const o = at % shape.outputs
      const start = Math.floor(at / shape.outputs) * shape.stride * shape.channels
      let sum = BigInt(shape.biases[o])
      for (let i = 0; i < reach; i++)
        sum += BigInt(shape.weights[o * reach + i]) * BigInt(values[start + i] - from.zeroPoint)
      const factor = Math.fround((from.scale * shape.weightScales[o]) / shape.output.scale)
      const scaled = Math.fround(Math.fround(Number(sum)) * factor)
      const below = Math.floor(scaled)
      const rest = scaled - below
      const rounded = rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below
      return Math.min(127, Math.max(-128, rounded + shape.output.zeroPoint))
    })
    from = shape.output
    return values
  })
}

describe('Int8JsEngine', () => {
  it('does what the definition says, layer for layer', () => {
    fc.assert(
      fc.property(
        networks.chain((network) =>
          fc.tuple(
            fc.constant(network),
            fc.int8Array({ minLength: network.inputs, maxLength: network.inputs }),
          ),
        ),
        ([network, input]) => {
          checkNetwork(network)
          const engine = engineOf(network)
          const expected = reference(network, input)
          expect(engine.trace(input).map((values) => [...values])).toEqual(expected)
          const output = new Int8Array(expected[1].length)
          engine.run(input, output)
          expect([...output]).toEqual(expected[1])
        },
      ),
      { numRuns: 500 },
    )
  })

  it.each([
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [-0.5, 0],
    [-1.5, -2],
    [126.49999, 126],
    [127.5, 128],
    [1e9, 1024],
    [-1e9, -1024],
  ])('rounds %d to %d, ties to even', (value, rounded) => {
    expect(roundHalfToEven(Math.fround(value)) + 0).toBe(rounded)
  })

  it('saturates', () => {
    const into = new Int8Array(4)
    quantizeInto(Float32Array.of(1e30, -1e30, 1, 0), { scale: 0.5, zeroPoint: 10 }, into)
    expect([...into]).toEqual([127, -128, 12, 10])
  })
})

describe('quantizeNetwork', () => {
  const floats = (length: number) =>
    fc
      .array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: length, maxLength: length })
      .map((values) => Float64Array.from(values))
  const problems = fc
    .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 2, max: 4 }))
    .chain(([inputs, outputs]) =>
      fc.tuple(
        fc.record({
          weights: floats(inputs * outputs),
          biases: floats(outputs),
        }),
        fc.array(
          floats(inputs).map((values) => Float32Array.from(values)),
          { minLength: 1, maxLength: 12 },
        ),
      ),
    )

  it('stays below 2^24 and within the steps of its grids of the float layer', () => {
    fc.assert(
      fc.property(problems, ([parameters, rows]) => {
        const inputs = rows[0].length
        const outputs = parameters.biases.length
        const dense: FloatLayer = { ...denseShape(inputs, outputs), rectified: false, ...parameters }
        const network = quantizeNetwork([dense], rows)
        const [{ output, weightScales }] = network.layers
        const engine = engineOf(network)
        const q = new Int8Array(inputs)
        const y = new Int8Array(outputs)
        for (const row of rows) {
          quantizeInto(row, network.input, q)
          engine.run(q, y)
          forward(dense, row).forEach((exact, o) => {
            // Half a step of the output, and what half steps of input and weights can add up to.
            let allowed = 1.01 * output.scale + weightScales[o] * network.input.scale
            for (let i = 0; i < inputs; i++)
              allowed +=
                0.51 *
                (network.input.scale * Math.abs(dense.weights[o * inputs + i]) +
                  weightScales[o] * (Math.abs(row[i]) + network.input.scale))
            expect(Math.abs((y[o] - output.zeroPoint) * output.scale - exact)).toBeLessThanOrEqual(allowed)
          })
        }
      }),
      { numRuns: 200 },
    )
  })

  it('takes an output of no weights and a large bias', () => {
    const dense: FloatLayer = {
      ...denseShape(2, 2),
      rectified: false,
      weights: Float64Array.of(0, 0, 1, 1),
      biases: Float64Array.of(50, 0),
    }
    const network = quantizeNetwork([dense], [Float32Array.of(1, -1), Float32Array.of(0.001, 0)])
    const y = new Int8Array(2)
    engineOf(network).run(Int8Array.of(network.input.zeroPoint, network.input.zeroPoint), y)
    expect((y[0] - network.layers[0].output.zeroPoint) * network.layers[0].output.scale).toBeCloseTo(50, 0)
  })

  it('rectifies by saturation: the output grid of a rectified layer begins at 0', () => {
    const conv: FloatLayer = {
      kind: 'conv1d',
      positions: 3,
      kernel: 2,
      stride: 1,
      channels: 1,
      outputs: 2,
      rectified: true,
      weights: Float64Array.of(1, -1, -1, 1),
      biases: Float64Array.of(0.25, 0),
    }
    const row = Float32Array.of(1, 0, 2, -1)
    const network = quantizeNetwork([conv], [row])
    const { output } = network.layers[0]
    expect(output.zeroPoint).toBe(-128)
    const [input, y] = [new Int8Array(4), new Int8Array(6)]
    quantizeInto(row, network.input, input)
    engineOf(network).run(input, y)
    expect([...forward(conv, row)]).toEqual([1.25, 0, 0, 2, 3.25, 0])
    forward(conv, row).forEach((exact, at) => expect((y[at] + 128) * output.scale).toBeCloseTo(exact, 1))
  })

  it('refuses what could sum to 2^24', () => {
    const inputs = 600
    const dense: FloatLayer = {
      ...denseShape(inputs, 1),
      rectified: false,
      weights: new Float64Array(inputs).fill(1),
      biases: new Float64Array(1),
    }
    expect(() => quantizeNetwork([dense], [new Float32Array(inputs).fill(1)])).toThrow(
      /engines agree only below/,
    )
  })

  it('refuses layers that do not fit one another', () => {
    const dense = (inputs: number, outputs: number) => ({
      ...denseShape(inputs, outputs),
      weights: new Int8Array(inputs * outputs),
      biases: new Int32Array(outputs),
      weightScales: new Float32Array(outputs).fill(1),
      output: { scale: 1, zeroPoint: 0 },
    })
    const input = { scale: 1, zeroPoint: 0 }
    expect(() => checkNetwork({ inputs: 3, input, layers: [dense(3, 2), dense(3, 1)] })).toThrow(
      /layer 1 takes 3/,
    )
    const flat = { ...dense(3, 2), output: { scale: 0, zeroPoint: 0 } }
    expect(() => checkNetwork({ inputs: 3, input, layers: [flat] })).toThrow(/rescaled by Infinity/)
    const striding = { ...dense(3, 2), positions: 2 }
    expect(() => checkNetwork({ inputs: 6, input, layers: [striding] })).toThrow(/dense, but has positions/)
    const conv = { ...dense(2, 2), kind: 'conv1d' as const, positions: 2, stride: 2 }
    expect(() => checkNetwork({ inputs: 6, input, layers: [conv] })).not.toThrow()
    expect(() => checkNetwork({ inputs: 8, input, layers: [conv] })).not.toThrow()
    expect(() => checkNetwork({ inputs: 10, input, layers: [conv] })).toThrow(/takes 6 values, but 10/)
    expect(() => checkNetwork({ inputs: 7, input, layers: [conv] })).toThrow(/takes 6 values, but 7/)
  })
})
