import type { Tensor2D, Variable } from '@tensorflow/tfjs'
import { setImmediate as yieldToEvents } from 'node:timers/promises'
import { AjarError } from '../../platform/errors.js'
import type { TensorFlow } from '../../sensing/model/tensorflow.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import { Random } from '../random.js'
import { architecture, type NetworkFamily } from './architectures.js'
import { logitsOf, normalise, type Fit, type Fitter } from './fit.js'
import { normalisationOf } from './lda.js'
import { strictestUnit } from './leave-out.js'
import { rowWeights } from './row-weights.js'
import { floatLayers, forwardTensors, initialLayers, type TensorLayer } from './tensor-layers.js'

export interface NetworkFitterOptions {
  family: NetworkFamily
  /** Values of a row that are normalised each by itself. */
  channels: number
  /** The same seed on the same backend gives the same network. */
  seed: number
  /** For all fits together; Infinity = as long as it takes. */
  timeLimitMs: number
  /** Stops between two batches. */
  signal: AbortSignal
  /** Milliseconds that never go back. */
  nowMs(): number
  progress(line: string): void
}

/** Design values (D), the same for every data set: nothing is tuned on what is later scored. */
const BATCH = 64
const MOST_EPOCHS = 40
/** Epochs without a better loss on the held-out units before it stops. */
const PATIENCE = 5
/** Where no unit can be held out. */
const DEFAULT_EPOCHS = 12
/** Adam (Kingma & Ba, ICLR 2015), its own default. */
const LEARNING_RATE = 1e-3
const WEIGHT_DECAY = 1e-4

interface Prepared {
  inputs: Tensor2D
  labels: Int32Array
  weights: Float32Array
}

/** Trains networks with TensorFlow.js on either backend. */
export class NetworkFitter {
  private readonly endMs: number

  constructor(
    private readonly tf: TensorFlow,
    private readonly options: NetworkFitterOptions,
  ) {
    this.endMs = options.nowMs() + options.timeLimitMs
  }

  /**
   * Early stopping on units that are left out of the rows once more, one of each marker, unless `epochs` says how
   * long. Throws AjarError 'train.stopped' where it was aborted.
   */
  readonly fit: Fitter = async (rows, { name, epochs, fitsLeft }) => {
    const { tf, options } = this
    const markers = [...new Set(rows.map(({ marker }) => marker))].sort()
    const { mean, scale } = normalisationOf(
      rows.map(({ features }) => features),
      rowWeights(rows),
      options.channels,
    )
    const random = new Random('train', options.family, options.seed)
    const { kept, held } = epochs === undefined ? holdOut(rows, random) : { kept: rows, held: [] }
    const layers = initialLayers(tf, architecture(options.family, markers.length), random)
    const prepare = (some: readonly FeatureRow[]) => this.prepare(some, markers, mean, scale)
    const training = prepare(kept)
    const judging = held.length === 0 ? undefined : prepare(held)
    try {
      const untilMs = options.nowMs() + (this.endMs - options.nowMs()) / fitsLeft
      const trained = await this.train(layers, {
        ...{ training, judging, random, name, epochs, untilMs, fitsLeft },
      })
      const arrays = floatLayers(tf, layers)
      return {
        markers,
        mean,
        scale,
        layers: arrays,
        epochs: trained,
        logits: (others) => others.map((row) => logitsOf(arrays, normalise(row.features, mean, scale))),
      } satisfies Fit
    } finally {
      for (const { inputs } of [training, ...(judging ? [judging] : [])]) inputs.dispose()
      for (const { weights, biases } of layers) tf.dispose([weights, biases])
    }
  }
  /** Returns the number of epochs whose weights `layers` hold at the end. */
  private async train(
    layers: readonly TensorLayer[],
    plan: {
      training: Prepared
      judging: Prepared | undefined
      random: Random
      name: string
      epochs: number | undefined
      untilMs: number
      /** This one included. */
      fitsLeft: number
    },
  ): Promise<number> {
    const { tf, options } = this
    const { training, judging, random, name, untilMs } = plan
    const optimizer = tf.train.adam(LEARNING_RATE)
    const variables = layers.flatMap(({ weights, biases }) => [weights, biases])
    const mostEpochs = plan.epochs ?? (judging === undefined ? DEFAULT_EPOCHS : MOST_EPOCHS)
    const startedMs = options.nowMs()
    let best = { loss: Infinity, epoch: 0, values: [] as Float32Array[] }
    let epoch = 0
    try {
      while (epoch < mostEpochs && epoch - best.epoch < PATIENCE + (judging === undefined ? mostEpochs : 0)) {
        const loss = await this.epoch(layers, variables, optimizer, training, random, untilMs)
        epoch++
        const heldLoss = judging === undefined ? NaN : this.heldLoss(layers, judging)
        if (heldLoss < best.loss)
          best = { loss: heldLoss, epoch, values: variables.map((one) => Float32Array.from(one.dataSync())) }
        const perEpochMs = (options.nowMs() - startedMs) / epoch
        options.progress(
          `${name}: epoch ${epoch} of at most ${mostEpochs}, loss ${loss.toFixed(3)}` +
            (judging === undefined ? '' : `, held out ${heldLoss.toFixed(3)}`) +
            `; at most ${this.secondsLeft(perEpochMs * (mostEpochs - epoch), perEpochMs * mostEpochs, plan)} s left`,
        )
        if (options.nowMs() + perEpochMs > untilMs) break
      }
      if (best.epoch > 0 && best.epoch < epoch)
        variables.forEach((one, index) => {
          const back = tf.tensor(best.values[index], one.shape)
          one.assign(back)
          back.dispose()
        })
    } finally {
      optimizer.dispose()
    }
    return best.epoch || epoch
  }

  /** Of this fit and those behind it, were all as long as this may become; never beyond the time limit. */
  private secondsLeft(thisMs: number, oneMs: number, { fitsLeft }: { fitsLeft: number }): number {
    const limitMs = this.endMs - this.options.nowMs()
    return Math.max(0, Math.ceil(Math.min(limitMs, thisMs + oneMs * (fitsLeft - 1)) / 1000))
  }

  /** Once over the rows in a new order; the mean loss. Cut short where the time is over. */
  private async epoch(
    layers: readonly TensorLayer[],
    variables: Variable[],
    optimizer: ReturnType<TensorFlow['train']['adam']>,
    { inputs, labels, weights }: Prepared,
    random: Random,
    untilMs: number,
  ): Promise<number> {
    const { tf, options } = this
    const order = shuffled(labels.length, random)
    let total = 0
    let seen = 0
    for (let at = 0; at < order.length && (seen === 0 || options.nowMs() < untilMs); at += BATCH) {
      const batch = order.subarray(at, at + BATCH)
      const loss = tf.tidy(() => {
        const rows = tf.gather(inputs, tf.tensor1d(batch, 'int32'))
        const wanted = Int32Array.from(batch, (row) => labels[row])
        const share = Float32Array.from(batch, (row) => weights[row])
        const found = optimizer.minimize(
          () => {
            const decay = layers
              .map(({ weights: parameters }) => parameters.square().sum())
              .reduce((sum, one) => sum.add(one))
            return this.loss(layers, rows as Tensor2D, wanted, share)
              .add(decay.mul(WEIGHT_DECAY))
              .asScalar()
          },
          true,
          variables,
        )
        return (found as NonNullable<typeof found>).dataSync()[0]
      })
      total += loss * batch.length
      seen += batch.length
      await yieldToEvents()
      if (options.signal.aborted)
        throw new AjarError(
          'train.stopped',
          'Training was stopped before its end.',
          'Run the same command again: folds that are done are not done again.',
        )
    }
    return total / seen
  }

  private heldLoss(layers: readonly TensorLayer[], { inputs, labels, weights }: Prepared): number {
    return this.tf.tidy(() => this.loss(layers, inputs, labels, weights).dataSync()[0])
  }

  /** Weighted mean of −log p of the true marker. */
  private loss(
    layers: readonly TensorLayer[],
    inputs: Tensor2D,
    labels: Int32Array,
    weights: Float32Array,
  ): ReturnType<Tensor2D['asScalar']> {
    const { tf } = this
    const logits = forwardTensors(tf, layers, inputs)
    const truth = tf.oneHot(tf.tensor1d(labels, 'int32'), logits.shape[1])
    const each = tf.logSoftmax(logits).mul(truth).sum(1).mul(tf.tensor1d(weights))
    return each
      .sum()
      .neg()
      .div(weights.reduce((sum, weight) => sum + weight, 0))
      .asScalar()
  }

  private prepare(
    rows: readonly FeatureRow[],
    markers: readonly string[],
    mean: Float32Array,
    scale: Float32Array,
  ): Prepared {
    const size = rows[0].features.length
    const values = new Float32Array(rows.length * size)
    rows.forEach(({ features }, row) => values.set(normalise(features, mean, scale), row * size))
    return {
      inputs: this.tf.tensor2d(values, [rows.length, size]),
      labels: Int32Array.from(rows, ({ marker }) => markers.indexOf(marker)),
      weights: Float32Array.from(rowWeights(rows)),
    }
  }
}

/** One unit of each marker goes where it judges when to stop; none where every unit is needed to learn from. */
function holdOut(rows: readonly FeatureRow[], random: Random): { kept: FeatureRow[]; held: FeatureRow[] } {
  const unit = strictestUnit(rows)
  if (unit === undefined) return { kept: [...rows], held: [] }
  const chosen = new Set<string>()
  for (const marker of new Set(rows.map((row) => row.marker))) {
    const units = [...new Set(rows.filter((row) => row.marker === marker).map((row) => row[unit]))].sort()
    chosen.add(units[Math.floor(random.share() * units.length)])
  }
  const kept = rows.filter((row) => !chosen.has(row[unit]))
  const held = rows.filter((row) => chosen.has(row[unit]))
  const markers = (some: readonly FeatureRow[]) => new Set(some.map(({ marker }) => marker)).size
  return markers(kept) === markers(rows) ? { kept, held } : { kept: [...rows], held: [] }
}

/** 0 … length − 1 in random order (Fisher and Yates). */
function shuffled(length: number, random: Random): Int32Array {
  const order = Int32Array.from({ length }, (_, i) => i)
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(random.share() * (i + 1))
    ;[order[i], order[j]] = [order[j], order[i]]
  }
  return order
}
