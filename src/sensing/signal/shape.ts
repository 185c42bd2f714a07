import type { Layout } from '../../domain/layout.js'
import { PacketFlag, type CsiPacket } from '../../domain/packet.js'
import { Resampler } from './resample.js'

/** Power of half a converter step: what a bin of zeros is taken for. */
const LEAST_POWER = 0.25
/** The bins that the hardware's invalid first word (4 bytes) covers. */
const FIRST_WORD_BINS = 2

/** Turns the I/Q values of one layout into log-shape and level. */
export class ShapeReader {
  private readonly usable: Int32Array
  private readonly logAmplitude: Float64Array
  private readonly resampler: Resampler

  constructor(
    layout: Layout,
    private readonly bins: number,
  ) {
    this.usable = Int32Array.from(layout.usable)
    this.logAmplitude = new Float64Array(layout.usable.length)
    this.resampler = new Resampler(layout.usable.length, bins)
  }

  /**
   * Writes `bins` natural logs of amplitude, mean 0, to `shape`. Returns the level: 20·log10 of the rms
   * amplitude over the usable bins, dB relative to one converter step, gain not compensated.
   */
  read({ iq, flags }: CsiPacket, shape: Float32Array): number {
    const { usable, logAmplitude } = this
    const firstValid = flags & PacketFlag.firstWordInvalid ? FIRST_WORD_BINS : 0
    let total = 0
    let counted = 0
    for (let i = 0; i < usable.length; i++) {
      const bin = usable[i]
      const im = iq[2 * bin]
      const re = iq[2 * bin + 1]
      const power = Math.max(im * im + re * re, LEAST_POWER)
      if (bin < firstValid) {
        logAmplitude[i] = NaN
        continue
      }
      total += power
      counted++
      logAmplitude[i] = 0.5 * Math.log(power)
    }
    if (counted < usable.length) fillFromNeighbours(logAmplitude)
    this.resampler.run(logAmplitude, shape)
    subtractMean(shape, 0, this.bins)
    return 10 * Math.log10(total / counted)
  }
}

/** Each NaN becomes its valid neighbour's value. */
function fillFromNeighbours(values: Float64Array): void {
  for (let i = 1; i < values.length; i++) if (Number.isNaN(values[i])) values[i] = values[i - 1]
  for (let i = values.length - 2; i >= 0; i--) if (Number.isNaN(values[i])) values[i] = values[i + 1]
}

export function subtractMean(values: Float32Array, offset: number, count: number): void {
  let total = 0
  for (let i = offset; i < offset + count; i++) total += values[i]
  const mean = total / count
  for (let i = offset; i < offset + count; i++) values[i] -= mean
}
