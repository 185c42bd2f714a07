import type { BurstReading } from '../../domain/burst.js'
import { DurationHmm } from './duration-hmm.js'
import { OPENNESS, type Place } from './places.js'
import type { DecisionSettings } from './settings.js'

/** What a model of events tells apart; see learning/events/labelled-burst.ts. */
type EventClass = 'same' | 'opening' | 'opened' | 'closing' | 'closed' | 'passed'

/** No class is believed to be less probable than this: the model has seen some hundred bursts (D). */
const LEAST_PROBABILITY = 0.005

/**
 * One burst: from where the door was, to where it is. For each place that it may have come from runs a duration model
 * of its own; what the model of events says of the burst so far weighs the pairs of origin and state. A burst is one
 * observation, however long: each window replaces what the one before said.
 */
export class BurstTransition {
  active = false
  private readonly origins: readonly { hmm: DurationHmm; states: Float64Array }[]
  private readonly prior: Float64Array
  private readonly classes = new Map<string, number>()
  private readonly flat: Float64Array
  private grounded = false

  constructor(
    private readonly places: readonly Place[],
    private readonly settings: DecisionSettings,
  ) {
    this.prior = new Float64Array(places.length)
    this.flat = new Float64Array(places.length)
    this.origins = places.map(() => ({
      hmm: new DurationHmm(places, settings),
      states: new Float64Array(places.length + 2),
    }))
  }

  /** There is a burst that says something. */
  get speaks(): boolean {
    return this.active && this.grounded && this.classes.size > 0
  }

  /** `prior`: of each place, before the burst. */
  begin(prior: ArrayLike<number>): void {
    this.active = true
    this.classes.clear()
    for (let place = 0; place < this.places.length; place++) {
      this.prior[place] = prior[place]
      this.origins[place].hmm.beginAt(place)
    }
  }

  advance(elapsedMs: number, moving: boolean): void {
    for (const { hmm, states } of this.origins) {
      hmm.advance(elapsedMs, moving)
      hmm.posterior(this.flat, states)
    }
  }

  observe({ scores, grounded }: BurstReading): void {
    this.grounded = grounded
    this.classes.clear()
    // What lies outside the training is told by no class: they come closer to one another.
    const known = Math.min(1, (this.settings.outOfDistributionLimit / scores.outOfDistribution) ** 2 || 0)
    const { outputs, probabilities } = scores
    outputs.forEach(({ marker }, index) =>
      this.classes.set(
        marker,
        Math.max(known * probabilities[index] + (1 - known) / outputs.length, LEAST_PROBABILITY),
      ),
    )
  }

  end(): void {
    this.active = false
  }

  /** Probability of each place, then of opening and closing. */
  posterior(into: Float64Array): void {
    into.fill(0)
    let sum = 0
    this.origins.forEach(({ states }, origin) => {
      for (let state = 0; state < states.length; state++) {
        const joint = this.prior[origin] * states[state] * this.likelihood(origin, state)
        into[state] += joint
        sum += joint
      }
    })
    for (let state = 0; state < into.length; state++) into[state] /= sum
  }

  /** Probability that the door opened and closed again, or the reverse, where it is back at the place it was at. */
  passed(): number {
    const passed = this.classes.get('passed') ?? 0
    return passed / (passed + (this.classes.get('same') ?? 0) || 1)
  }

  private likelihood(origin: number, state: number): number {
    const { places } = this
    const of = (name: EventClass): number => this.classes.get(name) ?? 0
    if (state === places.length) return of('opening')
    if (state === places.length + 1) return of('closing')
    const same = (of('same') + of('passed')) / 2
    if (state === origin) return same
    if (places[state] === 'closed') return of('closed')
    if (places[origin] === 'closed') return of('opened')
    // Between two places that are both open: a part of an opening or closing, which nothing was trained on.
    return (same + of(OPENNESS[places[state]] > OPENNESS[places[origin]] ? 'opened' : 'closed')) / 2
  }
}
