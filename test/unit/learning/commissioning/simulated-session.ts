import { LivedInAir } from '../../../../src/learning/simulator/lived-in-air.js'
import type { Presence } from '../../../../src/learning/simulator/body.js'
import { standing } from '../../../../src/learning/simulator/schedule.js'
import type { Script } from '../../../../src/learning/simulator/door.js'
import { Sitter, Walker } from '../../../../src/learning/simulator/person.js'
import { Route, type Spot } from '../../../../src/learning/simulator/route.js'
import { Random } from '../../../../src/learning/random.js'
import { sessionChannel, Simulator } from '../../../../src/learning/simulator/simulator.js'
import type { GainMode } from '../../../../src/learning/simulator/receiver.js'
import { PARAMETERS } from '../../../../src/learning/simulator/parameters.js'
import { siteByName } from '../../../../src/learning/simulator/sites.js'
import { VisitWatch } from '../../../../src/learning/commissioning/visit-watch.js'
import type { VisitEvidence } from '../../../../src/learning/commissioning/visit-evidence.js'
import { signalSettings } from '../../../support/packets.js'

export interface Scene {
  site: string
  seed: number
  session?: number
  angleDeg: number
  /** Which visit of the session: time goes on from one to the next. */
  index?: number
  seconds?: number
  packetsPerSecond?: number
  gain?: GainMode
  /** The receiver starts anew; its clock with it. */
  rebootAfterSeconds?: number
  /** From then on the level is 4 dB up, the shape as before: an unreported gain. */
  louderAfterSeconds?: number
  /** Of the packets, beyond the link's own loss, one by one. */
  lostShare?: number
  script?: (startUs: number) => Script
  person?: (startUs: number, endUs: number, random: Random) => Presence
}

const GAP_S = 20
const channels = new Map<string, ReturnType<typeof sessionChannel>>()

/** A visit as the guide would watch it, with somebody in the room or without. */
export function watched(scene: Scene): VisitEvidence {
  const { site, seed, session = 0, index = 0, seconds = 60, packetsPerSecond = 50, gain } = scene
  const startUs = index * (seconds + GAP_S) * 1e6
  const endUs = startUs + seconds * 1e6
  const key = `${site}/${seed}/${session}`
  const channel = channels.get(key) ?? sessionChannel(site, seed, session)
  channels.clear()
  channels.set(key, channel)
  const random = new Random('person', seed, session, index)
  const { rebootAfterSeconds, louderAfterSeconds, lostShare = 0 } = scene
  const levelSteps =
    louderAfterSeconds === undefined ? [] : [{ atUs: startUs + louderAfterSeconds * 1e6, offsetDb: 4 }]
  const air = new LivedInAir({
    ...{ site: siteByName(site), seed, channel, furniture: [], drift: undefined, levelSteps, moves: [] },
    people: scene.person === undefined ? [] : [scene.person(startUs, endUs, random)],
  })
  const options = {
    ...{ site, seed, session, packetsPerSecond, channel, gain, air },
    script: scene.script?.(startUs) ?? standing(scene.angleDeg),
  }
  const watch = new VisitWatch({ signal: signalSettings, transmitters: [], tablePacketsPerSecond: 3 })
  const feed = (simulator: Simulator, untilUs: number): void => {
    while (simulator.nextUs < untilUs) {
      const bytes = simulator.next()
      if (random.share() >= lostShare) watch.push(bytes, simulator.nextUs)
    }
  }
  const rebootUs = startUs + (rebootAfterSeconds ?? seconds) * 1e6
  feed(new Simulator({ ...options, startUs }), rebootUs)
  if (rebootUs < endUs) {
    const reboot = { atUs: rebootUs, clockUs: 800_000 }
    feed(new Simulator({ ...options, startUs: rebootUs + 1e6, reboot }), endUs)
  }
  return watch.evidence
}

const ANGLES = {
  closed: PARAMETERS.closedDeg.value,
  ajar: PARAMETERS.ajarDeg.value,
  open: PARAMETERS.openDeg.value,
}

/** Where somebody puts the door who is asked for this marker. */
export function angleOf(marker: keyof typeof ANGLES, random: Random): number {
  return random.between(ANGLES[marker])
}

/** Stands at a spot, breathing. */
export const stands =
  (spot: Spot): NonNullable<Scene['person']> =>
  (startUs, endUs, random) =>
    new Sitter(startUs, endUs, spot, random)

/** Walks about the receiver's room without stopping. */
export const walks: NonNullable<Scene['person']> = (startUs, endUs, random) => {
  const route = new Route(startUs, [3.5, 3], random)
  while (route.endUs < endUs) route.go([random.between([0.6, 4.5]), random.between([0.6, 3.7])])
  return new Walker(route, random, false, false)
}
