import { fTail } from './bounds.js'
import type { Design } from './design.js'
import { squaredDistance, type Point } from './discriminant.js'
import { meanVector } from './mean-vector.js'

/** Shares of the variance of all visits, 0..1; null where there is none. */
export interface VarianceShares {
  r2Marker: number | null
  r2Session: number | null
}

/** Whether visits of some markers scatter more than those of others: then a difference may be one of scatter. */
export interface Dispersion {
  markers: { marker: string; distance: number }[]
  f: number | null
  p: number | null
}

/** Columns that add less than this to those before them are linear combinations of them. */
const DEPENDENT = 1e-9

/**
 * Variance explained (PERMANOVA: Anderson, Austral Ecology 26, 2001; on Euclidean distances its sums of squares are those
 * of multivariate regression). Where markers can be compared within sessions, each is what it explains beyond the other;
 * where each session has one marker, the marker comes first and the session is what its sessions differ by.
 */
export function varianceShares(points: readonly Point[], design: Design): VarianceShares {
  const total = centred(points.map(({ vector }) => vector))
  const all = sumOfSquares(total)
  if (!(all > DEPENDENT ** 2 * sumOfSquares(points.map(({ vector }) => vector))))
    return { r2Marker: null, r2Session: null }
  const mean = basis([points.map(() => 1)])
  const sessionColumns = indicators(points, ({ session }) => session)
  const markerColumns = indicators(points, ({ marker }) => marker)
  const session = basis(sessionColumns, mean)
  const marker = basis(markerColumns, mean)
  const explained = (columns: readonly Float64Array[]) => explainedBy(columns, total) / all
  const markerFirst = explained(marker)
  return {
    r2Marker: design.kind === 'nested' ? markerFirst : explained(basis(markerColumns, [...mean, ...session])),
    r2Session: explained(basis(sessionColumns, [...mean, ...marker])),
  }
}

/**
 * PERMDISP (Anderson, Biometrics 62, 2006): F of the visits' distances to their marker's mean, after what sessions add
 * where they can be told from markers. p is that of F's distribution.
 */
export function dispersionOf(points: readonly Point[], design: Design): Dispersion {
  const vectors = points.map(({ vector }) => vector)
  const sessions = design.kind === 'nested' ? [] : indicators(points, ({ session }) => session)
  const residuals = withoutColumns(vectors, basis([points.map(() => 1), ...sessions]))
  const groups = design.markers.map((marker) => {
    const own = residuals.filter((_, row) => points[row].marker === marker)
    const mean = meanVector(own)
    return own.map((vector) => Math.sqrt(squaredDistance(vector, mean)))
  })
  const means = groups.map((distances) => distances.reduce((sum, d) => sum + d / distances.length, 0))
  const markers = design.markers.map((marker, index) => ({ marker, distance: means[index] }))
  const count = points.length
  const degrees1 = groups.length - 1
  const degrees2 = count - groups.length
  const grand = means.reduce((sum, mean, index) => sum + (mean * groups[index].length) / count, 0)
  const between = means.reduce((sum, mean, index) => sum + groups[index].length * (mean - grand) ** 2, 0)
  const within = groups.flatMap((distances, index) => distances.map((d) => (d - means[index]) ** 2))
  const scatter = within.reduce((sum, square) => sum + square, 0)
  if (degrees1 < 1 || degrees2 < 1 || !(scatter > 0)) return { markers, f: null, p: null }
  const f = between / degrees1 / (scatter / degrees2)
  return { markers, f, p: fTail(f, degrees1, degrees2) }
}

/** One column for each value that occurs. */
export function indicators<T>(items: readonly T[], of: (item: T) => string): number[][] {
  const values = [...new Set(items.map(of))]
  return values.map((value) => items.map((item) => Number(of(item) === value)))
}

/** Orthonormal columns (modified Gram–Schmidt) that span what `columns` add to `before`. */
export function basis(
  columns: readonly (readonly number[])[],
  before: readonly Float64Array[] = [],
): Float64Array[] {
  const found: Float64Array[] = []
  for (const column of columns) {
    const rest = Float64Array.from(column)
    const length = Math.sqrt(dot(rest, rest))
    for (const q of [...before, ...found]) {
      const share = dot(q, rest)
      for (let i = 0; i < rest.length; i++) rest[i] -= share * q[i]
    }
    const left = Math.sqrt(dot(rest, rest))
    if (left > DEPENDENT * length) found.push(rest.map((value) => value / left))
  }
  return found
}

/** Sum of squares of `vectors` (one a row) along orthonormal columns. */
export function explainedBy(columns: readonly Float64Array[], vectors: readonly Float64Array[]): number {
  let sum = 0
  const along = new Float64Array(vectors[0].length)
  for (const column of columns) {
    along.fill(0)
    for (let row = 0; row < vectors.length; row++) {
      const share = column[row]
      if (share === 0) continue
      const vector = vectors[row]
      for (let i = 0; i < along.length; i++) along[i] += share * vector[i]
    }
    sum += dot(along, along)
  }
  return sum
}

/** `vectors` less what the orthonormal columns explain of them. */
export function withoutColumns(
  vectors: readonly Float64Array[],
  columns: readonly Float64Array[],
): Float64Array[] {
  const rest = vectors.map((vector) => vector.slice())
  for (const column of columns) {
    const along = new Float64Array(vectors[0].length)
    rest.forEach((vector, row) => vector.forEach((value, i) => (along[i] += column[row] * value)))
    rest.forEach((vector, row) => along.forEach((value, i) => (vector[i] -= column[row] * value)))
  }
  return rest
}

function centred(vectors: readonly Float64Array[]): Float64Array[] {
  return withoutColumns(vectors, basis([vectors.map(() => 1)]))
}

function sumOfSquares(vectors: readonly Float64Array[]): number {
  return vectors.reduce((sum, vector) => sum + dot(vector, vector), 0)
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}
