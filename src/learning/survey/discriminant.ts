import { whiteningOf } from '../training/cholesky.js'
import { groupBy } from './group-by.js'

/** What a discriminant is fitted on: the vector of a visit and what it is of. */
export interface Point {
  readonly vector: Float64Array
  readonly marker: string
  readonly session: string
}

/** Linear discriminant analysis of visits. */
export interface Discriminant {
  readonly markers: readonly string[]
  /** Takes a vector to the space in which the pooled scatter within markers is the identity. */
  whiten(vector: Float64Array): Float64Array
  /** Whitened means, in the order of `markers`. */
  readonly centres: readonly Float64Array[]
}

/** A covariance of linearly dependent features could not be inverted below it (D), as in training/lda.ts. */
const LEAST_SHRINKAGE = 1e-3

/** Of the mean variance: a feature that never varied is not taken for certain (D). */
const LEAST_VARIANCE = 1e-4

/**
 * Fits on visits: each marker counts equally, within it each session, within that each visit. The scatter within
 * markers, which holds what the room does from session to session, is shrunk towards a multiple of the identity as by
 * Ledoit and Wolf (J. Multivariate Anal. 88, 2004) with sessions as the independent units; visits, where there is one
 * session. In contrast to training/lda.ts nothing is scaled, because all numbers are log amplitudes, and markers that were
 * visited once are no error: without scatter the nearest mean decides.
 */
export function fitDiscriminant(points: readonly Point[]): Discriminant {
  const n = points[0].vector.length
  const groups = [...groupBy(points, ({ marker }) => marker)].sort(([a], [b]) => (a < b ? -1 : 1))
  const byUnit = new Map<unknown, { share: number; residuals: Float64Array[] }>()
  const oneSession = new Set(points.map(({ session }) => session)).size === 1
  const means = groups.map(([, own]) => {
    const sessions = [...groupBy(own, ({ session }) => session)]
    const mean = new Float64Array(n)
    for (const [, visits] of sessions)
      for (const { vector } of visits)
        for (let i = 0; i < n; i++) mean[i] += vector[i] / (visits.length * sessions.length)
    for (const [session, visits] of sessions)
      for (const visit of visits) {
        const share = 1 / (visits.length * sessions.length * groups.length)
        const key = oneSession ? visit : session
        const unit = byUnit.get(key) ?? { share: 0, residuals: [] }
        byUnit.set(key, unit)
        unit.share += share
        unit.residuals.push(visit.vector.map((value, i) => (value - mean[i]) * Math.sqrt(share)))
      }
    return mean
  })
  const whitening = whiteningOf(shrunkScatter([...byUnit.values()], n), n)
  const whiten = (vector: Float64Array) => multiplyLower(whitening, vector)
  return { markers: groups.map(([marker]) => marker), whiten, centres: means.map(whiten) }
}

/** The marker whose mean is nearest. */
export function nearestMarker({ markers, whiten, centres }: Discriminant, vector: Float64Array): string {
  const z = whiten(vector)
  let nearest = 0
  let least = Infinity
  centres.forEach((centre, index) => {
    const distance = squaredDistance(centre, z)
    if (distance < least) {
      least = distance
      nearest = index
    }
  })
  return markers[nearest]
}

export function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2
  return sum
}

/**
 * Correlations are shrunk, not covariances (Schäfer & Strimmer, Stat. Appl. Genet. 4, 2005): the level varies much more
 * than a subcarrier's shape does, and of few sessions some shape always seems to go with it by chance.
 */
function shrunkScatter(
  units: readonly { share: number; residuals: readonly Float64Array[] }[],
  n: number,
): Float64Array {
  const deviation = new Float64Array(n)
  for (const { residuals } of units) for (const r of residuals) r.forEach((v, i) => (deviation[i] += v * v))
  const least = LEAST_VARIANCE * (deviation.reduce((sum, variance) => sum + variance, 0) / n)
  if (!(least > 0)) return identity(n)
  deviation.forEach((variance, i) => (deviation[i] = Math.sqrt(Math.max(variance, least))))
  // Lower triangles. What lies off the diagonal differs from the target, 0, by itself; the units' scatter around their
  // share of the pooled one is summed as Σ|Sᵤ|² − 2·⟨Σ shareᵤ·Sᵤ, S⟩ + Σ shareᵤ²·|S|², so that one matrix serves them all.
  const pooled = new Float64Array(n * n)
  const weighted = new Float64Array(n * n)
  const scatter = new Float64Array(n * n)
  let ofUnits = 0
  let shares = 0
  for (const { share, residuals } of units) {
    scatter.fill(0)
    for (const residual of residuals) {
      const r = residual.map((value, i) => value / deviation[i])
      for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) scatter[i * n + j] += r[i] * r[j]
    }
    for (let i = 0; i < n; i++)
      for (let j = 0; j < i; j++) {
        const value = scatter[i * n + j]
        pooled[i * n + j] += value
        weighted[i * n + j] += share * value
        ofUnits += value * value
      }
    shares += share * share
  }
  let distance = 0
  let across = 0
  for (let at = 0; at < n * n; at++) {
    distance += pooled[at] ** 2
    across += weighted[at] * pooled[at]
  }
  const spread = ofUnits - 2 * across + shares * distance
  const shrinkage = Math.max(LEAST_SHRINKAGE, distance > 0 ? Math.min(1, spread / distance) : 1)
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++)
      pooled[i * n + j] = (i === j ? 1 : (1 - shrinkage) * pooled[i * n + j]) * deviation[i] * deviation[j]
  return pooled
}

function identity(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0))
}

function multiplyLower(lower: Float64Array, vector: Float64Array): Float64Array {
  const n = vector.length
  return vector.map((_, row) => {
    let sum = 0
    for (let i = 0; i <= row; i++) sum += lower[row * n + i] * vector[i]
    return sum
  })
}
