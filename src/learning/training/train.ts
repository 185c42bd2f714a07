import type { Output } from '../../domain/model.js'
import type { State } from '../../domain/reading.js'
import type { Evaluation, Manifest } from '../../sensing/model/artefact-manifest.js'
import { Int8JsEngine } from '../../sensing/model/engine-int8-js.js'
import type { DoorAxis } from '../../sensing/model/burst-features.js'
import { featureForm, SHAPE_BINS, type FeatureName } from '../../sensing/model/features.js'
import { shortDecimal } from '../../sensing/model/network.js'
import { distanceToTraining } from '../../sensing/model/out-of-distribution.js'
import { quantizeNetwork, type FloatLayer } from '../../sensing/model/quantize.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import { buildArtefact, type ArtefactFiles } from './artefact-files.js'
import { calibrate, type Calibration } from './calibration.js'
import { crossValidate, type CrossValidation, type FoldCheckpoint } from './cross-validation.js'
import { evaluate } from './evaluation.js'
import { compareExport, quantizeRows } from './export-check.js'
import { normalise, type Fit, type Fitter } from './fit.js'
import { fitLda, markersOf, type Lda } from './lda.js'
import { leaveOut, strictestUnit } from './leave-out.js'
import { CALIBRATION_ROWS, spread } from './spread.js'

/** What the rows are, and what is written into the model's manifest about them. */
export interface TrainingInput {
  id: string
  rows: readonly FeatureRow[]
  family: Manifest['family']
  fit: Fitter
  /** Results of folds that an earlier run of the same training has left. */
  checkpoint?: FoldCheckpoint
  /** Stops between two folds. */
  signal?: AbortSignal
  features: FeatureName
  /** Of the rows' judged features. */
  judge: FeatureName
  windowMs: number
  layoutId: number
  /** Marker → state; a marker that is missing means no state. */
  states: Readonly<Record<string, State>>
  dataset: string
  date?: string
  made?: string
  simulated: boolean
  codeVersion: string
  /** Where the rows are of bursts. */
  door?: DoorAxis
  /** What a survey said of the place that the rows are from. */
  site?: Manifest['site']
  /** Of a network. */
  backend?: string
  seed?: number
}

export interface TrainedModel {
  manifest: Manifest
  files: ArtefactFiles
}

/** Rows to spread golden vectors over (D): enough to reach each output's range. */
const GOLDEN_ROWS = 28
/** The same for a network, whose vectors are as long as its activations together. */
const GOLDEN_ROWS_OF_NETWORK = 4

const NO_CHECKPOINT: FoldCheckpoint = { read: () => undefined, write: () => undefined }

/** How models that had not seen them did on units that were left out. */
export interface Validation {
  held: CrossValidation
  evaluation: Evaluation
}

/** Undefined where a marker has one recording only. Throws AjarError 'train.markers' where there is nothing to tell apart. */
export async function validate(input: TrainingInput): Promise<Validation | undefined> {
  const { rows, fit, checkpoint = NO_CHECKPOINT, signal } = input
  markersOf(rows)
  const unit = strictestUnit(rows)
  if (unit === undefined) return undefined
  const held = await crossValidate(leaveOut(rows, unit), fit, checkpoint, signal)
  return { held, evaluation: evaluate(held, unit) }
}

/**
 * Fits the family on all rows, calibrated by its validation, quantized to int8. The same input and a fitter that
 * repeats itself give the same bytes. Throws AjarError 'train.markers' where there is nothing to tell apart, and
 * 'train.quantization' where int8 would lose too much.
 */
export async function trainModel(
  input: TrainingInput,
  validation: Validation | undefined,
): Promise<TrainedModel> {
  const { rows, features } = input
  const judge = fitLda(rows, ({ judged }) => judged)
  const { held, evaluation } = validation ?? {}
  const fitted = await input.fit(rows, {
    name: 'all rows',
    epochs: held && middle(held.epochs),
    fitsLeft: 1,
  })
  const calibration = held === undefined ? uncalibrated(judge, rows) : calibrate(held)
  const temperature = shortDecimal(calibration.temperature)
  const layers = soften(fitted.layers, temperature)
  const normalised = rows.map((row) => normalise(row.features, fitted.mean, fitted.scale))
  const network = quantizeNetwork(layers, spread(normalised, CALIBRATION_ROWS))
  const outputs: Output[] = fitted.markers.map((marker) => ({
    marker,
    state: Object.hasOwn(input.states, marker) ? input.states[marker] : 'unknown',
  }))
  const engine = new Int8JsEngine(
    { id: input.id, layoutId: input.layoutId, outputs, inputShape: inputShape(features) },
    network,
  )
  const quantized = quantizeRows(normalised, network)
  const exported = compareExport({ rows, markers: fitted.markers, layers, normalised, engine, quantized })
  const goldenRows = layers.length === 1 ? GOLDEN_ROWS : GOLDEN_ROWS_OF_NETWORK
  return buildArtefact({
    engine,
    network,
    outOfDistribution: {
      features: input.judge,
      mean: judge.mean,
      scale: judge.scale,
      whitening: judge.whitening,
      centres: judge.centres,
      limit: shortDecimal(calibration.distanceLimit),
    },
    door: input.door,
    goldenInputs: [...spread(quantized, goldenRows), ...edges(network.inputs, network.input.zeroPoint)],
    about: {
      id: input.id,
      family: input.family,
      simulated: input.simulated,
      layoutId: input.layoutId,
      features: { name: features, windowMs: input.windowMs, bins: SHAPE_BINS },
      normalisation: {
        mean: Array.from(fitted.mean, shortDecimal),
        scale: Array.from(fitted.scale, shortDecimal),
      },
      outputs,
      trained: {
        dataset: input.dataset,
        ...(input.date === undefined ? {} : { date: input.date }),
        ...(input.made === undefined ? {} : { made: input.made }),
        codeVersion: input.codeVersion,
        places: [...new Set(rows.map((row) => row.place))].sort(),
        sessions: [...new Set(rows.map((row) => row.session))].sort(),
        windows: rows.length,
        shrinkage: shortDecimal(judge.shrinkage),
        temperature,
        ...trainingOf(input, fitted),
        ...(evaluation === undefined ? {} : { evaluation }),
        int8Agreement: shortDecimal(exported.agreement),
        int8AccuracyChange: shortDecimal(exported.accuracyChange),
      },
      ...(input.site === undefined ? {} : { site: input.site }),
    },
  })
}

function trainingOf(
  { backend, seed }: TrainingInput,
  { epochs, wantedEpochs }: Fit,
): Pick<Manifest['trained'], 'network'> {
  if (backend === undefined || seed === undefined) return {}
  if (epochs === undefined || wantedEpochs === undefined) return {}
  return { network: { backend, seed, epochs, wantedEpochs } }
}

/** Rows and channels where the features are rows of channels, else one run of values. */
function inputShape(features: FeatureName): number[] {
  const { size, channels } = featureForm(features)
  return size === channels ? [size] : [size / channels, channels]
}

/** With one recording of a marker nothing can be left out: the training rows themselves must do, and the card says so. */
function uncalibrated(judge: Lda, rows: readonly FeatureRow[]): Calibration {
  const scratch = new Float32Array(judge.mean.length)
  const distances = rows.map((row) =>
    distanceToTraining(judge, normalise(row.judged, judge.mean, judge.scale), scratch),
  )
  return { temperature: 1, distanceLimit: distances.reduce((most, distance) => Math.max(most, distance), 0) }
}

/** The last layer gives the logits: dividing them there costs nothing when the model runs. */
function soften(layers: readonly FloatLayer[], temperature: number): FloatLayer[] {
  return layers.map((layer, index) =>
    index + 1 < layers.length
      ? layer
      : {
          ...layer,
          weights: layer.weights.map((weight) => weight / temperature),
          biases: layer.biases.map((bias) => bias / temperature),
        },
  )
}

function middle(values: CrossValidation['epochs']): number | undefined {
  return [...values].sort((a, b) => a - b)[values.length >> 1]
}

/** GOLDEN_EDGES inputs at the ends of int8, where saturation and the bound on sums show. */
function edges(length: number, zeroPoint: number): Int8Array[] {
  return [
    new Int8Array(length).fill(-128),
    new Int8Array(length).fill(127),
    new Int8Array(length).fill(zeroPoint),
    Int8Array.from({ length }, (_, i) => (i % 2 === 0 ? -128 : 127)),
  ]
}
