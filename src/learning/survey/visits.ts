import { SHAPE_BINS } from '../../sensing/model/features.js'
import type { WindowMeasure } from '../../sensing/model/features.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import { meanVector } from './mean-vector.js'

/**
 * What a window adds to its visit: mean log-shape, mean and sd of the level (dB), mean and sd of RSSI (dBm, dB; NaN where
 * the dialect does not state it).
 */
export const visitNumbers: WindowMeasure = {
  size: SHAPE_BINS + 4,
  extract({ rows, bins, shape, levelDb, rssiDbm }, into) {
    for (let bin = 0; bin < SHAPE_BINS; bin++) {
      let sum = 0
      for (let row = 0; row < rows; row++) sum += shape[row * bins + bin]
      into[bin] = sum / rows
    }
    writeMeanAndDeviation(levelDb, rows, into, SHAPE_BINS)
    writeMeanAndDeviation(rssiDbm, rows, into, SHAPE_BINS + 2)
  },
}

/** What of a window tells whether the mount and the link are sound: shares, 0..1. */
export const qualityNumbers: WindowMeasure = {
  size: 4,
  extract({ quality, motion }, into) {
    into[0] = quality.lossRatio
    into[1] = quality.saturatedRatio
    into[2] = Number(quality.gainJump)
    into[3] = Number(motion.moving)
  },
}

/** One recording of one marker, as the survey sees it: the unit within a session. */
export interface SurveyVisit {
  marker: string
  session: string
  place: string
  visit: string
  /** Windows that it is the mean of. */
  windows: number
  /** `visitNumbers`, averaged over the visit. */
  numbers: Float64Array
  /** The same of its first and second half: what a visit repeats of itself. Absent where it has one window. */
  halves?: readonly [Float64Array, Float64Array]
  quality: { lossRatio: number; saturatedRatio: number; gainJumpShare: number; movingShare: number }
}

/** Rows in the order in which they were read → visits; a file of several markers holds one for each block of a marker. */
export function visitsOf(rows: readonly FeatureRow[]): SurveyVisit[] {
  const blocks: FeatureRow[][] = []
  for (const row of rows) {
    const last = blocks.at(-1)
    if (last !== undefined && last[0].visit === row.visit && last[0].session === row.session) last.push(row)
    else blocks.push([row])
  }
  const seen = new Map<string, number>()
  return blocks.map((block) => {
    const [{ marker, session, place, visit }] = block
    const time = (seen.get(visit) ?? 0) + 1
    seen.set(visit, time)
    const middle = block.length >> 1
    const half = (from: number, to: number) =>
      meanVector(block.slice(from, to).map(({ features }) => features))
    const [lossRatio, saturatedRatio, gainJumpShare, movingShare] = meanVector(
      block.map(({ judged }) => judged),
    )
    return {
      ...{ marker, session, place, visit: time === 1 ? visit : `${visit}-${time}` },
      windows: block.length,
      numbers: half(0, block.length),
      halves: middle === 0 ? undefined : ([half(0, middle), half(middle, block.length)] as const),
      quality: { lossRatio, saturatedRatio, gainJumpShare, movingShare },
    }
  })
}

function writeMeanAndDeviation(values: Float32Array, count: number, into: Float32Array, at: number): void {
  let sum = 0
  for (let i = 0; i < count; i++) sum += values[i]
  const mean = sum / count
  let squares = 0
  for (let i = 0; i < count; i++) squares += (values[i] - mean) ** 2
  into[at] = mean
  into[at + 1] = Math.sqrt(squares / count)
}
