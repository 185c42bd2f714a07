import type { SignalWindow } from '../../domain/window.js'

/** What is read from one window, … */
export const WINDOW_FEATURES = ['five-numbers', 'standing', 'sequence'] as const
export type WindowFeatureName = (typeof WINDOW_FEATURES)[number]
/** … and from a burst (burst-features.ts). */
export const BURST_FEATURES = ['burst'] as const
export const FEATURE_NAMES = [...WINDOW_FEATURES, ...BURST_FEATURES] as const
export type FeatureName = (typeof FEATURE_NAMES)[number]

/** Bins of a window's shape that the extractors are written for (method.md, Windows). */
export const SHAPE_BINS = 52

/** Numbers that are read from a window. */
export interface WindowMeasure {
  /** Values for each window. */
  readonly size: number
  /** Writes `size` values; allocates nothing. */
  extract(window: SignalWindow, into: Float32Array): void
}

export interface FeatureForm {
  readonly name: FeatureName
  /** Values for each window or burst. */
  readonly size: number
  /** Values that are normalised each by itself; where there are fewer than `size`, rows of so many follow one another. */
  readonly channels: number
}

/** What a model sees of a window. */
export interface FeatureExtractor extends WindowMeasure, FeatureForm {
  readonly name: WindowFeatureName
  readonly size: number
}

/**
 * `five-numbers`: mean and sd of RSSI (dBm, dB), mean and sd of the level (dB), level − RSSI (dB): all that lasts
 * from session to session in captures/two-state.
 */
const fiveNumbers: FeatureExtractor = {
  name: 'five-numbers',
  size: 5,
  channels: 5,
  extract(window, into) {
    const rssi = mean(window.rssiDbm, window.rows)
    const level = mean(window.levelDb, window.rows)
    into[0] = rssi
    into[1] = deviation(window.rssiDbm, window.rows, rssi)
    into[2] = level
    into[3] = deviation(window.levelDb, window.rows, level)
    into[4] = level - rssi
  },
}

/** `standing`: the five numbers and the window's mean log-shape; for sites whose shape repeats between sessions. */
const standing: FeatureExtractor = {
  name: 'standing',
  size: fiveNumbers.size + SHAPE_BINS,
  channels: fiveNumbers.size + SHAPE_BINS,
  extract(window, into) {
    fiveNumbers.extract(window, into)
    for (let bin = 0; bin < SHAPE_BINS; bin++) {
      let sum = 0
      for (let row = 0; row < window.rows; row++) sum += window.shape[row * window.bins + bin]
      into[fiveNumbers.size + bin] = sum / window.rows
    }
  },
}

/** Rows of `sequence`: 2 s at the highest grid rate. A window of fewer rows is stretched. */
export const SEQUENCE_ROWS = 100
/** Values of a row of `sequence`: log-shape, level (dB), RSSI (dBm). */
export const SEQUENCE_CHANNELS = SHAPE_BINS + 2

/** `sequence`: the window itself, row after row, for networks that look at how it runs. */
const sequence: FeatureExtractor = {
  name: 'sequence',
  size: SEQUENCE_ROWS * SEQUENCE_CHANNELS,
  channels: SEQUENCE_CHANNELS,
  extract({ rows, bins, shape, levelDb, rssiDbm }, into) {
    const step = (rows - 1) / (SEQUENCE_ROWS - 1)
    for (let row = 0, at = 0; row < SEQUENCE_ROWS; row++) {
      const before = Math.min(Math.floor(row * step), rows - 1)
      const after = Math.min(before + 1, rows - 1)
      const share = row * step - before
      const between = (values: Float32Array, i: number, j: number) =>
        values[i] + share * (values[j] - values[i])
      for (let bin = 0; bin < SHAPE_BINS; bin++)
        into[at++] = between(shape, before * bins + bin, after * bins + bin)
      into[at++] = between(levelDb, before, after)
      into[at++] = between(rssiDbm, before, after)
    }
  },
}

/** Values of a frame of a burst: log-shape and level. */
export const FRAME_VALUES = SHAPE_BINS + 1
/** Values of `burst`: burst-features.ts says what they are. */
export const BURST_NUMBERS = 18

const EXTRACTORS: Record<WindowFeatureName, FeatureExtractor> = {
  'five-numbers': fiveNumbers,
  standing,
  sequence,
}

export function featureExtractor(name: WindowFeatureName): FeatureExtractor {
  return EXTRACTORS[name]
}

export function isWindowFeature(name: FeatureName): name is WindowFeatureName {
  return Object.hasOwn(EXTRACTORS, name)
}

export function featureForm(name: FeatureName): FeatureForm {
  return isWindowFeature(name) ? EXTRACTORS[name] : { name, size: BURST_NUMBERS, channels: BURST_NUMBERS }
}

function mean(values: Float32Array, count: number): number {
  let sum = 0
  for (let i = 0; i < count; i++) sum += values[i]
  return sum / count
}

function deviation(values: Float32Array, count: number, around: number): number {
  let sum = 0
  for (let i = 0; i < count; i++) sum += (values[i] - around) ** 2
  return Math.sqrt(sum / count)
}
