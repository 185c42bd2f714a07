import type { FeatureRow } from '../dataset/visit-reader.js'
import type { CrossValidation } from './cross-validation.js'
import { rowWeights } from './row-weights.js'

export interface Calibration {
  /** Divides the logits; at least 1: calibration only ever makes a model less sure. */
  temperature: number
  /** The Mahalanobis distance that 99 % of the (weighted) left-out windows stay within. */
  distanceLimit: number
}

/** domain/model.ts: out of distribution is what lies outside the training's 99th percentile. */
const PERCENTILE = 0.99
/** A model as unsure as this says nothing at all. */
const MOST_TEMPERATURE = 1000
const STEPS = 60
const GOLDEN = (Math.sqrt(5) - 1) / 2

/**
 * Finds both on rows that the models had not seen (Guo et al., ICML 2017, for the temperature). Windows of one
 * session repeat one another, so on its own training rows a classifier looks far surer than it may be, and
 * every new session would look out of distribution.
 */
export function calibrate(held: Pick<CrossValidation, 'markers' | 'rows'>): Calibration {
  return {
    temperature: temperatureOf(held),
    distanceLimit: weightedQuantile(
      held.rows.map(({ distance }) => distance),
      rowWeights(held.rows.map(({ row }) => row)),
      PERCENTILE,
    ),
  }
}

/** Logits of rows, one for each of `markers`, by models that had not seen them. */
export interface HeldLogits {
  markers: readonly string[]
  rows: readonly { row: FeatureRow; logits: Float32Array }[]
}

export function temperatureOf({ markers, rows }: HeldLogits): number {
  const margins = rows.map(({ row, logits }) => {
    const own = logits[markers.indexOf(row.marker)]
    return Float64Array.from(logits, (logit) => logit - own)
  })
  return softestFit(margins, rowWeights(rows.map(({ row }) => row)))
}

/** Sum 1. */
export function probabilitiesOf(logits: ArrayLike<number>, temperature: number): Float64Array {
  const most = Math.max(...Array.from(logits))
  const odds = Float64Array.from(logits, (logit) => Math.exp((logit - most) / temperature))
  const sum = odds.reduce((total, one) => total + one, 0)
  return odds.map((one) => one / sum)
}

/** Least mean −log p of the true marker; the loss is convex in 1/T, so a golden-section search finds it. */
function softestFit(margins: readonly Float64Array[], weights: Float64Array): number {
  const loss = (logTemperature: number): number => {
    const inverse = Math.exp(-logTemperature)
    return margins.reduce((total, row, index) => {
      const most = Math.max(...row)
      let sum = 0
      for (const margin of row) sum += Math.exp((margin - most) * inverse)
      return total + weights[index] * (most * inverse + Math.log(sum))
    }, 0)
  }
  let low = 0
  let high = Math.log(MOST_TEMPERATURE)
  for (let step = 0; step < STEPS; step++) {
    const left = high - GOLDEN * (high - low)
    const right = low + GOLDEN * (high - low)
    if (loss(left) <= loss(right)) high = right
    else low = left
  }
  return Math.exp((low + high) / 2)
}

function weightedQuantile(values: readonly number[], weights: Float64Array, share: number): number {
  const order = [...values.keys()].sort((a, b) => values[a] - values[b])
  let sum = 0
  for (const index of order) {
    sum += weights[index]
    if (sum >= share) return values[index]
  }
  return values[order[order.length - 1]]
}
