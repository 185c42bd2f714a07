import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { Int8JsEngine } from '../../../../src/sensing/model/engine-int8-js.js'
import { TfjsEngine } from '../../../../src/sensing/model/engine-tfjs.js'
import { checkNetwork, denseShape, outputsOf, type Network } from '../../../../src/sensing/model/network.js'
import {
  loadTensorFlow,
  TENSORFLOW_BACKENDS,
  useBackend,
  type TensorFlow,
} from '../../../../src/sensing/model/tensorflow.js'
import { tfjsNodeInstalled } from '../../../support/tfjs-node.js'
import { inputsFor, networks, realSizeNetwork } from './networks.js'

const model = { id: 'm', layoutId: 0, outputs: [], inputShape: [] }
const listeners = () =>
  ['uncaughtException', 'unhandledRejection'].flatMap((event) => process.rawListeners(event as 'beforeExit'))

/** Returns the activations, once they are found to be the same. */
const compare = (engine: TfjsEngine, reference: Int8JsEngine, input: Int8Array): Int8Array[] => {
  const expected = reference.trace(input)
  engine.trace(input).forEach((values, layer) => {
    if (values.some((value, at) => value !== expected[layer][at])) expect(values).toEqual(expected[layer])
  })
  const output = new Int8Array(expected[expected.length - 1].length)
  engine.run(input, output)
  expect(output).toEqual(expected[expected.length - 1])
  return expected
}

for (const backend of TENSORFLOW_BACKENDS) {
  const installed = backend !== 'tfjs-node' || tfjsNodeInstalled()
  const title = installed
    ? backend
    : `${backend} (skipped: it is not installed; scripts/install-tfjs-node.sh installs it)`

  describe.skipIf(!installed)(title, () => {
    let tf: TensorFlow
    beforeAll(async () => {
      const before = listeners()
      tf = await loadTensorFlow(backend)
      expect(listeners()).toEqual(before)
    })

    it('gives the bits of int8-js at every layer of any network', async () => {
      await fc.assert(
        fc.asyncProperty(
          networks.chain((network) =>
            fc.tuple(
              fc.constant(network),
              fc.int8Array({ minLength: network.inputs, maxLength: network.inputs }),
            ),
          ),
          async ([network, input]) => {
            const engine = await TfjsEngine.create(backend, model, network)
            try {
              compare(engine, new Int8JsEngine(model, network), input)
            } finally {
              engine.dispose()
            }
          },
        ),
        { numRuns: 300 },
      )
    })

    it('gives them on a convolution of 30,000 parameters, at the edges of the range too', async () => {
      for (const seed of [1, 2, 3]) {
        const network = realSizeNetwork(seed)
        const reference = new Int8JsEngine(model, network)
        const engine = await TfjsEngine.create(backend, model, network)
        const seen = new Set<number>()
        for (const input of inputsFor(network, 60, seed)) {
          for (const values of compare(engine, reference, input)) for (const value of values) seen.add(value)
        }
        engine.dispose()
        // Nothing is shown by activations that are all saturated.
        expect(seen.size).toBeGreaterThan(200)
      }
    })

    it('sums exactly up to 2^24, and takes ties to even', async () => {
      const inputs = 512
      const network: Network = {
        inputs,
        input: { scale: 1, zeroPoint: 0 },
        layers: [
          {
            ...denseShape(inputs, 3),
            weights: Int8Array.from({ length: 3 * inputs }, (_, i) =>
              i < inputs ? 127 : i % 2 === 0 ? 127 : -127,
            ),
            biases: Int32Array.of(2 ** 24 - 1 - inputs * 127 * 128, 1, -3),
            weightScales: Float32Array.of(2 ** -17, 0.5, 0.5),
            output: { scale: 1, zeroPoint: 0 },
          },
        ],
      }
      checkNetwork(network)
      const reference = new Int8JsEngine(model, network)
      const engine = await TfjsEngine.create(backend, model, network)
      for (const value of [127, -128, 126, 1, 0])
        compare(engine, reference, new Int8Array(inputs).fill(value))
      const output = new Int8Array(3)
      engine.run(new Int8Array(inputs).fill(127), output)
      expect([...output]).toEqual([127, 0, -2])
      engine.dispose()
    })

    it('leaves no tensor behind', async () => {
      useBackend(tf, backend)
      const before = tf.memory().numTensors
      const network = realSizeNetwork(4)
      const engine = await TfjsEngine.create(backend, model, network)
      const held = tf.memory().numTensors
      const output = new Int8Array(outputsOf(network.layers[network.layers.length - 1]))
      for (const input of inputsFor(network, 20, 4)) {
        engine.run(input, output)
        engine.trace(input)
        expect(tf.memory().numTensors).toBe(held)
      }
      engine.dispose()
      expect(tf.memory().numTensors).toBe(before)
    })
  })
}
