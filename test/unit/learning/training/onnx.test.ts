import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { InferenceSession } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { dequantized, onnxruntime } from '../../../../src/commands/bench/onnxruntime.js'
import { indexOfLargest } from '../../../../src/platform/index-of-largest.js'
import { toOnnx } from '../../../../src/learning/training/onnx.js'
import { loadArtefact } from '../../../../src/sensing/model/artefact.js'
import { Int8JsEngine } from '../../../../src/sensing/model/engine-int8-js.js'
import { denseShape, outputsOf, type Network } from '../../../../src/sensing/model/network.js'
import { quantizeInto, quantizeNetwork, type FloatLayer } from '../../../../src/sensing/model/quantize.js'
import { exactInt8 } from '../../../support/exact-int8.js'
import { seededRandom } from '../../../support/packets.js'
import { inputsFor, realSizeNetwork } from '../../sensing/model/networks.js'

const artefact = loadArtefact('models/demo')
const random = seededRandom(7)

function randomInputs(length: number, count: number): Int8Array[] {
  return Array.from({ length: count }, () => Int8Array.from({ length }, () => random() * 256 - 128))
}

function edges(length: number): Int8Array[] {
  return [
    new Int8Array(length).fill(-128),
    new Int8Array(length).fill(127),
    new Int8Array(length),
    Int8Array.from({ length }, (_, i) => (i % 2 === 0 ? -128 : 127)),
    Int8Array.from({ length }, (_, i) => (i % 2 === 0 ? 127 : -128)),
  ]
}

/** Layers of small random weights, calibrated on random inputs. */
function randomNetwork(...widths: number[]): Network {
  const normal = (): number => random() + random() + random() - 1.5
  const layers = widths.slice(1).map((outputs, index): FloatLayer => {
    const inputs = widths[index]
    return {
      ...denseShape(inputs, outputs),
      rectified: false,
      weights: Float64Array.from({ length: inputs * outputs }, () => normal() / Math.sqrt(inputs)),
      biases: Float64Array.from({ length: outputs }, normal),
    }
  })
  const calibration = Array.from({ length: 200 }, () => Float32Array.from({ length: widths[0] }, normal))
  return quantizeNetwork(layers, calibration)
}

/** Largest difference of any output, and how many windows are given another class though the best two differ. */
async function compare(
  network: Network,
  inputs: readonly Int8Array[],
  optimize: boolean,
): Promise<{ steps: number; otherClass: number }> {
  const last = network.layers[network.layers.length - 1]
  const { output } = last
  const outputs = outputsOf(last)
  const engine = new Int8JsEngine(
    { id: 'm', layoutId: 0, outputs: [], inputShape: [network.inputs] },
    network,
  )
  const run = await onnxruntime(network, optimize)
  const ours = new Int8Array(outputs)
  const theirs = new Int8Array(outputs)
  let steps = 0
  let otherClass = 0
  for (const input of inputs) {
    engine.run(input, ours)
    quantizeInto(run(dequantized(input, network.input)), output, theirs)
    ours.forEach((value, o) => (steps = Math.max(steps, Math.abs(value - theirs[o]))))
    const [best, second] = [...ours].sort((a, b) => b - a)
    if (best - second > 1 && indexOfLargest(ours) !== indexOfLargest(theirs)) otherClass++
  }
  return { steps, otherClass }
}

describe('toOnnx', () => {
  it('gives the demo model a file that means the same, operator by operator', async () => {
    const inputs = [...randomInputs(5, 2000), ...edges(5), ...artefact.golden.map(({ input }) => input)]
    const { steps, otherClass } = await compare(artefact.network, inputs, false)
    expect(steps).toBeLessThanOrEqual(1)
    expect(otherClass).toBe(0)
  })

  it.skipIf(!exactInt8)('means the same in the int8 kernels of onnxruntime', async () => {
    const inputs = [...randomInputs(5, 2000), ...edges(5), ...artefact.golden.map(({ input }) => input)]
    const { steps, otherClass } = await compare(artefact.network, inputs, true)
    expect(steps).toBeLessThanOrEqual(1)
    expect(otherClass).toBe(0)
  })

  it('joins layers: each rounds on its own grid', async () => {
    const network = randomNetwork(57, 40, 16, 4)
    const inputs = [...randomInputs(57, 1000), ...edges(57)]
    const { steps } = await compare(network, inputs, false)
    expect(steps).toBeLessThanOrEqual(2) // one step of a layer weighs more than one further on
  })

  it('convolves as the engines do: the network of the convolution family, and one that ends in positions', async () => {
    const network = realSizeNetwork(3)
    const inputs = [...inputsFor(network, 300, 5)]
    // A step on the grid of an early layer spreads to many sums behind it.
    expect((await compare(network, inputs, false)).steps).toBeLessThanOrEqual(2)
    const [first] = network.layers
    const { steps } = await compare({ ...network, layers: [first] }, inputs.slice(0, 20), false)
    expect(steps).toBeLessThanOrEqual(1)
  })

  it('is of the form that onnxruntime turns into integer operators', async () => {
    const optimized = path.join(mkdtempSync(path.join(tmpdir(), 'ajar-onnx-')), 'optimized.onnx')
    await InferenceSession.create(toOnnx(randomNetwork(57, 16, 4), 'test'), {
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      optimizedModelFilePath: optimized,
    })
    const operators = readFileSync(optimized, 'latin1').match(/QGemm|Gemm(?=\*)/g)
    expect(operators?.filter((name) => name === 'QGemm')).toHaveLength(2)
    expect(operators).not.toContain('Gemm')
  })

  it('gives the same bytes for the same network', () => {
    expect(toOnnx(artefact.network, 'demo')).toEqual(toOnnx(artefact.network, 'demo'))
  })
})
