import type { Tensor2D, Variable } from '@tensorflow/tfjs'
import { setImmediate as yieldToEvents } from 'node:timers/promises'
import type { TensorFlow } from '../../sensing/model/tensorflow.js'
import type { Random } from '../random.js'
import { refuseIfStopped } from './stopped.js'
import { forwardTensors, type TensorLayer } from './tensor-layers.js'

/** Design values (D), the same for every data set: nothing is tuned on what is later scored. */
export const DESCENT = {
  batch: 64,
  /** Adam (Kingma & Ba, ICLR 2015), its own default. */
  learningRate: 1e-3,
  weightDecay: 1e-4,
} as const

/** Rows as tensors. */
export interface Prepared {
  /** rows × values, normalised. */
  inputs: Tensor2D
  /** Index of the marker. */
  labels: Int32Array
  weights: Float32Array
}

export interface DescentOptions {
  mostEpochs: number
  /** Stops after so many epochs without a better loss on `judging`. */
  patience: number
  /** Checked between two batches, against `nowMs`; one batch is always done. */
  untilMs: number
  nowMs(): number
  random: Random
  signal: AbortSignal
  /** `heldLoss` is NaN where nothing judges. */
  afterEpoch(epoch: number, loss: number, heldLoss: number): void
}

/**
 * Trains `layers` in place; returns how many epochs were done and after which `judging` was called best. Throws
 * AjarError 'train.stopped'.
 */
export async function descend(
  tf: TensorFlow,
  layers: readonly TensorLayer[],
  training: Prepared,
  judging: Prepared | undefined,
  options: DescentOptions,
): Promise<{ epochs: number; bestEpoch: number }> {
  const { mostEpochs, patience, untilMs, nowMs } = options
  const optimizer = tf.train.adam(DESCENT.learningRate)
  const startedMs = nowMs()
  let epochs = 0
  let best = { loss: Infinity, epoch: 0 }
  try {
    while (epochs < mostEpochs && (judging === undefined || epochs - best.epoch < patience)) {
      const loss = await epochOf(tf, layers, optimizer, training, options)
      epochs++
      const heldLoss =
        judging === undefined ? NaN : tf.tidy(() => lossOf(tf, layers, judging.inputs, judging).dataSync()[0])
      if (heldLoss < best.loss) best = { loss: heldLoss, epoch: epochs }
      options.afterEpoch(epochs, loss, heldLoss)
      if (nowMs() + (nowMs() - startedMs) / epochs > untilMs) break
    }
  } finally {
    optimizer.dispose()
  }
  return { epochs, bestEpoch: best.epoch }
}

/** Once over the rows in a new order; the mean loss. Cut short where the time is over. */
async function epochOf(
  tf: TensorFlow,
  layers: readonly TensorLayer[],
  optimizer: ReturnType<TensorFlow['train']['adam']>,
  { inputs, labels, weights }: Prepared,
  { random, signal, nowMs, untilMs }: DescentOptions,
): Promise<number> {
  const variables = layers.flatMap((layer): Variable[] => [layer.weights, layer.biases])
  const order = random.shuffle(Int32Array.from(labels.keys()))
  let total = 0
  let seen = 0
  for (let at = 0; at < order.length && (seen === 0 || nowMs() < untilMs); at += DESCENT.batch) {
    const batch = order.subarray(at, at + DESCENT.batch)
    const loss = tf.tidy(() => {
      const rows = tf.gather(inputs, tf.tensor1d(batch, 'int32'))
      const part = {
        labels: Int32Array.from(batch, (row) => labels[row]),
        weights: Float32Array.from(batch, (row) => weights[row]),
      }
      const found = optimizer.minimize(
        () => {
          const decay = layers
            .map((layer) => layer.weights.square().sum())
            .reduce((sum, one) => sum.add(one))
            .mul(DESCENT.weightDecay)
          return lossOf(tf, layers, rows as Tensor2D, part)
            .add(decay)
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
    refuseIfStopped(signal)
  }
  return total / seen
}

/** Weighted mean of −log p of the true marker. */
function lossOf(
  tf: TensorFlow,
  layers: readonly TensorLayer[],
  inputs: Tensor2D,
  { labels, weights }: Pick<Prepared, 'labels' | 'weights'>,
): ReturnType<Tensor2D['asScalar']> {
  const logits = forwardTensors(tf, layers, inputs)
  const truth = tf.oneHot(tf.tensor1d(labels, 'int32'), logits.shape[1])
  const each = tf.logSoftmax(logits).mul(truth).sum(1).mul(tf.tensor1d(weights))
  return each
    .sum()
    .neg()
    .div(weights.reduce((sum, weight) => sum + weight, 0))
    .asScalar()
}
