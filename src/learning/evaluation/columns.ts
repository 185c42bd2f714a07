import type { SignalWindow } from '../../domain/window.js'
import { featureExtractor, type WindowMeasure } from '../../sensing/model/features.js'

/** Where the measures of a window stand in a row that is evaluated. */
const standing = featureExtractor('standing')
const fiveNumbers = featureExtractor('five-numbers')
const MOTION = standing.size
const MEDIANS = MOTION + 2

export const COLUMN = {
  rssi: 0,
  rssiSd: 1,
  level: 2,
  levelSd: 3,
  levelLessRssi: 4,
  shape: fiveNumbers.size,
  shapeEnd: standing.size,
  logMovingVariance: MOTION,
  lag1: MOTION + 1,
  rssiMedian: MEDIANS,
  levelMedian: MEDIANS + 1,
} as const

/** Keeps the logarithm of a variance of nothing finite (D). */
const LEAST_VARIANCE = 1e-8

/**
 * All that a method which is not a network may look at: the appliance's own features (`standing`, five numbers first),
 * what its motion detector reads, and medians of RSSI and level. NaN where the dialect does not state RSSI.
 */
export const windowColumns: WindowMeasure = {
  size: MEDIANS + 2,
  extract(window: SignalWindow, into: Float32Array) {
    standing.extract(window, into)
    into[COLUMN.logMovingVariance] = Math.log(Math.max(window.motion.movingVariance || 0, LEAST_VARIANCE))
    into[COLUMN.lag1] = window.motion.lag1 || 0 // slow packets have no near neighbours
    into[COLUMN.rssiMedian] = median(window.rssiDbm, window.rows)
    into[COLUMN.levelMedian] = median(window.levelDb, window.rows)
  },
}

function median(values: Float32Array, count: number): number {
  return values.slice(0, count).sort()[count >> 1]
}
