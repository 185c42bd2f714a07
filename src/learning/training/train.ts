import type { Output } from '../../domain/model.js'
import type { State } from '../../domain/reading.js'
import type { Evaluation, Manifest } from '../../sensing/model/artefact-manifest.js'
import { Int8JsEngine } from '../../sensing/model/engine-int8-js.js'
import { SHAPE_BINS, type FeatureName } from '../../sensing/model/features.js'
import { shortDecimal } from '../../sensing/model/network.js'
import { distanceToTraining } from '../../sensing/model/out-of-distribution.js'
import { forward, quantizeInto, quantizeNetwork, type FloatLayer } from '../../sensing/model/quantize.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import { buildArtefact, type ArtefactFiles } from './artefact-files.js'
import { calibrate, type Calibration } from './calibration.js'
import { balancedAccuracy, indexOfLargest, lda, recallBySession, rssiThreshold } from './evaluation.js'
import { fitLda, normalise, type Lda } from './lda.js'
import { leaveOut, strictestUnit, type Fold, type LeftOut } from './leave-out.js'

/** What the rows are, and what is written into the model's manifest about them. */
export interface TrainingInput {
  id: string
  rows: readonly FeatureRow[]
  features: FeatureName
  windowMs: number
  layoutId: number
  /** Marker → state; a marker that is missing means no state. */
  states: Readonly<Record<string, State>>
  dataset: string
  date?: string
  simulated: boolean
  codeVersion: string
}

export interface TrainedModel {
  manifest: Manifest
  files: ArtefactFiles
}

/** Rows to spread golden vectors over (D): enough to reach each output's range. */
const GOLDEN_ROWS = 28

/**
 * Shrinkage LDA, calibrated and scored on units left out whole, quantized to int8. The same input gives the same
 * bytes. Throws AjarError 'train.markers' where there is nothing to tell apart.
 */
export function trainLda(input: TrainingInput): TrainedModel {
  const { rows } = input
  const model = fitLda(rows)
  const normalised = rows.map(({ features }) => normalise(features, model.mean, model.scale))
  const unit = strictestUnit(rows)
  const folds = unit === undefined ? [] : leaveOut(rows, unit)
  const calibration = unit === undefined ? uncalibrated(model, normalised) : calibrate(folds)
  const temperature = shortDecimal(calibration.temperature)
  const dense = soften(model.dense, temperature)
  const network = quantizeNetwork([dense], normalised)

  const outputs: Output[] = model.markers.map((marker) => ({
    marker,
    state: Object.hasOwn(input.states, marker) ? input.states[marker] : 'unknown',
  }))
  const engine = new Int8JsEngine(
    { id: input.id, layoutId: input.layoutId, outputs, inputShape: [input.rows[0].features.length] },
    network,
  )
  const quantized = normalised.map((values) => {
    const into = new Int8Array(values.length)
    quantizeInto(values, network.input, into)
    return into
  })
  return buildArtefact({
    engine,
    network,
    outOfDistribution: {
      features: input.features,
      mean: model.mean,
      scale: model.scale,
      whitening: model.whitening,
      centres: model.centres,
      limit: shortDecimal(calibration.distanceLimit),
    },
    goldenInputs: [...spread(quantized, GOLDEN_ROWS), ...edges(network.inputs, network.input.zeroPoint)],
    about: {
      id: input.id,
      family: 'lda',
      simulated: input.simulated,
      layoutId: input.layoutId,
      features: { name: input.features, windowMs: input.windowMs, bins: SHAPE_BINS },
      normalisation: {
        mean: Array.from(model.mean, shortDecimal),
        scale: Array.from(model.scale, shortDecimal),
      },
      outputs,
      trained: {
        dataset: input.dataset,
        ...(input.date === undefined ? {} : { date: input.date }),
        codeVersion: input.codeVersion,
        places: [...new Set(rows.map((row) => row.place))].sort(),
        sessions: [...new Set(rows.map((row) => row.session))].sort(),
        windows: rows.length,
        shrinkage: shortDecimal(model.shrinkage),
        temperature,
        ...(unit === undefined ? {} : { evaluation: evaluate(folds, unit) }),
        int8Agreement: shortDecimal(agreement(dense, engine, normalised, quantized)),
      },
    },
  })
}

function evaluate(folds: readonly Fold[], leftOut: LeftOut): Evaluation {
  const bySession = recallBySession(folds, lda)
  return {
    leftOut,
    balancedAccuracy: shortDecimal(balancedAccuracy(bySession)),
    majority: shortDecimal(1 / new Set(bySession.map(({ marker }) => marker)).size),
    rssiThreshold: shortDecimal(balancedAccuracy(recallBySession(folds, rssiThreshold))),
    bySession: bySession.map((one) => ({ ...one, recall: shortDecimal(one.recall) })),
  }
}

/** With one recording of a marker nothing can be left out: the training rows themselves must do, and the card says so. */
function uncalibrated(model: Lda, normalised: readonly Float32Array[]): Calibration {
  const scratch = new Float32Array(model.mean.length)
  const distanceLimit = normalised.reduce(
    (most, z) => Math.max(most, distanceToTraining(model, z, scratch)),
    0,
  )
  return { temperature: 1, distanceLimit }
}

function soften(layer: FloatLayer, temperature: number): FloatLayer {
  return {
    ...layer,
    weights: layer.weights.map((weight) => weight / temperature),
    biases: layer.biases.map((bias) => bias / temperature),
  }
}

/** Share of rows to which int8 and float give the same marker. */
function agreement(
  dense: FloatLayer,
  engine: Int8JsEngine,
  normalised: readonly Float32Array[],
  quantized: readonly Int8Array[],
): number {
  const logits = new Int8Array(dense.outputs)
  const same = normalised.filter((values, row) => {
    engine.run(quantized[row], logits)
    return indexOfLargest(logits) === indexOfLargest(forward(dense, values))
  })
  return same.length / normalised.length
}

function spread<T>(items: readonly T[], count: number): T[] {
  const step = Math.max(1, items.length / count)
  return Array.from({ length: Math.min(count, items.length) }, (_, k) => items[Math.floor(k * step)])
}

/** Inputs at the ends of int8, where saturation and the bound on sums show. */
function edges(length: number, zeroPoint: number): Int8Array[] {
  return [
    new Int8Array(length).fill(-128),
    new Int8Array(length).fill(127),
    new Int8Array(length).fill(zeroPoint),
    Int8Array.from({ length }, (_, i) => (i % 2 === 0 ? -128 : 127)),
  ]
}
