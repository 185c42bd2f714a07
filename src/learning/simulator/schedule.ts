import type { Script, Swing } from './door.js'
import { PARAMETERS } from './parameters.js'
import { Random } from '../random.js'

/** A door that rests. */
export function standing(angleDeg: number): Script {
  return { restDeg: angleDeg, swings: [] }
}

/** A door in use, without end: closed for a while, then someone passes through, or it stays open or ajar. */
export function inUse(seed: number, session: number): Script {
  const random = new Random('schedule', seed, session)
  return { restDeg: random.between(PARAMETERS.closedDeg.value), swings: use(random) }
}

function* use(random: Random): Generator<Swing, never> {
  const {
    swingSeconds,
    closedSeconds,
    closedDeg,
    openDeg,
    ajarDeg,
    ajarShare,
    passThroughShare,
    passThroughHoldSeconds,
    standingSeconds,
  } = PARAMETERS
  let nowUs = 0
  const swing = (toDeg: number): Swing => {
    const startUs = nowUs
    const durationUs = seconds(random, swingSeconds.value)
    nowUs += durationUs
    return { startUs, durationUs, toDeg }
  }
  for (;;) {
    nowUs += seconds(random, closedSeconds.value)
    if (random.share() < passThroughShare.value) {
      yield swing(random.between(openDeg.value))
      nowUs += seconds(random, passThroughHoldSeconds.value)
    } else {
      yield swing(random.between(random.share() < ajarShare.value ? ajarDeg.value : openDeg.value))
      nowUs += seconds(random, standingSeconds.value)
    }
    yield swing(random.between(closedDeg.value))
  }
}

/** Whole microseconds. */
export function seconds(random: Random, range: readonly [number, number]): number {
  return Math.round(random.between(range) * 1e6)
}
