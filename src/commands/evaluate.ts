import { loadDataset } from '../learning/dataset/manifest.js'
import type { Method } from '../learning/evaluation/method.js'
import {
  baselines,
  ldaFamily,
  networkFamily,
  representationsTried,
  withoutGains,
} from '../learning/evaluation/methods.js'
import { runMethods } from '../learning/evaluation/run-methods.js'
import { foldsOf, type Split } from '../learning/evaluation/splits.js'
import { fitterOf } from '../learning/training/families.js'
import { trainingBackend, type TrainingBackend } from '../learning/training/training-backend.js'
import { AjarError } from '../platform/errors.js'
import { FAMILIES, type Family } from '../sensing/model/artefact-manifest.js'
import type { TensorFlowBackend } from '../sensing/model/tensorflow.js'
import { readViews } from './evaluate/read-views.js'
import { summary, type Evaluated } from './evaluate/summary.js'

export interface EvaluateOptions {
  split: Split
  /** Of the place split: instead of leaving each place out in turn. */
  trainPlaces?: readonly string[]
  testPlaces?: readonly string[]
  /** Only rows of these. */
  markers?: readonly string[]
  /** Beside the baselines, which are always there; default: all. */
  families?: readonly Family[]
  /** Of the networks' computing, seconds, all fits together. */
  timeLimit?: number
  seed: number
  /** Default: tfjs-node where it loads, else tfjs-wasm. */
  backend?: TensorFlowBackend
}

interface Io {
  /** Results: stdout. */
  out(line: string): void
  /** Progress: stderr. */
  progress(line: string): void
}

const LEAKAGE =
  'Leakage reference: windows of one visit lie on both sides of a random split. No figure of it is an accuracy.'

/** `ajar evaluate`: every family and baseline on the same folds of one data set. */
export async function evaluate(
  manifestPath: string,
  options: EvaluateOptions & { json: boolean },
  io: Io,
  signal: AbortSignal,
): Promise<number> {
  const evaluated = await evaluateDataset(manifestPath, options, io.progress, signal)
  for (const line of options.json ? [JSON.stringify(evaluated)] : summary(evaluated)) io.out(line)
  return 0
}

/**
 * Throws AjarError 'usage.place', 'usage.marker', 'evaluate.day', 'evaluate.folds' or 'train.stopped', and as loadDataset
 * and loadTensorFlow.
 */
export async function evaluateDataset(
  manifestPath: string,
  options: EvaluateOptions,
  progress: (line: string) => void,
  signal: AbortSignal,
): Promise<Evaluated> {
  const { split, seed, markers, trainPlaces, testPlaces } = options
  if (split !== 'place' && (trainPlaces ?? testPlaces) !== undefined)
    throw new AjarError(
      'usage.place',
      `Places are named, but the split is by ${split}.`,
      'Add --split place.',
    )
  const dataset = await loadDataset(manifestPath)
  const families = options.families ?? FAMILIES
  const networks = families.filter((family) => family !== 'lda')
  const backend = networks.length === 0 ? undefined : await trainingBackend(options.backend, progress)
  const {
    views,
    read,
    markers: known,
    notes,
  } = await readViews(
    dataset,
    { markers, sequences: networks.includes('conv'), gainsIgnored: true },
    progress,
  )
  const windows = views.get('windows') ?? []
  const methods = [
    ...(families.includes('lda') ? [ldaFamily()] : []),
    ...networks.map((family) =>
      networkMethod(family, networks.length, { options, backend, progress, signal }),
    ),
    ...baselines(windows, seed),
    ...representationsTried(),
    ...(views.has('gains-ignored') ? withoutGains() : []),
  ]
  const report = await runMethods({
    methods,
    views,
    foldsOf: (rows) => foldsOf(split, rows, { seed, trainPlaces, testPlaces }),
    signal,
    progress,
  })
  if (read.withoutWindows.length > 0) notes.push(`No window came of ${read.withoutWindows.join(', ')}`)
  return {
    split,
    dataset: dataset.name,
    markers: known,
    windows: windows.length,
    seed,
    ...(backend === undefined ? {} : { backend: backend.backend }),
    ...report,
    notes: [...notes, ...report.notes],
    ...(read.simulated ? { simulated: true as const } : {}),
    ...(split === 'random' ? { warning: LEAKAGE } : {}),
  }
}

function networkMethod(
  family: Exclude<Family, 'lda'>,
  networks: number,
  parts: {
    options: EvaluateOptions
    backend: TrainingBackend | undefined
    progress: (line: string) => void
    signal: AbortSignal
  },
): Method {
  const { options, backend, progress, signal } = parts
  const { seed, timeLimit = Infinity } = options
  const fit = fitterOf(family, () => ({
    tf: (backend as TrainingBackend).tf,
    settings: {
      seed,
      timeLimitMs: (timeLimit * 1000) / networks,
      signal,
      nowMs: () => performance.now(),
      progress: (line) => progress(`${family}, ${line}`),
    },
  }))
  return networkFamily(family, fit)
}
