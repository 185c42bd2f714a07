import type { SignalWindow } from '../../domain/window.js'

/** dB (20·log10) of one neper. */
const DB_PER_NEPER = 20 / Math.LN10

/** Values of a frame: the shape and the level. */
export function frameSize(bins: number): number {
  return bins + 1
}

/**
 * The mean of `hopMs` of a window: its log-shape, then its level in nepers. `age`: how many hops before the window's
 * end; beyond its beginning there is none.
 */
export function readFrame(
  window: SignalWindow,
  hopMs: number,
  age: number,
  into: Float32Array,
  at: number,
): void {
  const { rows, bins, shape, levelDb, gridRateHz } = window
  const hop = (hopMs / 1000) * gridRateHz
  const to = Math.min(rows, Math.max(1, rows - Math.round(age * hop)))
  const from = Math.min(to - 1, Math.max(0, rows - Math.round((age + 1) * hop)))
  for (let bin = 0; bin < bins; bin++) {
    let sum = 0
    for (let row = from; row < to; row++) sum += shape[row * bins + bin]
    into[at + bin] = sum / (to - from)
  }
  let level = 0
  for (let row = from; row < to; row++) level += levelDb[row]
  into[at + bins] = level / (to - from) / DB_PER_NEPER
}
