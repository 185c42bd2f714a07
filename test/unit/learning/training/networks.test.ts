import { beforeAll, describe, expect, it } from 'vitest'
import type { FeatureRow } from '../../../../src/learning/dataset/visit-reader.js'
import { Random } from '../../../../src/learning/random.js'
import { architecture, type LayerPlan } from '../../../../src/learning/training/architectures.js'
import { logitsOf } from '../../../../src/learning/training/fit.js'
import { NetworkFitter } from '../../../../src/learning/training/network-fitter.js'
import {
  floatLayers,
  forwardTensors,
  initialLayers,
} from '../../../../src/learning/training/tensor-layers.js'
import { trainModel, validate, type TrainingInput } from '../../../../src/learning/training/train.js'
import { loadTensorFlow, type TensorFlow } from '../../../../src/sensing/model/tensorflow.js'
import { seededNormal } from '../../../support/packets.js'

let tf: TensorFlow
beforeAll(async () => {
  tf = await loadTensorFlow('tfjs-wasm')
}, 60_000)

/**
 * Rows of 57 numbers that no linear rule tells apart: 'even' where the first two have the same sign. The third
 * is of the session, the others say nothing.
 */
function parityRows(sessions: number, windows: number): FeatureRow[] {
  const normal = seededNormal(7)
  const rows: FeatureRow[] = []
  for (let s = 0; s < sessions; s++) {
    const offset = normal()
    for (let w = 0; w < windows; w++) {
      const [a, b] = [normal() > 0 ? 1 : -1, normal() > 0 ? 1 : -1]
      const features = Float32Array.from({ length: 57 }, (_, i) =>
        i === 0 ? a + 0.1 * normal() : i === 1 ? b + 0.1 * normal() : i === 2 ? offset : 0,
      )
      const marker = a === b ? 'even' : 'odd'
      rows.push({ features, judged: features.subarray(0, 5), marker, session: `s${s}`, place: 'p', visit: `s${s}-${marker}` }) // prettier-ignore
    }
  }
  return rows
}

const fitter = (overrides: Partial<ConstructorParameters<typeof NetworkFitter>[1]> = {}) =>
  new NetworkFitter(tf, {
    family: 'mlp',
    channels: 57,
    seed: 1,
    timeLimitMs: Infinity,
    signal: new AbortController().signal,
    nowMs: () => performance.now(),
    progress: () => undefined,
    ...overrides,
  })

const input = (rows: FeatureRow[], overrides: Partial<TrainingInput> = {}): TrainingInput => ({
  id: 'parity',
  rows,
  family: 'mlp',
  fit: fitter().fit,
  features: 'standing',
  judge: 'five-numbers',
  windowMs: 2000,
  layoutId: 5,
  states: { even: 'open', odd: 'closed' },
  dataset: 'synthetic rows',
  simulated: true,
  codeVersion: '0.0.0',
  backend: 'tfjs-wasm',
  seed: 1,
  ...overrides,
})

describe('the architectures', () => {
  it('have about 30,000 parameters where they convolve, and at most 1,000 inputs where they do not', () => {
    const parameters = (plans: readonly LayerPlan[]) =>
      plans.reduce((sum, { kernel, channels, outputs }) => sum + (kernel * channels + 1) * outputs, 0)
    expect(parameters(architecture('conv', 3))).toBeGreaterThan(27_000)
    expect(parameters(architecture('conv', 3))).toBeLessThan(33_000)
    expect(architecture('mlp', 3)[0].channels).toBeLessThanOrEqual(1000)
  })

  it('compute the same as tensors and as arrays, whatever the stride', () => {
    const plans: LayerPlan[] = [
      { kind: 'conv1d', positions: 4, kernel: 3, stride: 2, channels: 3, outputs: 5, rectified: true },
      { kind: 'conv1d', positions: 2, kernel: 2, stride: 1, channels: 5, outputs: 4, rectified: true },
      { kind: 'dense', positions: 1, kernel: 1, stride: 1, channels: 8, outputs: 2, rectified: false },
    ]
    const layers = initialLayers(tf, plans, new Random('test'))
    const normal = seededNormal(2)
    const rows = Array.from({ length: 3 }, () => Float32Array.from({ length: 10 * 3 }, normal))
    const found = tf.tidy(() =>
      forwardTensors(tf, layers, tf.tensor2d(rows.map((row) => [...row]))).arraySync(),
    )
    const arrays = floatLayers(tf, layers)
    rows.forEach((row, index) =>
      logitsOf(arrays, row).forEach((logit, o) => expect(found[index][o]).toBeCloseTo(logit, 4)),
    )
  })
})

describe('NetworkFitter', () => {
  it('fits all the rows once left-out units have told how long', async () => {
    const said: string[] = []
    const rows = parityRows(4, 40)
    const fit = fitter({ progress: (line) => said.push(line) }).fit
    const { epochs, wantedEpochs } = await fit(rows, { name: 'rows', fitsLeft: 1 })
    expect(epochs).toBe(wantedEpochs)
    const search = said.filter((line) => line.startsWith('rows, how long: '))
    const held = search.map((line) => Number(/held out (\d+\.\d+)/.exec(line)?.[1]))
    expect(held.indexOf(Math.min(...held)) + 1).toBe(wantedEpochs)
    expect(said.filter((line) => line.startsWith('rows: '))).toHaveLength(epochs as number)
  }, 60_000)

  it('refuses one marker before it computes', async () => {
    const rows = parityRows(3, 20).filter(({ marker }) => marker === 'odd')
    await expect(fitter().fit(rows, { name: 'rows', fitsLeft: 1 })).rejects.toMatchObject({
      code: 'train.markers',
    })
    await expect(validate(input(rows))).rejects.toMatchObject({ code: 'train.markers' })
  })

  it('counts its own time only', async () => {
    let nowMs = 0
    const one = fitter({ timeLimitMs: 1000, nowMs: () => (nowMs += 1) })
    const rows = parityRows(3, 20)
    const first = await one.fit(rows, { name: 'rows', epochs: 5, fitsLeft: 2 })
    nowMs += 1_000_000 // another family was trained meanwhile
    const second = await one.fit(rows, { name: 'rows', epochs: 5, fitsLeft: 1 })
    expect([first.epochs, second.epochs]).toEqual([5, 5])
  }, 60_000)

  it('learns what no linear rule can, and the export keeps it', async () => {
    const given = input(parityRows(4, 200))
    const { manifest } = await trainModel(given, await validate(given))
    const { evaluation, network, int8Agreement } = manifest.trained
    expect(evaluation?.balancedAccuracy).toBeGreaterThan(0.9)
    expect(evaluation?.rssiThreshold).toBeLessThan(0.65)
    expect(network).toMatchObject({ backend: 'tfjs-wasm', seed: 1 })
    expect(int8Agreement).toBeGreaterThanOrEqual(0.99)
    expect(manifest.layers.map(({ outputs }) => outputs)).toEqual([64, 32, 2])
  }, 60_000)

  it('repeats itself for a seed, and leaves no tensor behind', async () => {
    const rows = parityRows(3, 20)
    const weights = async (seed: number) => {
      const { layers } = await fitter({ seed }).fit(rows, { name: 'rows', epochs: 2, fitsLeft: 1 })
      return layers.map((layer) => [...layer.weights])
    }
    const before = tf.memory().numTensors
    const first = await weights(1)
    expect(tf.memory().numTensors).toBe(before)
    expect(await weights(1)).toEqual(first)
    expect(await weights(2)).not.toEqual(first)
  }, 60_000)

  it('keeps to its time, shares it among the fits that are left, and says what is left', async () => {
    const epochsIn = async (fitsLeft: number) => {
      let nowMs = 0
      const said: string[] = []
      const progress = (line: string) => void said.push(line)
      const clock = { timeLimitMs: 400, nowMs: () => (nowMs += 10), progress }
      const { epochs = 0 } = await fitter(clock).fit(parityRows(3, 40), {
        name: 'rows',
        epochs: 40,
        fitsLeft,
      })
      expect(said[0]).toMatch(/^rows: epoch 1 of at most 40, loss \d\.\d+; at most [01] s left$/)
      return epochs
    }
    const alone = await epochsIn(1) // a wanted epoch that there was no time for is told too
    expect(alone).toBeLessThan(15)
    expect(await epochsIn(4)).toBeLessThan(alone)
  }, 60_000)

  it('stops between two batches, says how to go on, and leaves no tensor behind', async () => {
    const controller = new AbortController()
    const before = tf.memory().numTensors
    const fit = fitter({ signal: controller.signal, progress: () => controller.abort() }).fit
    await expect(fit(parityRows(3, 40), { name: 'rows', epochs: 40, fitsLeft: 1 })).rejects.toMatchObject({
      code: 'train.stopped',
      hint: expect.stringContaining('same command again'),
    })
    expect(tf.memory().numTensors).toBe(before)
  }, 60_000)
})
