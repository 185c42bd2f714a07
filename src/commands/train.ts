import path from 'node:path'
import { setImmediate as yieldToEvents } from 'node:timers/promises'
import { defaultConfig } from '../config/load.js'
import { readFeatureRows, type FeatureRows } from '../learning/dataset/feature-rows.js'
import { loadDataset, type Dataset } from '../learning/dataset/manifest.js'
import { assertWritable, writeArtefact } from '../learning/training/artefact-files.js'
import { codeVersion } from '../learning/training/code-version.js'
import { chooseFamily, choiceAccuracy } from '../learning/training/family-choice.js'
import { fitterOf, recipeOf, rowsOf } from '../learning/training/families.js'
import { FoldFiles, trainingKey } from '../learning/training/fold-files.js'
import { refuseIfStopped } from '../learning/training/stopped.js'
import { trainingBackend } from '../learning/training/training-backend.js'
import {
  trainModel,
  validate,
  type TrainedModel,
  type TrainingInput,
  type Validation,
} from '../learning/training/train.js'
import { SystemClock } from '../platform/clock.js'
import { AjarError } from '../platform/errors.js'
import { FAMILIES, type Evaluation, type Family } from '../sensing/model/artefact-manifest.js'
import { featureExtractor, type WindowFeatureName } from '../sensing/model/features.js'
import type { TensorFlow, TensorFlowBackend } from '../sensing/model/tensorflow.js'
import { methodScores } from './train/method-scores.js'
import { jsonOf, summary } from './train/summary.js'

export interface TrainOptions {
  /** Directory of the model; its last part is the model's id. */
  out: string
  family: Family | 'best'
  /** What LDA looks at; each network has features of its own. */
  features: WindowFeatureName
  /** Train on these sessions only, … */
  sessions?: readonly string[]
  /** … or on all but these. */
  without?: readonly string[]
  /** Of the networks' computing, all fits together. */
  timeLimit?: number
  seed: number
  /** Default: tfjs-node where it loads, else tfjs-wasm. */
  backend?: TensorFlowBackend
  json: boolean
}

interface Io {
  /** Results: stdout. */
  out(line: string): void
  /** Progress: stderr. */
  progress(line: string): void
}

/** The judged features of every family: few, and stable from session to session. */
const JUDGE = 'five-numbers'
/** `best` shares the time limit among these. */
const NETWORKS = FAMILIES.length - 1

/** What is said of the model beside its own scores. */
type Comparison = Pick<Evaluation, 'compared' | 'choiceBalancedAccuracy' | 'methods'>

interface Trained {
  input: TrainingInput
  validation: Validation | undefined
  read: FeatureRows
}

/**
 * `ajar train`: data set → rows → calibrated, scored, quantized model. `signal` stops it between two visits, batches
 * or folds and before the model is written; the folds that are done lie beside the model to come, and the same command
 * goes on behind them.
 */
export async function train(
  manifestPath: string,
  options: TrainOptions,
  io: Io,
  signal: AbortSignal,
): Promise<number> {
  const directory = path.resolve(options.out)
  assertWritable(directory)
  const dataset = selectSessions(await loadDataset(manifestPath), options)
  const families = options.family === 'best' ? FAMILIES : [options.family]
  const needsNetwork = families.some((family) => family !== 'lda')
  const network = needsNetwork ? await trainingBackend(options.backend, io.progress) : undefined
  if (network !== undefined) io.progress(`Networks are trained by ${network.backend}.`)
  const folds = new FoldFiles(directory)
  const trained = new Map<Family, Trained>()
  for (const family of families)
    trained.set(family, await prepare(family, { dataset, options, network, folds, io, signal }))

  const { order, scores } =
    options.family === 'best'
      ? await choice(trained, { dataset, seed: options.seed, io, signal })
      : { order: [options.family], scores: {} }
  const { manifest, files } = await firstExported(order, trained, scores, io)
  await yieldToEvents()
  refuseIfStopped(signal)
  writeArtefact(directory, files)
  folds.remove()
  const { read } = trained.get(manifest.family as Family) as Trained
  if (read.withoutWindows.length > 0) io.progress(`No window came of: ${read.withoutWindows.join(', ')}`)
  for (const line of options.json ? [jsonOf(manifest, directory, read)] : summary(manifest, directory))
    io.out(line)
  return 0
}

/** The model of the first family whose int8 export keeps what the float model says; the others' refusals are told. */
async function firstExported(
  order: readonly Family[],
  trained: ReadonlyMap<Family, Trained>,
  scores: Comparison,
  io: Io,
): Promise<TrainedModel> {
  for (const [index, family] of order.entries()) {
    const { input, validation } = trained.get(family) as Trained
    const scored = validation && {
      ...validation,
      evaluation: { ...validation.evaluation, ...scores },
    }
    try {
      return await trainModel(input, scored)
    } catch (error) {
      const isRefused = error instanceof AjarError && error.code === 'train.quantization'
      if (!isRefused || index + 1 === order.length) throw error
      io.progress(`${family} was refused: ${error.message} ${order[index + 1]} takes its place.`)
    }
  }
  throw new RangeError('there is no family')
}

async function prepare(
  family: Family,
  parts: {
    dataset: Dataset
    options: TrainOptions
    network: { tf: TensorFlow; backend: TensorFlowBackend } | undefined
    folds: FoldFiles
    io: Io
    signal: AbortSignal
  },
): Promise<Trained> {
  const { dataset, options, network, folds, io } = parts
  const { signal, receiver } = defaultConfig()
  const { features, mostRows } = rowsOf(family, options.features)
  const judge = family === 'lda' ? features : JUDGE
  let done = 0
  const read = await readFeatureRows(
    dataset,
    {
      signal,
      features: featureExtractor(features),
      judge: featureExtractor(judge),
      mostRows,
      transmitters: receiver.transmitters,
      tablePacketsPerSecond: receiver.tablePacketsPerSecond,
    },
    (visit, { packets, windows }) =>
      io.progress(
        `${++done}/${dataset.visits.length} ${visit.visit}: ${packets} packets, ${windows} windows`,
      ),
  )
  io.progress(`Training ${family} on ${read.rows.length} windows …`)
  const { backend } = network ?? {}
  const { seed, timeLimit = Infinity } = options
  const timeLimitMs = (timeLimit * 1000) / (options.family === 'best' ? NETWORKS : 1)
  const later = options.family === 'best' ? FAMILIES.slice(FAMILIES.indexOf(family) + 1) : []
  const key = trainingKey(read.rows, {
    ...{ family, backend, seed },
    timeLimitMs: String(timeLimitMs),
    recipe: recipeOf(family),
    code: codeVersion(),
  })
  const fit = fitterOf(family, () => ({
    tf: (network as NonNullable<typeof network>).tf,
    settings: {
      seed,
      timeLimitMs,
      signal: parts.signal,
      nowMs: () => performance.now(),
      progress: (line) => io.progress([`${family}, ${line}`, ...later].join(', then ')),
    },
  }))
  const input: TrainingInput = {
    id: path.basename(path.resolve(options.out)),
    rows: read.rows,
    family,
    fit,
    checkpoint: family === 'lda' ? undefined : folds.of(key),
    signal: parts.signal,
    features,
    judge,
    windowMs: signal.windowMs,
    layoutId: read.layoutId,
    states: dataset.states,
    dataset: dataset.name,
    date: dataset.date,
    made: today(),
    simulated: read.simulated,
    codeVersion: codeVersion(),
    ...(family === 'lda' ? {} : { backend, seed }),
  }
  return { input, validation: await validate(input), read }
}

/** Undefined where the clock has not been set. */
function today(): string | undefined {
  const { wallMs, wallTrusted } = new SystemClock().now()
  return wallTrusted ? new Date(wallMs).toISOString().slice(0, 10) : undefined
}

/** Throws AjarError 'train.units' where nothing can be left out, so that nothing can be compared. */
async function choice(
  trained: ReadonlyMap<Family, Trained>,
  { dataset, seed, io, signal }: { dataset: Dataset; seed: number; io: Io; signal: AbortSignal },
): Promise<{ order: Family[]; scores: Comparison }> {
  const candidates = [...trained].map(([family, { validation }]) => {
    if (validation === undefined)
      throw new AjarError(
        'train.units',
        'Families cannot be compared: some marker was recorded once only.',
        'Record each marker in at least two visits, better two sessions, or name one --family.',
      )
    return { family, evaluation: validation.evaluation }
  })
  const { order, compared } = chooseFamily(candidates)
  const evaluations = new Map(candidates.map(({ family, evaluation }) => [family, evaluation]))
  const methods = await methodScores(dataset, evaluations, seed, { progress: io.progress, signal })
  return { order, scores: { compared, choiceBalancedAccuracy: choiceAccuracy(candidates), methods } }
}

/** Throws AjarError 'usage.session' for a session that no visit has. */
function selectSessions(dataset: Dataset, { sessions, without = [] }: TrainOptions): Dataset {
  const known = new Set(dataset.visits.map((visit) => visit.session))
  const strange = [...(sessions ?? []), ...without].find((session) => !known.has(session))
  if (strange !== undefined)
    throw new AjarError(
      'usage.session',
      `Data set ${dataset.name} has no session ${strange}.`,
      `Its sessions: ${[...known].join(', ')}.`,
    )
  const selected = new Set((sessions ?? [...known]).filter((session) => !without.includes(session)))
  return { ...dataset, visits: dataset.visits.filter((visit) => selected.has(visit.session)) }
}
