/** Linear interpolation of `from` values along frequency to `to` values; the ends fall on the ends. */
export class Resampler {
  private readonly lower: Int32Array
  private readonly share: Float64Array

  constructor(
    private readonly from: number,
    private readonly to: number,
  ) {
    this.lower = new Int32Array(to)
    this.share = new Float64Array(to)
    for (let i = 0; i < to; i++) {
      const at = to === 1 ? (from - 1) / 2 : (i * (from - 1)) / (to - 1)
      this.lower[i] = Math.min(Math.floor(at), Math.max(0, from - 2))
      this.share[i] = at - this.lower[i]
    }
  }

  run(input: Float64Array, output: Float32Array): void {
    if (this.from === this.to) {
      for (let i = 0; i < this.to; i++) output[i] = input[i]
      return
    }
    for (let i = 0; i < this.to; i++) {
      const low = input[this.lower[i]]
      const share = this.share[i]
      output[i] = share === 0 ? low : low + share * (input[this.lower[i] + 1] - low)
    }
  }
}
