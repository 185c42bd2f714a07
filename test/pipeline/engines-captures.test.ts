import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { dequantized, onnxruntime } from '../../src/commands/bench/onnxruntime.js'
import type { EngineName } from '../../src/domain/model.js'
import { readFeatureRows } from '../../src/learning/dataset/feature-rows.js'
import { loadDataset } from '../../src/learning/dataset/manifest.js'
import { Random } from '../../src/learning/random.js'
import { architecture } from '../../src/learning/training/architectures.js'
import { quantizeRows } from '../../src/learning/training/export-check.js'
import { normalise } from '../../src/learning/training/fit.js'
import { indexOfLargest } from '../../src/platform/index-of-largest.js'
import { normalisationOf } from '../../src/learning/training/lda.js'
import { rowWeights } from '../../src/learning/training/row-weights.js'
import { ENGINES } from '../../src/sensing/model/choose-engine.js'
import { Int8JsEngine } from '../../src/sensing/model/engine-int8-js.js'
import { featureExtractor } from '../../src/sensing/model/features.js'
import { reachOf, type Network } from '../../src/sensing/model/network.js'
import { quantizeInto, quantizeNetwork } from '../../src/sensing/model/quantize.js'
import { CAPTURES, capturesAbsent, needsCaptures } from '../support/captures.js'
import { exactInt8 } from '../support/exact-int8.js'
import { signalSettings } from '../support/packets.js'
import { tfjsNodeInstalled } from '../support/tfjs-node.js'

const MARKERS = 3
/** Of a visit; 157 visits. */
const ROWS_OF_VISIT = 8
const LEAST_WINDOWS = 1000
const OTHERS: EngineName[] = ['int8-simd', 'tfjs-wasm', 'tfjs-node']
/** The network is calibrated on every so-manieth window. */
const CALIBRATION_STEP = 10

describe.skipIf(capturesAbsent)(`engines on windows of two-state${needsCaptures}`, () => {
  const model = { id: 'm', layoutId: 0, outputs: [], inputShape: [] }
  let network: Network
  let windows: Int8Array[]
  let expected: Int8Array[][]

  beforeAll(async () => {
    const features = featureExtractor('sequence')
    const { rows } = await readFeatureRows(
      await loadDataset(path.join(CAPTURES, 'two-state/dataset.yaml')),
      {
        signal: signalSettings,
        features,
        judge: featureExtractor('five-numbers'),
        mostRows: ROWS_OF_VISIT,
        transmitters: [],
        tablePacketsPerSecond: 3,
      },
      () => undefined,
    )
    const values = rows.map((row) => row.features)
    const { mean, scale } = normalisationOf(values, rowWeights(rows), features.channels)
    const normalised = values.map((value) => normalise(value, mean, scale))
    network = randomNetwork(normalised.filter((_, i) => i % CALIBRATION_STEP === 0))
    windows = quantizeRows(normalised, network)
    const reference = new Int8JsEngine(model, network)
    expected = windows.map((window) => reference.trace(window))
  }, 120_000)

  it('has real windows, and activations that are not all alike', () => {
    expect(windows.length).toBeGreaterThanOrEqual(LEAST_WINDOWS)
    network.layers.forEach((_, layer) => {
      const seen = new Set(expected.flatMap((activations) => [...activations[layer]]))
      expect(seen.size).toBeGreaterThan(100)
    })
  })

  for (const name of OTHERS) {
    const absent = name === 'tfjs-node' && !tfjsNodeInstalled()
    const why = absent ? ' (skipped: it is not installed)' : ''
    it.skipIf(absent)(`${name} gives the bits of int8-js at every layer${why}`, async () => {
      const engine = await ENGINES[name]({ ...model, network })
      windows.forEach((window, index) =>
        engine.trace(window).forEach((found, layer) => {
          const wanted = expected[index][layer]
          if (found.length !== wanted.length || found.some((value, at) => value !== wanted[at]))
            expect(found, `window ${index}, layer ${layer}`).toEqual(wanted)
        }),
      )
      engine.dispose()
    })
  }

  // An early layer's step could spread to many sums behind it; on these windows it does not.
  const why = exactInt8 ? '' : ' (skipped: this processor has no VNNI)'
  it.skipIf(!exactInt8)(`onnxruntime's int8 kernels are within a step at every layer${why}`, () =>
    withinAStep(true),
  )

  it('onnxruntime, operator by operator, is within a step at every layer', () => withinAStep(false))

  async function withinAStep(optimize: boolean): Promise<void> {
    const deepest = network.layers.length - 1
    for (const [layer, { output }] of network.layers.entries()) {
      const run = await onnxruntime({ ...network, layers: network.layers.slice(0, layer + 1) }, optimize)
      let steps = 0
      const classes = new Set<number>()
      windows.forEach((window, index) => {
        const ours = expected[index][layer]
        const theirs = new Int8Array(ours.length)
        quantizeInto(run(dequantized(window, network.input)), output, theirs)
        ours.forEach((value, at) => (steps = Math.max(steps, Math.abs(value - theirs[at]))))
        if (layer < deepest) return
        const [best, second] = [...ours].sort((a, b) => b - a)
        classes.add(indexOfLargest(ours))
        // Of two that are a step apart either may come out ahead.
        if (best - second > 1) expect(indexOfLargest(theirs), `window ${index}`).toBe(indexOfLargest(ours))
      })
      expect(steps, `layer ${layer}`).toBeLessThanOrEqual(1)
      if (layer === deepest) expect(classes.size).toBeGreaterThan(1)
    }
  }
})

/** The convolution family's real size. */
function randomNetwork(calibration: readonly Float32Array[]): Network {
  const random = new Random('engines-captures')
  const normals = (length: number, sd: number) => Float64Array.from({ length }, () => sd * random.normal())
  const layers = architecture('conv', MARKERS).map((plan) => {
    const reach = reachOf(plan)
    return {
      ...plan,
      weights: normals(plan.outputs * reach, Math.sqrt(2 / reach)),
      biases: normals(plan.outputs, 0.1),
    }
  })
  return quantizeNetwork(layers, calibration)
}
