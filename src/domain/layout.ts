/** How one CSI array of a chip is laid out; from sensing/packet/layouts.json. */
export interface Layout {
  id: number
  name: string
  /** Complex values in the array. */
  bins: number
  /** Bins that carry signal and make up the shape, in order of rising frequency. */
  usable: readonly number[]
}
