import { SHAPE_BINS } from '../../sensing/model/features.js'

/** Nepers of a decibel. */
const NEPERS = Math.LN10 / 20
const LEVEL = SHAPE_BINS
const RSSI = SHAPE_BINS + 2

/** Between two `visitNumbers`, nepers, in the metric of the survey: rms of the log-shape, the level, RSSI where both state it. */
export function distance(a: Float64Array, b: Float64Array): number {
  let sum = ((a[LEVEL] - b[LEVEL]) * NEPERS) ** 2
  for (let bin = 0; bin < SHAPE_BINS; bin++) sum += (a[bin] - b[bin]) ** 2 / SHAPE_BINS
  const rssi = (a[RSSI] - b[RSSI]) * NEPERS
  return Math.sqrt(Number.isNaN(rssi) ? sum : sum + rssi * rssi)
}
