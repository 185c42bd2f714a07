import { NEVER_RULED_OUT } from '../../sensing/decision/conformal.js'
import { probabilitiesOf, type HeldLogits } from './calibration.js'
import type { LeftOut } from './leave-out.js'

/** method.md 10: a true class is ruled out in at most this share of new units. */
export const CONFORMAL_ALPHA = 0.1

/** Of a product such as 20 × 0.95, which is not exact in binary. */
const ROUNDING = 1e-9

/**
 * The greatest nonconformity (1 − probability of the true class) that each class's set still takes: the
 * ⌈(n + 1)(1 − α)⌉-th least of its n calibration units. A unit counts once, by the mean over its windows, because
 * windows of one session or visit are not exchangeable with those of a new one, but repeat one another. Needs 9 units
 * of a class at α = 0.10 and 19 at 0.05; with fewer the class can never be ruled out.
 */
export function conformalThresholds(
  { markers, rows }: HeldLogits,
  temperature: number,
  unit: LeftOut,
  alpha = CONFORMAL_ALPHA,
): Float64Array {
  return Float64Array.from(markers, (marker, index) => {
    const scores = new Map<string, number[]>()
    for (const { row, logits } of rows) {
      if (row.marker !== marker) continue
      const own = scores.get(row[unit]) ?? []
      scores.set(row[unit], own)
      own.push(1 - probabilitiesOf(logits, temperature)[index])
    }
    const means = [...scores.values()].map((own) => own.reduce((sum, one) => sum + one / own.length, 0))
    const rank = Math.ceil((means.length + 1) * (1 - alpha) - ROUNDING)
    return rank > means.length ? NEVER_RULED_OUT : means.sort((a, b) => a - b)[rank - 1]
  })
}
