import type { FeatureRow } from '../dataset/visit-reader.js'
import { COLUMN } from './columns.js'

/** What a method sees of a row's columns. */
export interface Representation {
  name: string
  of(columns: Float32Array): Float32Array
}

const picked = (name: string, ...columns: readonly number[]): Representation => ({
  name,
  of: (row) => Float32Array.from(columns, (column) => row[column]),
})

const FIVE = [COLUMN.rssi, COLUMN.rssiSd, COLUMN.level, COLUMN.levelSd, COLUMN.levelLessRssi]

export const rssiAlone = picked('RSSI', COLUMN.rssi)
export const fiveNumbers = picked('five numbers', ...FIVE)
export const movingVariance = picked('moving variance', COLUMN.logMovingVariance)
/** Shape and level: what `standing` is to a model. */
export const shapeAndLevel: Representation = {
  name: 'shape and level',
  of: (row) => row.subarray(0, COLUMN.shapeEnd),
}
/** With its rms divided out: nothing is left of level and RSSI. */
export const shapeOnly: Representation = { name: 'shape only', of: shapeOf }
/** The level against what the receiver says of it, and RSSI: the five numbers without what describes the spread. */
export const rssiAndDifference = picked('RSSI and level less RSSI', COLUMN.rssi, COLUMN.levelLessRssi)
export const fiveAndMotion = picked('five numbers and motion', ...FIVE, COLUMN.logMovingVariance, COLUMN.lag1)
/** Whatever one strong packet does to a mean. */
export const medians: Representation = {
  name: 'medians',
  of: (row) =>
    Float32Array.of(
      row[COLUMN.rssiMedian],
      row[COLUMN.levelMedian],
      row[COLUMN.levelMedian] - row[COLUMN.rssiMedian],
    ),
}
/** What only the amplitudes over frequency tell of multipath, whatever the place: no bin stands for itself. */
export const fiveAndSelectivity: Representation = {
  name: 'five numbers and frequency selectivity',
  of: (row) => Float32Array.of(...FIVE.map((column) => row[column]), ...selectivity(shapeOf(row))),
}

/** The same without columns that no row states, which would be of no use; undefined where nothing is left. */
export function stated(
  representation: Representation,
  rows: readonly FeatureRow[],
): Representation | undefined {
  const first = representation.of(rows[0].features)
  const kept = [...first.keys()].filter((column) => Number.isFinite(first[column]))
  if (kept.length === first.length) return representation
  if (kept.length === 0) return undefined
  return {
    name: representation.name,
    of: (row) => {
      const all = representation.of(row)
      return Float32Array.from(kept, (column) => all[column])
    },
  }
}

function shapeOf(row: Float32Array): Float32Array {
  return row.subarray(COLUMN.shape, COLUMN.shapeEnd)
}

/**
 * Depth of the fading over frequency (standard deviation of the log-shape), its roughness (rms step from bin to bin), and
 * the coherence bandwidth (bins until the autocorrelation of the shape falls below one half).
 */
function selectivity(shape: Float32Array): [number, number, number] {
  const n = shape.length
  let square = 0
  let step = 0
  for (let i = 0; i < n; i++) {
    square += shape[i] ** 2 / n
    if (i > 0) step += (shape[i] - shape[i - 1]) ** 2 / (n - 1)
  }
  let coherence = 1
  for (; coherence < n / 2; coherence++) {
    let product = 0
    for (let i = coherence; i < n; i++) product += (shape[i] * shape[i - coherence]) / (n - coherence)
    if (product < square / 2) break
  }
  return [Math.sqrt(square), Math.sqrt(step), coherence]
}
