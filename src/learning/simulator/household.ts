import type { State } from '../../domain/reading.js'
import { Channel } from './channel.js'
import { Door, type Script } from './door.js'
import { Drift } from './drift.js'
import { HouseholdPlan, type DoorEvent, type Happening } from './household-plan.js'
import { LivedInAir, type LevelStep, type Move } from './lived-in-air.js'
import { PARAMETERS } from './parameters.js'
import { Random } from '../random.js'
import type { GainMode } from './receiver.js'
import { seconds } from './schedule.js'
import { deviceTime, sessionChannel, Simulator, usualAmplitude } from './simulator.js'
import { siteByName, type Point, type Site } from './sites.js'

export interface HouseholdOptions {
  /** Name of a site. */
  site: string
  /** The same seed repeats everything; it is also the board, the rooms and their people. */
  seed: number
  days: number
  packetsPerSecond: number
  /** Default 'locked'. */
  gain?: GainMode
  /** What there is besides the door, which does the same in any case; each default true. */
  people?: boolean
  furniture?: boolean
  drift?: boolean
  reboots?: boolean
  levelSteps?: boolean
  /** Someone bumps into an antenna, now the transmitter, now the receiver; default never. */
  nudgesAtUs?: readonly number[]
  /** Whether a skip shows as a gap in the receiver's time and the transmitter's numbers; default true. */
  skipsShow?: boolean
}

export interface Stretch {
  startUs: number
  endUs: number
}

const HOUR_US = 3_600e6
const QUIET_SAMPLE_US = 60e6
const HOURS_PER_DAY = 24
/** Of the receiver's clock. */
const WRAP_US = 2 ** 32

/**
 * Days of a home around the door, from midnight of the first: people who pass through and leave again, sit, move
 * a chair, and a receiver that reboots. Gives wire bytes packet by packet as Simulator does, and the truth.
 */
export class Household {
  readonly endUs: number
  private readonly plan: HouseholdPlan
  private readonly script: Script
  private readonly truth: Door
  private readonly channel: Channel
  private readonly air: LivedInAir
  private readonly reboots: Stretch[] = []
  private readonly all: Happening[]
  private boot = 0
  private simulator: Simulator

  /** Throws AjarError 'usage.site' for a site that does not exist. */
  constructor(private readonly options: HouseholdOptions) {
    const { site: name, seed, days, people = true, furniture = true, drift = true } = options
    const site = siteByName(name)
    this.endUs = days * HOURS_PER_DAY * HOUR_US
    this.plan = new HouseholdPlan(site, days, new Random('household', name, seed))
    this.channel = sessionChannel(name, seed, 0)
    const moves = this.nudges(site)
    const { reboots = true, levelSteps = true } = options
    if (reboots) this.planReboots(new Random('reboots', name, seed))
    const steps = levelSteps ? this.planLevelSteps(new Random('level', name, seed)) : []
    const driftOf = () =>
      new Drift(new Random('drift', name, seed), days * HOURS_PER_DAY, usualAmplitude(this.channel))
    this.air = new LivedInAir({
      site,
      seed,
      channel: this.channel,
      people: people ? this.plan.people : [],
      furniture: furniture ? this.plan.furniture : [],
      drift: drift ? driftOf() : undefined,
      levelSteps: steps,
      moves,
    })
    this.script = { restDeg: this.plan.restDeg, swings: this.plan.swings }
    this.truth = new Door(this.script, Infinity)
    this.all = [
      ...this.plan.happenings,
      ...this.reboots.map((reboot) => ({ kind: 'reboot' as const, ...reboot })),
      ...steps.map(({ atUs }) => ({ kind: 'level' as const, startUs: atUs, endUs: atUs })),
    ].sort((a, b) => a.startUs - b.startUs)
    this.simulator = this.start(0)
  }

  /** Time of the packet that `next` will give. */
  get nextUs(): number {
    return this.simulator.nextUs
  }

  /** How often the receiver has rebooted. */
  get boots(): number {
    return this.boot
  }

  /** Wire bytes of the next packet that is not lost. Reused: valid until the next call. */
  next(): Uint8Array {
    const bytes = this.simulator.next()
    this.rebootWhereDue(this.simulator.nextUs)
    return bytes
  }

  /**
   * Leaves out what is sent before `timeUs`, while all else goes on. Where skips show, do not skip over a wrap of the
   * receiver's clock (71.6 min), which a decoder takes for a reset: `stretches` holds them.
   */
  skipTo(timeUs: number): void {
    this.rebootWhereDue(timeUs)
    this.simulator.skipTo(timeUs, this.options.skipsShow === false)
    this.rebootWhereDue(this.simulator.nextUs)
  }

  /** Of any time. */
  state(timeUs: number): State {
    return this.truth.state(timeUs)
  }

  /** Of any time. */
  angleDeg(timeUs: number): number {
    return this.truth.angleDeg(timeUs)
  }

  /** What the door does, in order. */
  events(): readonly DoorEvent[] {
    return this.plan.events
  }

  /** All that happens, in order of its beginning: motions of people from their first step to their last. */
  happenings(): readonly Happening[] {
    return this.all
  }

  /**
   * What is to be played to miss nothing but sitting and drift: apart, in order, with a margin of quiet on either
   * side of all that happens (default 20 s). With `leastShare` of the whole time, 0..1, quiet minutes at even
   * distances are added until it is reached.
   */
  stretches({ leastShare = 0, marginSeconds = PARAMETERS.eventMarginSeconds.value } = {}): Stretch[] {
    const marginUs = marginSeconds * 1e6
    const eventful = apart(
      [...this.all, ...(this.options.skipsShow === false ? [] : this.wraps())].map(({ startUs, endUs }) => ({
        startUs: Math.max(startUs - marginUs, 0),
        endUs: Math.min(endUs + marginUs, this.endUs),
      })),
    )
    const played = eventful.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0) / this.endUs
    if (played >= leastShare) return eventful
    // Of the minutes as many fall on eventful time as share of it there is.
    const quietUs = (this.endUs * (leastShare - played)) / (1 - played)
    const minutes = Math.ceil(quietUs / QUIET_SAMPLE_US)
    const everyUs = this.endUs / minutes
    const quiet = Array.from({ length: minutes }, (_, i) => {
      const startUs = Math.round((i + 0.5) * everyUs)
      return { startUs, endUs: Math.min(startUs + QUIET_SAMPLE_US, this.endUs) }
    })
    return apart([...eventful, ...quiet])
  }

  /** The packets of these stretches, each with its time; the bytes are reused. */
  *play(stretches: readonly Stretch[] = this.stretches()): Generator<{ atUs: number; bytes: Uint8Array }> {
    for (const { startUs, endUs } of stretches) {
      this.skipTo(startUs)
      while (this.nextUs < endUs) yield { atUs: this.nextUs, bytes: this.next() }
    }
  }

  private start(atUs: number): Simulator {
    const { site, seed, packetsPerSecond, gain } = this.options
    return new Simulator({
      site,
      seed,
      session: this.boot,
      packetsPerSecond,
      script: this.script,
      gain,
      startUs: atUs,
      reboot: this.boot === 0 ? undefined : { atUs, clockUs: PARAMETERS.rebootClockUs.value },
      channel: this.channel,
      air: this.air,
    })
  }

  private rebootWhereDue(timeUs: number): void {
    while (this.boot < this.reboots.length && this.reboots[this.boot].startUs <= timeUs) {
      const { endUs } = this.reboots[this.boot]
      this.boot++
      this.simulator = this.start(endUs)
    }
  }

  private planReboots(random: Random): void {
    const hours = () => random.between(PARAMETERS.hoursBetweenReboots.value) * HOUR_US
    for (let startUs = Math.round(hours()); startUs < this.endUs; startUs += Math.round(hours()))
      this.reboots.push({ startUs, endUs: startUs + seconds(random, PARAMETERS.rebootSeconds.value) })
  }

  private planLevelSteps(random: Random): LevelStep[] {
    const steps: LevelStep[] = []
    const hours = () => random.between(PARAMETERS.hoursBetweenLevelSteps.value) * HOUR_US
    let offsetDb = 0
    for (let atUs = Math.round(hours()); atUs < this.endUs; atUs += Math.round(hours())) {
      // To and fro, so that it stays within what a receiver can take.
      offsetDb =
        offsetDb === 0 ? random.between(PARAMETERS.levelStepDb.value) * (random.share() < 0.5 ? 1 : -1) : 0
      steps.push({ atUs, offsetDb })
    }
    return steps
  }

  private nudges(start: Site): Move[] {
    const { seed, nudgesAtUs = [] } = this.options
    const random = new Random('nudges', start.name, seed)
    let site = start
    return nudgesAtUs.map((atUs, i) => {
      const antenna = i % 2 === 0 ? 'transmitter' : 'receiver'
      this.plan.bump(atUs, antenna, random)
      site = { ...site, [antenna]: shifted(site[antenna], random) }
      return { atUs, site, channel: new Channel(site, new Random('room', start.name, seed, 0)) }
    })
  }

  /** When the receiver's clock begins anew. */
  private wraps(): Stretch[] {
    const boots = [0, ...this.reboots.map(({ endUs }) => endUs)]
    const ends = [...this.reboots.map(({ startUs }) => startUs), this.endUs]
    return boots.flatMap((bootUs, boot) => {
      const { bootUs: drawnUs, rate } = deviceTime(this.options.site, this.options.seed, boot)
      const clockUs = boot === 0 ? drawnUs : PARAMETERS.rebootClockUs.value
      const wraps: Stretch[] = []
      for (let n = 1; ; n++) {
        const atUs = bootUs + (n * WRAP_US - clockUs) / rate
        if (atUs >= ends[boot]) return wraps
        wraps.push({ startUs: atUs, endUs: atUs })
      }
    })
  }
}

/** In order, those that touch made one. */
function apart(stretches: Stretch[]): Stretch[] {
  const result: Stretch[] = []
  for (const stretch of stretches.sort((a, b) => a.startUs - b.startUs)) {
    const last = result.at(-1)
    if (last !== undefined && stretch.startUs <= last.endUs) last.endUs = Math.max(last.endUs, stretch.endUs)
    else result.push(stretch)
  }
  return result
}

function shifted([x, y, z]: Point, random: Random): Point {
  const way = random.between(PARAMETERS.nudgeM.value)
  const direction = 2 * Math.PI * random.share()
  return [x + way * Math.cos(direction), y + way * Math.sin(direction), z]
}
