import type { TensorFlow } from '../../sensing/model/tensorflow.js'
import type { FloatLayer } from '../../sensing/model/quantize.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import { Random } from '../random.js'
import { architecture, type NetworkFamily } from './architectures.js'
import { descend, type Prepared } from './descent.js'
import { logitsOf, normalise, type Fit, type Fitter } from './fit.js'
import { markersOf, normalisationOf } from './lda.js'
import { strictestUnit } from './leave-out.js'
import { rowWeights } from './row-weights.js'
import { floatLayers, initialLayers, type TensorLayer } from './tensor-layers.js'

export interface NetworkFitterOptions {
  family: NetworkFamily
  /** Values of a row that are normalised each by itself. */
  channels: number
  /** The same seed on the same backend gives the same network. */
  seed: number
  /** Of computing, for all fits together; Infinity = as long as it takes. */
  timeLimitMs: number
  /** Stops between two batches. */
  signal: AbortSignal
  /** Milliseconds that never go back. */
  nowMs(): number
  progress(line: string): void
}

/** Design values (D), the same for every data set: nothing is tuned on what is later scored. */
export const FITTING = {
  mostEpochs: 40,
  /** Epochs without a better loss on the held-out units before it stops. */
  patience: 5,
  /** Where no unit can be held out. */
  defaultEpochs: 12,
  /** Of a fit's time, for finding how many epochs; the rest is for the fit itself. */
  searchShare: 0.6,
} as const

/** What one descent is about, for its line of progress. */
interface Stage {
  name: string
  mostEpochs: number
  untilMs: number
  fitsLeft: number
}

/** Trains networks with TensorFlow.js on either backend. */
export class NetworkFitter {
  /** Computing so far, of `timeLimitMs`; what happens between two fits does not count. */
  private usedMs = 0

  constructor(
    private readonly tf: TensorFlow,
    private readonly options: NetworkFitterOptions,
  ) {}

  /**
   * Unless `epochs` says how long: finds that by early stopping on units that are left out of the rows once more, one
   * of each marker, and then fits all rows, so that what is scored was made as what is used will be. Throws AjarError
   * 'train.markers', or 'train.stopped' where it was aborted.
   */
  readonly fit: Fitter = async (rows, { name, epochs, fitsLeft }) => {
    const startedMs = this.options.nowMs()
    const shareMs = (this.options.timeLimitMs - this.usedMs) / fitsLeft
    const markers = markersOf(rows)
    const { mean, scale } = normalisationOf(
      rows.map(({ features }) => features),
      rowWeights(rows),
      this.options.channels,
    )
    const prepare = (some: readonly FeatureRow[]) => this.prepare(some, markers, { mean, scale })
    try {
      const searched =
        epochs === undefined
          ? await this.search(rows, markers.length, prepare, {
              name: `${name}, how long`,
              mostEpochs: FITTING.mostEpochs,
              untilMs: startedMs + FITTING.searchShare * shareMs,
              fitsLeft,
            })
          : { epochs }
      const wanted = searched.epochs
      const stage = { name, mostEpochs: wanted, untilMs: startedMs + shareMs, fitsLeft }
      const { layers, done } = await this.train(markers.length, prepare(rows), undefined, stage)
      const logits = (of: readonly FloatLayer[], { features }: FeatureRow) =>
        logitsOf(of, normalise(features, mean, scale))
      const { judge } = searched
      return {
        markers,
        mean,
        scale,
        layers,
        epochs: done.epochs,
        wantedEpochs: wanted,
        held: judge?.rows.map((row) => ({ row, logits: logits(judge.layers, row) })),
        logits: (others) => others.map((row) => logits(layers, row)),
      } satisfies Fit
    } finally {
      this.usedMs += this.options.nowMs() - startedMs
    }
  }

  /** Epochs after which held-out units were called best, and the network at the end of it beside their rows. */
  private async search(
    rows: readonly FeatureRow[],
    markers: number,
    prepare: (rows: readonly FeatureRow[]) => Prepared,
    stage: Stage,
  ): Promise<{ epochs: number; judge?: { layers: readonly FloatLayer[]; rows: readonly FeatureRow[] } }> {
    const { kept, held } = holdOut(rows, new Random('hold out', this.options.family, this.options.seed))
    if (held.length === 0) return { epochs: FITTING.defaultEpochs }
    const { layers, done } = await this.train(markers, prepare(kept), prepare(held), stage)
    return { epochs: Math.max(done.bestEpoch, 1), judge: { layers, rows: held } }
  }

  /** Takes the tensors that it is given. */
  private async train(markers: number, training: Prepared, judging: Prepared | undefined, stage: Stage) {
    const { tf, options } = this
    const { name, mostEpochs, untilMs, fitsLeft } = stage
    const { signal, nowMs } = options
    const random = new Random('train', options.family, options.seed)
    let layers: TensorLayer[] = []
    const startedMs = nowMs()
    try {
      layers = initialLayers(tf, architecture(options.family, markers), random)
      const done = await descend(tf, layers, training, judging, {
        ...{ mostEpochs, patience: FITTING.patience, untilMs, nowMs, random, signal },
        afterEpoch: (epoch, loss, heldLoss) => {
          const perEpochMs = (nowMs() - startedMs) / epoch
          const laterMs = (fitsLeft - 1) * mostEpochs * perEpochMs
          const leftMs = Math.min(
            options.timeLimitMs - this.usedMs - (nowMs() - startedMs),
            perEpochMs * (mostEpochs - epoch) + laterMs,
          )
          options.progress(
            `${name}: epoch ${epoch} of at most ${mostEpochs}, loss ${loss.toFixed(3)}` +
              (judging === undefined ? '' : `, held out ${heldLoss.toFixed(3)}`) +
              `; at most ${Math.max(0, Math.ceil(leftMs / 1000))} s left`,
          )
        },
      })
      return { layers: floatLayers(tf, layers), done }
    } finally {
      tf.dispose([training.inputs, ...(judging === undefined ? [] : [judging.inputs])])
      for (const { weights, biases } of layers) tf.dispose([weights, biases])
    }
  }

  private prepare(
    rows: readonly FeatureRow[],
    markers: readonly string[],
    { mean, scale }: { mean: Float32Array; scale: Float32Array },
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
