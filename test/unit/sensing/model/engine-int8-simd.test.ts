import fc from 'fast-check'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Int8JsEngine } from '../../../../src/sensing/model/engine-int8-js.js'
import { Int8SimdEngine } from '../../../../src/sensing/model/engine-int8-simd.js'
import { checkNetwork, denseShape, outputsOf, type Network } from '../../../../src/sensing/model/network.js'
import { seededRandom } from '../../../support/packets.js'
import { convolutionShapes, networks, oddNetworks, randomNetwork } from './networks.js'

const engineOf = (Engine: typeof Int8JsEngine | typeof Int8SimdEngine, network: Network) =>
  new Engine({ id: 'm', layoutId: 0, outputs: [], inputShape: [network.inputs] }, network)

/** Both engines must give the same activations at every layer, one input after the other. */
function expectTheSame(network: Network, inputs: readonly Int8Array[]): void {
  checkNetwork(network)
  const simd = engineOf(Int8SimdEngine, network)
  const reference = engineOf(Int8JsEngine, network)
  const output = new Int8Array(outputsOf(network.layers[network.layers.length - 1]))
  for (const input of inputs) {
    const expected = reference.trace(input)
    expect(simd.trace(input)).toEqual(expected)
    simd.run(input, output.fill(0))
    expect(output).toEqual(expected[expected.length - 1])
  }
}

const inputsFrom = ({ inputs }: Network, value: (index: number) => number) =>
  Int8Array.from({ length: inputs }, (_, index) => value(index))

const extremes = (network: Network) => [
  inputsFrom(network, () => -128),
  inputsFrom(network, () => 127),
  inputsFrom(network, (index) => (index % 2 === 0 ? -128 : 127)),
  inputsFrom(network, (index) => (index % 2 === 0 ? 127 : -128)),
  inputsFrom(network, () => network.input.zeroPoint),
]

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('Int8SimdEngine', () => {
  it.each([
    ['a convolution and a dense layer', networks],
    ['layers of any shape', oddNetworks],
  ])('gives the bits of the reference at every layer: %s', (_, shaped) => {
    const cases = shaped.chain((network) => {
      const input = fc.int8Array({ minLength: network.inputs, maxLength: network.inputs })
      return fc.tuple(fc.constant(network), fc.array(input, { minLength: 1, maxLength: 3 }))
    })
    fc.assert(
      fc.property(cases, ([network, inputs]) => expectTheSame(network, [...inputs, ...extremes(network)])),
      { numRuns: 300 },
    )
  })

  it('gives the bits of the reference for a convolution of real size', () => {
    const network = randomNetwork(5400, convolutionShapes())
    const random = seededRandom(2)
    const inputs = Array.from({ length: 20 }, () =>
      inputsFrom(network, () => Math.floor(random() * 256) - 128),
    )
    expectTheSame(network, [...inputs, ...extremes(network)])
    // The comparison would say little of activations that are all saturated.
    const inside = engineOf(Int8SimdEngine, network)
      .trace(inputs[0])
      .map((values) => values.filter((value) => value > -128 && value < 127).length / values.length)
    for (const share of inside) expect(share).toBeGreaterThan(0.5)
  })

  it.each([1, 2, 7, 8, 9, 15, 16, 17])(
    'gives the bits of the reference for a dense layer of %d outputs',
    (n) => {
      for (const inputs of [1, 2, 3, 31, 320])
        for (const seed of [1, 2, 3]) {
          const network = randomNetwork(inputs, [denseShape(inputs, n)], seed)
          expectTheSame(network, extremes(network))
        }
    },
  )

  it('sums to the limit of 2^24 exactly, with the zero point at either end', () => {
    for (const zeroPoint of [-128, 127])
      for (const weight of [-128, 127]) {
        const layer = {
          ...denseShape(513, 9),
          weights: new Int8Array(9 * 513).fill(weight),
          biases: new Int32Array(9).fill(17),
          weightScales: Float32Array.from({ length: 9 }, (_, o) => 127 / (16_740_000 + 9_000 * o)),
          output: { scale: 1, zeroPoint: 1 },
        }
        const network = { inputs: 513, input: { scale: 1, zeroPoint }, layers: [layer] }
        expectTheSame(network, extremes(network))
      }
  })

  it.each([0.5, 1.5, 0.25, 0.125, 1 / 3, 5, 1e-38, 1e30, 3e38])(
    'rounds and saturates as the reference does: factor %d',
    (factor) => {
      const layer = {
        ...denseShape(1, 3),
        weights: Int8Array.of(1, -1, 127),
        biases: Int32Array.of(0, 1, -1),
        weightScales: new Float32Array(3).fill(factor),
        output: { scale: 1, zeroPoint: 0 },
      }
      for (const zeroPoint of [-128, -1, 0, 127]) {
        const network = {
          inputs: 1,
          input: { scale: 1, zeroPoint: 0 },
          layers: [{ ...layer, output: { scale: 1, zeroPoint } }],
        }
        expectTheSame(
          network,
          Array.from({ length: 256 }, (_, i) => Int8Array.of(i - 128)),
        )
      }
    },
  )

  it('says what to do where there is no WebAssembly SIMD', () => {
    const network = randomNetwork(4, [denseShape(4, 2)])
    const refusal = expect.objectContaining({
      code: 'model.engine',
      hint: expect.stringContaining('int8-js'),
    })
    vi.spyOn(WebAssembly, 'validate').mockReturnValue(false)
    expect(() => engineOf(Int8SimdEngine, network)).toThrow(refusal)
    vi.stubGlobal('WebAssembly', undefined)
    expect(() => engineOf(Int8SimdEngine, network)).toThrow(refusal)
  })

  it('runs what its source compiles to', () => {
    const root = new URL('../../../../', import.meta.url)
    const compiled = path.join(mkdtempSync(path.join(tmpdir(), 'ajar-kernel-')), 'kernel.wasm')
    execFileSync(process.execPath, [fileURLToPath(new URL('scripts/build-kernel.mjs', root)), compiled])
    expect(readFileSync(compiled)).toEqual(readFileSync(new URL('src/sensing/model/int8-simd.wasm', root)))
  })
})
