import { addInterpolated } from './interpolation.js'
import { PARAMETERS } from './parameters.js'

export const PROPAGATION_M_PER_S = 299_792_458
/** Outermost subcarrier of the L-LTF on either side. */
export const OUTERMOST = 26
/** −26..26 with the one in the middle, which is not sent: equal steps. */
export const SUBCARRIERS = 2 * OUTERMOST + 1

const WAVES_PER_HZ_M = 1 / PROPAGATION_M_PER_S
const LOWEST_HZ = PARAMETERS.carrierHz.value - OUTERMOST * PARAMETERS.subcarrierSpacingHz.value

/** Steps of a turn in the table of cosines; straight lines between them are off by 3e-7 at most. */
const STEPS = 4096
const COSINES = Float64Array.from({ length: STEPS + 1 }, (_, i) => Math.cos((2 * Math.PI * i) / STEPS))

/** One complex number for every subcarrier from −26 to 26, or for every `spacing`-th of them. */
export class Field {
  readonly re: Float64Array
  readonly im: Float64Array

  /** @param spacing 1, or a divisor of 52. */
  constructor(private readonly spacing = 1) {
    const count = (SUBCARRIERS - 1) / spacing + 1
    this.re = new Float64Array(count)
    this.im = new Float64Array(count)
  }

  clear(): void {
    this.re.fill(0)
    this.im.fill(0)
  }

  /** Adds a wave of this complex amplitude that has come `lengthM`. */
  addWave(amplitudeRe: number, amplitudeIm: number, lengthM: number): void {
    const { re, im } = this
    const first = lengthM * WAVES_PER_HZ_M * LOWEST_HZ
    const step = lengthM * WAVES_PER_HZ_M * PARAMETERS.subcarrierSpacingHz.value * this.spacing
    const cos = cosine(first)
    const sin = -cosine(first + 0.75)
    const stepRe = cosine(step)
    const stepIm = -cosine(step + 0.75)
    let waveRe = amplitudeRe * cos - amplitudeIm * sin
    let waveIm = amplitudeRe * sin + amplitudeIm * cos
    for (let i = 0; i < re.length; i++) {
      re[i] += waveRe
      im[i] += waveIm
      const next = waveRe * stepRe - waveIm * stepIm
      waveIm = waveRe * stepIm + waveIm * stepRe
      waveRe = next
    }
  }

  /** Adds `factor` times another of the same spacing. */
  addScaled({ re, im }: Field, factor: number): void {
    for (let i = 0; i < this.re.length; i++) {
      this.re[i] += factor * re[i]
      this.im[i] += factor * im[i]
    }
  }

  /** Adds `factor` times the product of two others of the same spacing. */
  addProduct(p: Field, q: Field, factor: number): void {
    for (let i = 0; i < this.re.length; i++) {
      this.re[i] += factor * (p.re[i] * q.re[i] - p.im[i] * q.im[i])
      this.im[i] += factor * (p.re[i] * q.im[i] + p.im[i] * q.re[i])
    }
  }

  scale(factor: number): void {
    for (let i = 0; i < this.re.length; i++) {
      this.re[i] *= factor
      this.im[i] *= factor
    }
  }

  /** Adds a coarser one. */
  addInterpolated({ re, im, spacing }: Field): void {
    addInterpolated(re, spacing, this.re)
    addInterpolated(im, spacing, this.im)
  }

  /** 20·log10 of the rms. */
  levelDb(): number {
    let power = 0
    for (let i = 0; i < this.re.length; i++) power += this.re[i] ** 2 + this.im[i] ** 2
    return 10 * Math.log10(power / this.re.length)
  }
}

/** Of `turns` ≥ 0 full turns. */
export function cosine(turns: number): number {
  const position = (turns - Math.floor(turns)) * STEPS
  const index = Math.floor(position)
  return COSINES[index] + (position - index) * (COSINES[index + 1] - COSINES[index])
}
