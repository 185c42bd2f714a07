/** Of at least one vector. */
export function meanVector(vectors: readonly ArrayLike<number>[]): Float64Array {
  const mean = new Float64Array(vectors[0].length)
  for (const vector of vectors) for (let i = 0; i < mean.length; i++) mean[i] += vector[i] / vectors.length
  return mean
}
