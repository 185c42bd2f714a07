import { Field, OUTERMOST, SUBCARRIERS } from './field.js'
import { PARAMETERS } from './parameters.js'
import { Random } from '../random.js'

/** 'locked' as an ESP32-S3 whose gain was forced, 'unlocked' as a classic ESP32, which cannot. */
export type GainMode = 'locked' | 'unlocked'

const BINS = 64
const HERTZ = PARAMETERS.subcarrierSpacingHz.value
const NANOSECOND = 1e-9

/** The board and its analogue front end: the channel → what the ESP32 reports. Figures are those of one session. */
export class Receiver {
  /** Imaginary first, bins 0..31, −32..−1. Reused. */
  readonly iq = new Int8Array(2 * BINS)
  readonly agcGain: number
  /** Quarter dB. */
  readonly fftGain: number
  /** Of the channel that was received last. */
  rssiDbm = NaN
  private readonly ripple: Float64Array
  private readonly shapeNoiseSd: number
  private readonly lowStateShare: number

  /** @param usualAmplitude of the channel, which gain is set by. */
  constructor(
    seed: number,
    session: number,
    private readonly gain: GainMode,
    usualAmplitude: number,
    private readonly noise: Random,
  ) {
    this.ripple = rippleOf(new Random('board', seed))
    const random = new Random('receiver', seed, session)
    this.shapeNoiseSd = random.between(PARAMETERS.shapeNoiseSd.value)
    this.lowStateShare = gain === 'locked' ? 0 : random.between(PARAMETERS.lowStateShare.value)
    const target = random.between(PARAMETERS.targetAmplitude.value)
    const gainDb = 20 * Math.log10(target / usualAmplitude) - PARAMETERS.fullScaleDb.value
    this.agcGain = Math.round(gainDb)
    this.fftGain = Math.round((gainDb - this.agcGain) * 4)
  }

  /** One packet that came over `channel`; sets iq and rssiDbm. */
  receive(channel: Field): void {
    const { iq, noise } = this
    const levelDb = channel.levelDb()
    const noiseSd = this.shapeNoiseSd * 10 ** (levelDb / 20)
    const scale = 10 ** (this.packetGainDb() / 20)
    // The phase of a packet is random, and so is the start of its FFT window, a slope over the subcarriers.
    const slope = 2 * Math.PI * HERTZ * NANOSECOND * PARAMETERS.timingJitterSdNs.value * noise.normal()
    const phase = 2 * Math.PI * noise.share() - slope * OUTERMOST
    let cos = scale * Math.cos(phase)
    let sin = scale * Math.sin(phase)
    const stepCos = Math.cos(slope)
    const stepSin = Math.sin(slope)
    for (let i = 0; i < SUBCARRIERS; i++) {
      const re = channel.re[i] * this.ripple[i] + noiseSd * noise.normal()
      const im = channel.im[i] * this.ripple[i] + noiseSd * noise.normal()
      if (i !== OUTERMOST) {
        const at = 2 * ((i - OUTERMOST + BINS) % BINS)
        iq[at] = converted(re * sin + im * cos)
        iq[at + 1] = converted(re * cos - im * sin)
      }
      const next = cos * stepCos - sin * stepSin
      sin = cos * stepSin + sin * stepCos
      cos = next
    }
    const rssiSd = PARAMETERS.rssiSdDb.value
    this.rssiDbm = Math.round(PARAMETERS.transmitDbm.value + levelDb + rssiSd * noise.normal())
  }

  private packetGainDb(): number {
    const { noise } = this
    const setDb = this.agcGain + this.fftGain / 4 + PARAMETERS.fullScaleDb.value
    if (this.gain === 'locked') return setDb + PARAMETERS.lockedGainSdDb.value * noise.normal()
    const low = noise.share() < this.lowStateShare ? PARAMETERS.lowStateDb.value : 0
    return setDb + low + PARAMETERS.unlockedGainSdDb.value * noise.normal()
  }
}

/** Factors of amplitude, one for each subcarrier. */
function rippleOf(random: Random): Float64Array {
  const decibels = new Float64Array(SUBCARRIERS)
  for (let term = 1; term <= PARAMETERS.rippleTerms.value; term++) {
    const size = random.share()
    const phase = 2 * Math.PI * random.share()
    for (let i = 0; i < SUBCARRIERS; i++)
      decibels[i] += size * Math.cos((2 * Math.PI * term * i) / SUBCARRIERS + phase)
  }
  const greatest = decibels.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return decibels.map((value) => 10 ** ((PARAMETERS.rippleDb.value * value) / greatest / 20))
}

function converted(value: number): number {
  return Math.min(Math.max(Math.round(value), -128), 127)
}
