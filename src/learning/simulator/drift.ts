import { Field, SUBCARRIERS } from './field.js'
import { cubicWeights } from './interpolation.js'
import { PARAMETERS } from './parameters.js'
import type { Random } from '../random.js'

const HOUR_US = 3_600e6
const DAY_US = 24 * HOUR_US

/**
 * The room and the air change by themselves, over hours: a few extra ways of the wave whose amplitudes wander
 * (Ornstein–Uhlenbeck, hour by hour, smooth between). Half of it weighs all that arrives, as near reflectors do,
 * half is added to it, as far ones do; and the level breathes with the temperature of the day.
 */
export class Drift {
  private readonly factors: Wandering[]
  private readonly added: Wandering[]
  private readonly factor = new Field()
  private readonly daysPhase: number

  /** @param usualAmplitude of the channel, for the added half. */
  constructor(
    random: Random,
    hours: number,
    private readonly usualAmplitude: number,
  ) {
    const waves = () =>
      Array.from({ length: PARAMETERS.driftWaves.value }, () => new Wandering(random, hours))
    this.factors = waves()
    this.added = waves()
    this.daysPhase = random.share()
  }

  /** Changes `field` to what it is at this time. */
  apply(field: Field, timeUs: number): void {
    const { factor } = this
    const sd = PARAMETERS.driftSd.value / Math.sqrt(2)
    factor.clear()
    for (const wave of this.factors) wave.add(factor, timeUs, sd)
    const levelDb = PARAMETERS.dayLevelDb.value * Math.sin(2 * Math.PI * (timeUs / DAY_US + this.daysPhase))
    const level = 10 ** (levelDb / 20)
    for (let i = 0; i < SUBCARRIERS; i++) {
      const re = level * (1 + factor.re[i])
      const im = level * factor.im[i]
      const product = field.re[i] * re - field.im[i] * im
      field.im[i] = field.re[i] * im + field.im[i] * re
      field.re[i] = product
    }
    for (const wave of this.added) wave.add(field, timeUs, sd * this.usualAmplitude)
  }
}

/** One way of the wave. */
class Wandering {
  private readonly re: Float64Array
  private readonly im: Float64Array
  private readonly lengthM: number

  constructor(random: Random, hours: number) {
    this.lengthM = random.between(PARAMETERS.driftM.value)
    // Cubic interpolation looks one hour ahead and one back.
    this.re = new Float64Array(hours + 4)
    this.im = new Float64Array(hours + 4)
    const keep = Math.exp(-1 / PARAMETERS.driftHours.value)
    const step = Math.sqrt(1 - keep * keep)
    this.re[0] = random.normal()
    this.im[0] = random.normal()
    for (let i = 1; i < this.re.length; i++) {
      this.re[i] = keep * this.re[i - 1] + step * random.normal()
      this.im[i] = keep * this.im[i - 1] + step * random.normal()
    }
  }

  /** `sd` is that of all waves together. */
  add(field: Field, timeUs: number, sd: number): void {
    const position = Math.min(Math.max(timeUs / HOUR_US, 0) + 1, this.re.length - 3)
    const hour = Math.floor(position)
    const weights = cubicWeights(position - hour)
    let re = 0
    let im = 0
    for (let i = 0; i < 4; i++) {
      re += weights[i] * this.re[hour - 1 + i]
      im += weights[i] * this.im[hour - 1 + i]
    }
    const scale = sd / Math.sqrt(2 * PARAMETERS.driftWaves.value)
    field.addWave(re * scale, im * scale, this.lengthM)
  }
}
