const BINS = 15

/**
 * Expected calibration error (Naeini et al., AAAI 2015): mean over 15 bins of confidence of how far the share that is
 * right lies from what was promised, weighted by what falls into the bin.
 */
export function calibrationError(
  calls: readonly { confidence: number; right: number; weight: number }[],
): number {
  const gaps = new Float64Array(BINS)
  let total = 0
  for (const { confidence, right, weight } of calls) {
    gaps[Math.min(BINS - 1, Math.floor(confidence * BINS))] += weight * (right - confidence)
    total += weight
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap) / total, 0)
}
