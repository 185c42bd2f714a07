import { describe, expect, it } from 'vitest'
import type { FeatureRow } from '../../../../src/learning/dataset/visit-reader.js'
import { NetworkFitter } from '../../../../src/learning/training/network-fitter.js'
import { trainingBackend } from '../../../../src/learning/training/training-backend.js'
import { useBackend } from '../../../../src/sensing/model/tensorflow.js'
import { seededNormal } from '../../../support/packets.js'
import { tfjsNodeInstalled } from '../../../support/tfjs-node.js'

const installed = tfjsNodeInstalled()
const silent = () => undefined

describe('trainingBackend', () => {
  it('takes tfjs-node where it is installed, else tfjs-wasm', async () => {
    expect((await trainingBackend(undefined, silent)).backend).toBe(installed ? 'tfjs-node' : 'tfjs-wasm')
  }, 60_000)

  it('takes what it is asked for, or says how to install it', async () => {
    expect((await trainingBackend('tfjs-wasm', silent)).backend).toBe('tfjs-wasm')
    const asked = trainingBackend('tfjs-node', silent)
    if (installed) expect((await asked).backend).toBe('tfjs-node')
    else
      await expect(asked).rejects.toMatchObject({
        code: 'engine.absent',
        hint: expect.stringContaining('install-tfjs-node'),
      })
  }, 60_000)
})

const why = installed ? '' : ' (skipped: it is not installed; scripts/install-tfjs-node.sh installs it)'

describe.skipIf(!installed)(`tfjs-node${why}`, () => {
  it('trains, repeats itself, and comes near to what tfjs-wasm makes of the same seed', async () => {
    const normal = seededNormal(5)
    const rows = Array.from({ length: 120 }, (_, index): FeatureRow => {
      const marker = index % 2 === 0 ? 'a' : 'b'
      const features = Float32Array.from({ length: 57 }, () => normal() + (marker === 'a' ? 0.5 : -0.5))
      return {
        features,
        judged: features.subarray(0, 5),
        marker,
        session: `s${index % 6}`,
        place: 'p',
        visit: `v${index}`,
      }
    })
    const logits = async (backend: 'tfjs-node' | 'tfjs-wasm') => {
      const { tf } = await trainingBackend(backend, silent)
      useBackend(tf, backend)
      const fitter = new NetworkFitter(tf, {
        ...{ family: 'mlp', channels: 57, seed: 3, timeLimitMs: Infinity },
        signal: new AbortController().signal,
        nowMs: () => performance.now(),
        progress: () => undefined,
      })
      const { logits } = await fitter.fit(rows, { name: 'rows', epochs: 4, fitsLeft: 1 })
      return logits(rows).flatMap((one) => [...one])
    }
    const native = await logits('tfjs-node')
    expect(await logits('tfjs-node')).toEqual(native)
    const wasm = await logits('tfjs-wasm')
    const furthest = Math.max(...native.map((value, index) => Math.abs(value - wasm[index])))
    expect(furthest).toBeLessThan(0.01 * Math.max(...native.map(Math.abs)))
  }, 60_000)
})
