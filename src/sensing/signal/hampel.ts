/** Scale of the median absolute deviation to a normal distribution's standard deviation, 1 / Φ⁻¹(3/4). */
const MAD_TO_SIGMA = 1.4826
/**
 * Least spread, log amplitude: white shape noise of real receivers is 1.5–4 % (M). Without it, quantized
 * values that repeat have a deviation of 0 and any other value would be an outlier.
 */
const LEAST_SIGMA = 0.015

/** Replaces outliers of log-shape, each bin by itself, by the median of the rows around. */
export class Hampel {
  private readonly values: Float64Array

  constructor(
    window: number,
    private readonly threshold: number,
  ) {
    this.values = new Float64Array(window)
  }

  /**
   * Cleans one row of `bins` values. `starts` are the offsets in `raw` of the rows around it, itself among
   * them, as many as the window is long; `row` is the offset of the row in `raw` and in `clean`.
   */
  run(raw: Float32Array, starts: Int32Array, row: number, clean: Float32Array, bins: number): void {
    const { values, threshold } = this
    const middle = values.length >> 1
    const near = threshold * LEAST_SIGMA
    for (let bin = 0; bin < bins; bin++) {
      const value = raw[row + bin]
      clean[row + bin] = value
      // The median is near, whatever the spread, unless most values lie off to one side: no need to sort.
      let lower = 0
      let higher = 0
      for (let i = 0; i < values.length; i++) {
        const other = (values[i] = raw[starts[i] + bin])
        if (other < value - near) lower++
        else if (other > value + near) higher++
      }
      if (lower <= middle && higher <= middle) continue
      sort(values)
      const median = values[middle]
      // |value − median| > threshold × sigma says: the MAD lies below a limit. It does where most deviations do.
      const madLimit = Math.abs(value - median) / (threshold * MAD_TO_SIGMA)
      let below = 0
      for (let i = 0; i < values.length; i++) if (Math.abs(values[i] - median) < madLimit) below++
      if (below > middle) clean[row + bin] = median
    }
  }
}

/** By insertion: the fastest for a handful. */
function sort(values: Float64Array): void {
  for (let i = 1; i < values.length; i++) {
    const value = values[i]
    let at = i
    for (; at > 0 && values[at - 1] > value; at--) values[at] = values[at - 1]
    values[at] = value
  }
}
