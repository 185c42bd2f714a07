import type { Random } from '../random.js'
import { PARAMETERS } from './parameters.js'

const ACCELERATION = PARAMETERS.walkMPerS2.value

/** On the floor: x across the wall with the doorway, y along it, m. */
export type Spot = readonly [x: number, y: number]

interface Step {
  startUs: number
  endUs: number
  from: Spot
  to: Spot
  /** Way gone before. */
  beforeM: number
  /** Between speeding up and slowing down. */
  mPerS: number
}

/** Where someone is: straight ways, from rest to rest, and stops between. Built up step by step, then read. */
export class Route {
  /** Results of `read`. */
  x = 0
  y = 0
  headingX = 1
  headingY = 0
  goneM = 0
  private readonly steps: Step[] = []
  private readonly speedMPerS: number
  private spot: Spot
  private timeUs: number
  private last = 0

  constructor(
    readonly startUs: number,
    readonly start: Spot,
    random: Random,
  ) {
    this.spot = start
    this.timeUs = startUs
    this.speedMPerS = random.between(PARAMETERS.walkMPerS.value)
  }

  get endUs(): number {
    return this.timeUs
  }

  get lengthM(): number {
    const step = this.steps.at(-1)
    return step === undefined ? 0 : step.beforeM + lengthOf(step)
  }

  go(to: Spot, mPerS = this.speedMPerS): this {
    const lengthM = Math.hypot(to[0] - this.spot[0], to[1] - this.spot[1])
    const fastest = Math.min(mPerS, Math.sqrt(lengthM * ACCELERATION))
    return this.add(to, Math.round((lengthM / fastest + fastest / ACCELERATION) * 1e6) || 0, fastest)
  }

  /** Stands; does nothing where that time has passed. */
  waitUntil(timeUs: number): this {
    return timeUs > this.timeUs ? this.add(this.spot, timeUs - this.timeUs, 0) : this
  }

  wait(us: number): this {
    return this.waitUntil(this.timeUs + Math.round(us))
  }

  /** Sets x, y, heading and the way gone; times may come in any order, rising ones are quick. */
  read(timeUs: number): void {
    const { steps } = this
    if (this.last > 0 && timeUs < steps[this.last].startUs) this.last = 0
    while (this.last + 1 < steps.length && timeUs >= steps[this.last].endUs) this.last++
    const step = steps[this.last]
    const dx = step.to[0] - step.from[0]
    const dy = step.to[1] - step.from[1]
    const lengthM = lengthOf(step)
    const goneM = goneWithin(step, lengthM, timeUs)
    const share = lengthM === 0 ? 0 : goneM / lengthM
    this.x = step.from[0] + share * dx
    this.y = step.from[1] + share * dy
    this.goneM = step.beforeM + goneM
    if (lengthM === 0) return
    this.headingX = dx / lengthM
    this.headingY = dy / lengthM
  }

  private add(to: Spot, durationUs: number, mPerS: number): this {
    if (durationUs <= 0) return this
    const endUs = this.timeUs + durationUs
    this.steps.push({ startUs: this.timeUs, endUs, from: this.spot, to, beforeM: this.lengthM, mPerS })
    this.spot = to
    this.timeUs = endUs
    return this
  }
}

function lengthOf({ from, to }: Step): number {
  return Math.hypot(to[0] - from[0], to[1] - from[1])
}

function goneWithin({ startUs, endUs, mPerS }: Step, lengthM: number, timeUs: number): number {
  if (timeUs <= startUs || mPerS === 0) return 0
  if (timeUs >= endUs) return lengthM
  const sinceS = (timeUs - startUs) / 1e6
  const leftS = (endUs - timeUs) / 1e6
  const speedingS = mPerS / ACCELERATION
  if (sinceS < speedingS) return (ACCELERATION / 2) * sinceS * sinceS
  if (leftS < speedingS) return lengthM - (ACCELERATION / 2) * leftS * leftS
  return mPerS * (sinceS - speedingS / 2)
}
