import { describe, expect, it } from 'vitest'
import type { FeatureRow } from '../../../../src/learning/dataset/visit-reader.js'
import { foldsOf } from '../../../../src/learning/evaluation/splits.js'
import { crossValidate } from '../../../../src/learning/training/cross-validation.js'
import { evaluate } from '../../../../src/learning/training/evaluation.js'
import { chooseFamily } from '../../../../src/learning/training/family-choice.js'
import type { Fitter } from '../../../../src/learning/training/fit.js'
import { fitLda } from '../../../../src/learning/training/lda.js'
import { leaveOut, type Fold } from '../../../../src/learning/training/leave-out.js'
import { NetworkFitter } from '../../../../src/learning/training/network-fitter.js'
import { loadTensorFlow } from '../../../../src/sensing/model/tensorflow.js'
import { seededNormal } from '../../../support/packets.js'

const SESSIONS = 6
const WINDOWS = 32
/** Enough to learn a room by heart. */
const EPOCHS = 30

/**
 * One number tells the markers apart in every session, though not well. Four more tell them apart within a session
 * without fail, each session at a place and in a direction of its own: what a room does.
 */
function roomRows(): FeatureRow[] {
  const normal = seededNormal(11)
  return Array.from({ length: SESSIONS }, (_s, s) => {
    const room = Array.from({ length: 4 }, () => 4 * normal())
    const direction = Array.from({ length: 4 }, normal)
    return ['a', 'b'].flatMap((marker) => {
      const sign = marker === 'a' ? 1 : -1
      return Array.from({ length: WINDOWS }, (): FeatureRow => {
        const features = new Float32Array(57)
        features[0] = sign + 1.2 * normal()
        room.forEach((place, i) => (features[1 + i] = place + 2 * sign * direction[i] + 0.15 * normal()))
        const judged = features.subarray(0, 5)
        return { features, judged, marker, session: `s${s}`, place: 'p', visit: `s${s}-${marker}` }
      })
    })
  }).flat()
}

describe('the choice of a family', () => {
  it('does not take the one that wins a random split and loses with sessions left out', async () => {
    const tf = await loadTensorFlow('tfjs-wasm')
    const rows = roomRows()
    const network = new NetworkFitter(tf, {
      ...{ family: 'mlp', channels: 57, seed: 1, timeLimitMs: Infinity },
      signal: new AbortController().signal,
      nowMs: () => performance.now(),
      progress: () => undefined,
    })
    const score = async (folds: readonly Fold[], fit: Fitter) =>
      evaluate(await crossValidate(folds, fit, { read: () => undefined, write: () => undefined }), 'session')
    const scores = async (folds: readonly Fold[]) => ({
      lda: await score(folds, async (some) => fitLda(some)),
      mlp: await score(folds, (some, options) => network.fit(some, { ...options, epochs: EPOCHS })),
    })
    const atRandom = await scores(foldsOf('random', rows, { seed: 1 }).folds.slice(0, 3))
    const bySession = await scores(leaveOut(rows, 'session'))
    expect(atRandom.mlp.balancedAccuracy).toBeGreaterThan(atRandom.lda.balancedAccuracy + 0.05)
    expect(bySession.mlp.balancedAccuracy).toBeLessThan(bySession.lda.balancedAccuracy)
    const { order } = chooseFamily([
      { family: 'lda', evaluation: bySession.lda },
      { family: 'mlp', evaluation: bySession.mlp },
    ])
    expect(order[0]).toBe('lda')
  }, 120_000)
})
