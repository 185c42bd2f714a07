import { setImmediate as yieldToEvents } from 'node:timers/promises'
import { distanceToTraining } from '../../sensing/model/out-of-distribution.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import { normalise, type Fitter } from './fit.js'
import { indexOfLargest } from '../../platform/index-of-largest.js'
import { fitLda, rssiOnly } from './lda.js'
import type { Fold } from './leave-out.js'
import { refuseIfStopped } from './stopped.js'

/** What models that had not seen a row say of it. */
export interface HeldOut {
  row: FeatureRow
  /** One for each of `markers`. */
  logits: Float32Array
  /** Mahalanobis distance of the judged features to the nearest marker of the training rows. */
  distance: number
  /** What a threshold on the mean RSSI calls it. */
  byRssi: string
}

export interface CrossValidation {
  markers: readonly string[]
  rows: readonly HeldOut[]
  /** Of each fold's network. */
  epochs: readonly number[]
}

/** What is kept of a fold so that a run that was stopped need not fit it again. */
export interface FoldResult {
  markers: readonly string[]
  logits: readonly (readonly number[])[]
  epochs?: number
}

export interface FoldCheckpoint {
  read(fold: number): FoldResult | undefined
  write(fold: number, result: FoldResult): void
}

/** Tests each fold's rows on a model of its other rows. Throws AjarError 'train.stopped' between two folds. */
export async function crossValidate(
  folds: readonly Fold[],
  fit: Fitter,
  checkpoint: FoldCheckpoint,
  signal?: AbortSignal,
): Promise<CrossValidation> {
  const rows: HeldOut[] = []
  const epochs: number[] = []
  let markers: readonly string[] = []
  for (const [index, { train, test }] of folds.entries()) {
    const result = checkpoint.read(index) ?? (await fitFold(folds, index, fit))
    checkpoint.write(index, result)
    await yieldToEvents()
    refuseIfStopped(signal)
    markers = result.markers
    if (result.epochs !== undefined) epochs.push(result.epochs)
    const judge = fitLda(train, ({ judged }) => judged)
    const rssi = fitLda(train, rssiOnly)
    const byRssi = rssi.logits(test).map((logits) => rssi.markers[indexOfLargest(logits)])
    test.forEach((row, at) =>
      rows.push({
        row,
        logits: Float32Array.from(result.logits[at]),
        distance: distanceToTraining(
          judge,
          normalise(row.judged, judge.mean, judge.scale),
          new Float32Array(row.judged.length),
        ),
        byRssi: byRssi[at],
      }),
    )
  }
  return { markers, rows, epochs }
}

async function fitFold(folds: readonly Fold[], index: number, fit: Fitter): Promise<FoldResult> {
  const { train, test } = folds[index]
  const name = `fold ${index + 1} of ${folds.length}`
  const fitted = await fit(train, { name, fitsLeft: folds.length - index + 1 }) // the last is that of all rows
  return {
    markers: fitted.markers,
    logits: fitted.logits(test).map((logits) => [...logits]),
    epochs: fitted.epochs,
  }
}
