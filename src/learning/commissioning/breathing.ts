/** People at rest breathe 12 to 20 times a minute (R), and a little more slowly or faster (D); Hz. */
const SLOWEST_HZ = 0.12
const FASTEST_HZ = 0.45
/** Fewer seconds hold too few breaths to tell (D). */
const FEWEST_SECONDS = 20

/**
 * How much more power the strongest rhythm of a breath's pace has than the middle of all frequencies, and than slower
 * ones, which a room that drifts has most of: about 1 for noise. Undefined of a visit that is too short to tell.
 * @param seconds the mean of each second.
 * @param bins leading values of each that are looked at: log-shape alone, because a receiver's gain has rhythms of its own.
 */
export function breathing(seconds: readonly Float64Array[], bins: number): number | undefined {
  const n = seconds.length
  if (n < FEWEST_SECONDS) return undefined
  const power = new Float64Array((n >> 1) + 1)
  for (let bin = 0; bin < bins; bin++) {
    const values = detrended(seconds.map((numbers) => numbers[bin]))
    const own = power.map((_, k) => (k === 0 ? 0 : powerAt(values, k)))
    // A subcarrier in a fade is all noise: each counts by its own.
    const noise = middleOf(own)
    if (noise > 0) for (let k = 1; k < power.length; k++) power[k] += own[k] / noise
  }
  const middle = middleOf(power)
  const slow = Math.ceil(SLOWEST_HZ * n)
  const fast = Math.floor(FASTEST_HZ * n)
  const slower = power.subarray(1, slow)
  const drift = slower.reduce((sum, value) => sum + value / slower.length, 0)
  const floor = Math.max(middle, drift)
  return floor === 0 ? 1 : Math.max(...power.subarray(slow, fast + 1)) / floor
}

/** Median of all frequencies but the zeroth. */
function middleOf(power: Float64Array): number {
  return power.slice(1).sort()[(power.length - 1) >> 1]
}

/** Of the k-th frequency, 1/n Hz each. */
function powerAt(values: readonly number[], k: number): number {
  let re = 0
  let im = 0
  const step = (2 * Math.PI * k) / values.length
  for (let i = 0; i < values.length; i++) {
    re += values[i] * Math.cos(step * i)
    im += values[i] * Math.sin(step * i)
  }
  return re * re + im * im
}

/** Without their least-squares line: a drift is no rhythm. */
function detrended(values: readonly number[]): number[] {
  const n = values.length
  const centre = (n - 1) / 2
  const mean = values.reduce((sum, value) => sum + value / n, 0)
  let product = 0
  let square = 0
  values.forEach((value, i) => {
    product += (i - centre) * value
    square += (i - centre) ** 2
  })
  return values.map((value, i) => value - mean - (product / square) * (i - centre))
}
