/**
 * Class-conditional conformal sets (Vovk, ACML 2012; Sadinle et al., JASA 114, 2019): a class stays in the set unless
 * its nonconformity, 1 − probability, exceeds what its own calibration units reached. None or several in the set is
 * no answer. Thresholds are learned by learning/training/conformal-calibration.ts.
 */

/** Of a class with too few calibration units: it can never be ruled out. */
export const NEVER_RULED_OUT = Infinity

/**
 * Writes 1 to `into` for each class that cannot be ruled out, else 0; returns how many cannot.
 * @param probabilities sum 1, calibrated as those were that the thresholds come from.
 * @param thresholds the greatest nonconformity of each class that still belongs to it.
 */
export function conformalSet(
  probabilities: ArrayLike<number>,
  thresholds: ArrayLike<number>,
  into: Uint8Array,
): number {
  let size = 0
  for (let i = 0; i < probabilities.length; i++) {
    into[i] = 1 - probabilities[i] <= thresholds[i] ? 1 : 0
    size += into[i]
  }
  return size
}
