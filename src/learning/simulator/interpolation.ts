/** Weights of four neighbours in equal steps, at the share `t` of the way from the second to the third (Catmull–Rom). */
export function cubicWeights(t: number): [number, number, number, number] {
  const square = t * t
  const cube = square * t
  return [
    (-t + 2 * square - cube) / 2,
    (2 - 5 * square + 3 * cube) / 2,
    (t + 4 * square - 3 * cube) / 2,
    (-square + cube) / 2,
  ]
}

/** Cubic between the values, which stand `spacing` apart in `output`; straight on beyond the ends. */
export function addInterpolated(input: Float64Array, spacing: number, output: Float64Array): void {
  const last = input.length - 1
  for (let within = 0; within < spacing; within++) {
    const [before, left, right, after] = cubicWeights(within / spacing)
    for (let i = 0; i < last; i++) {
      const previous = i === 0 ? 2 * input[0] - input[1] : input[i - 1]
      const next = i + 1 === last ? 2 * input[last] - input[last - 1] : input[i + 2]
      output[i * spacing + within] +=
        before * previous + left * input[i] + right * input[i + 1] + after * next
    }
  }
  output[last * spacing] += input[last]
}
