import type { State } from '../../domain/reading.js'
import { OPENNESS, type Place } from './places.js'
import type { DecisionSettings } from './settings.js'

/** Resolution of durations: the hop of the windows. */
const STEP_MS = 200

/** A movement under way; `mass[d]` is the probability that it has lasted d steps. */
interface Swing {
  direction: 'opening' | 'closing'
  origin: number
  /** Share of the swings that end at each place unless they turn round. */
  ends: readonly number[]
  /** What it becomes when it turns round; absent for a swing that is on its way back. */
  back: Swing | undefined
  mass: Float64Array
}

/**
 * Explicit-duration hidden Markov model of one door (durations by expansion of the states, Yu, Artificial
 * Intelligence 174, 2010). Motion is its input: only while there is motion do swings begin, mostly soon after
 * the motion did, and a swing lasts between its shortest and longest duration, each equally likely. When
 * motion stops, what lasted long enough has arrived and the rest fell back. Without motion the place changes
 * with the jump probability.
 */
export class DurationHmm {
  /** What `posterior` speaks of: the places first, then the two movements. */
  readonly states: readonly State[]
  private readonly rest: Float64Array
  private readonly begun: Float64Array
  private readonly swings: Swing[] = []
  private readonly swingsFrom: Swing[][]
  private readonly minSteps: number
  private readonly maxSteps: number
  private owedMs = 0
  /** How long the present motion has lasted; a pause shorter than minQuietMs does not end it. */
  private movedMs = 0
  private quietMs = 0

  constructor(
    private readonly places: readonly Place[],
    private readonly settings: DecisionSettings,
  ) {
    this.states = [...places, 'opening', 'closing']
    this.minSteps = Math.max(1, Math.round(settings.swingMinMs / STEP_MS))
    this.maxSteps = Math.max(this.minSteps, Math.round(settings.swingMaxMs / STEP_MS))
    this.rest = new Float64Array(places.length)
    this.begun = new Float64Array(places.length)
    this.swingsFrom = places.map((_, origin) => this.makeSwings(origin))
    this.reset()
  }

  /** Nothing is known: every place is equally likely. */
  reset(): void {
    for (const { mass } of this.swings) mass.fill(0)
    this.rest.fill(1 / this.places.length)
    this.owedMs = 0
    // Motion that is there when windows begin did not begin then.
    this.movedMs = this.settings.swingMaxMs
    this.quietMs = 0
  }

  /** The door is at this place and motion begins now. */
  beginAt(place: number): void {
    this.reset()
    this.rest.fill(0)
    this.rest[place] = 1
    this.movedMs = 0
  }

  /** Probability of each place while nothing swings. */
  get atRest(): Float64Array {
    return this.rest
  }

  /** What is known now of each place, the door at rest. */
  adopt(places: ArrayLike<number>): void {
    for (const { mass } of this.swings) mass.fill(0)
    let sum = 0
    for (let place = 0; place < this.rest.length; place++) sum += this.rest[place] = places[place]
    for (let place = 0; place < this.rest.length; place++) this.rest[place] /= sum
  }

  /** Time passes, with or without motion. */
  advance(elapsedMs: number, moving: boolean): void {
    this.owedMs += elapsedMs
    const steps = Math.round(this.owedMs / STEP_MS)
    this.owedMs -= steps * STEP_MS
    this.quietMs = moving ? 0 : this.quietMs + elapsedMs
    if (this.quietMs >= this.settings.minQuietMs) this.movedMs = 0
    if (!moving) this.settle((steps * STEP_MS) / 1000)
    else for (let step = 0; step < steps; step++) this.move()
  }

  /** Probability of each of `states` given the log-likelihood of each place; sums to 1. */
  posterior(logLikelihoods: Float64Array, into: Float64Array): void {
    const { rest, swings } = this
    const { ofPlace, ofSwing } = this.likelihoods(logLikelihoods)
    into.fill(0)
    for (let place = 0; place < rest.length; place++) into[place] = rest[place] * ofPlace[place]
    for (const { direction, mass } of swings)
      into[rest.length + (direction === 'opening' ? 0 : 1)] += total(mass) * ofSwing
    const sum = total(into)
    for (let i = 0; i < into.length; i++) into[i] /= sum
  }

  /** Makes the posterior the prior of what follows. */
  absorb(logLikelihoods: Float64Array): void {
    const { rest, swings } = this
    const { ofPlace, ofSwing } = this.likelihoods(logLikelihoods)
    let sum = 0
    for (let place = 0; place < rest.length; place++) sum += rest[place] *= ofPlace[place]
    for (const { mass } of swings) for (let d = 0; d < mass.length; d++) sum += mass[d] *= ofSwing
    for (let place = 0; place < rest.length; place++) rest[place] /= sum
    for (const { mass } of swings) for (let d = 0; d < mass.length; d++) mass[d] /= sum
  }

  /** A door under way looks like no place more than another: the geometric mean. Scaled so that the best is 1. */
  private likelihoods(logLikelihoods: Float64Array): { ofPlace: Float64Array; ofSwing: number } {
    const most = Math.max(...logLikelihoods)
    return {
      ofPlace: logLikelihoods.map((each) => Math.exp(each - most)),
      ofSwing: Math.exp(total(logLikelihoods) / logLikelihoods.length - most),
    }
  }

  private move(): void {
    const { rest, begun, swings, swingsFrom, settings } = this
    const early = this.movedMs < settings.swingMaxMs
    const rate = early ? settings.swingsPerSecond : settings.laterSwingsPerSecond
    const beginning = 1 - Math.exp((-rate * STEP_MS) / 1000)
    this.movedMs += STEP_MS
    for (let place = 0; place < rest.length; place++) {
      begun[place] = swingsFrom[place].length > 0 ? rest[place] * beginning : 0
      rest[place] -= begun[place]
    }
    for (const swing of swings) this.lengthen(swing)
    for (let place = 0; place < rest.length; place++)
      for (const swing of swingsFrom[place]) swing.mass[1] += begun[place] / swingsFrom[place].length
  }

  /** One step longer; those whose time is over arrive or turn round. Slot 0 takes those that just turned. */
  private lengthen({ ends, back, mass }: Swing): void {
    for (let d = this.maxSteps; d >= 0; d--) {
      const over = d < this.minSteps ? 0 : mass[d] / (this.maxSteps - d + 1)
      const turned = back === undefined ? 0 : over * this.settings.reversalShare
      for (let place = 0; place < ends.length; place++) this.rest[place] += (over - turned) * ends[place]
      if (back !== undefined) back.mass[0] += turned
      if (d < this.maxSteps) mass[d + 1] = mass[d] - over
    }
    mass[0] = 0
  }

  private settle(elapsedSeconds: number): void {
    const { rest, swings, settings, minSteps } = this
    for (const { origin, ends, back, mass } of swings) {
      for (let d = 0; d < mass.length; d++) {
        const arrived = d < minSteps ? 0 : mass[d] * (back === undefined ? 1 : 1 - settings.reversalShare)
        rest[origin] += mass[d] - arrived
        for (let place = 0; place < ends.length; place++) rest[place] += arrived * ends[place]
      }
      mass.fill(0)
    }
    const stays = Math.pow(1 - settings.jumpProbability, elapsedSeconds)
    for (let place = 0; place < rest.length; place++)
      rest[place] = rest[place] * stays + ((1 - rest[place]) * (1 - stays)) / (rest.length - 1)
  }

  private makeSwings(origin: number): Swing[] {
    return (['opening', 'closing'] as const).flatMap((direction) => {
      const ends = this.ends(origin, direction)
      if (ends === undefined) return []
      const home = this.places.map((_, place) => Number(place === origin))
      const opposite = direction === 'opening' ? 'closing' : 'opening'
      const slots = this.maxSteps + 1
      const back = {
        direction: opposite,
        origin,
        ends: home,
        back: undefined,
        mass: new Float64Array(slots),
      } as const
      const swing = { direction, origin, ends, back, mass: new Float64Array(slots) }
      this.swings.push(swing, back)
      return [swing]
    })
  }

  /** Share of the swings in a direction that end at each place; undefined where it leads nowhere known. */
  private ends(origin: number, direction: 'opening' | 'closing'): number[] | undefined {
    const sign = direction === 'opening' ? 1 : -1
    const from = OPENNESS[this.places[origin]]
    const weights = this.places.map((place, index) => {
      const further = sign * (OPENNESS[place] - from)
      if (index === origin || further < 0) return 0
      return OPENNESS[place] === 0.5 ? this.settings.ajarShare : 1 - this.settings.ajarShare
    })
    const sum = weights.reduce((a, b) => a + b, 0)
    return sum > 0 ? weights.map((weight) => weight / sum) : undefined
  }
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0)
}
