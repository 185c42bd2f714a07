import { describe, expect, it } from 'vitest'
import type { Presence } from '../../../../src/learning/simulator/body.js'
import { LivedInAir } from '../../../../src/learning/simulator/lived-in-air.js'
import { Sitter, Walker } from '../../../../src/learning/simulator/person.js'
import { Route } from '../../../../src/learning/simulator/route.js'
import { standing } from '../../../../src/learning/simulator/schedule.js'
import { sessionChannel, Simulator } from '../../../../src/learning/simulator/simulator.js'
import { siteByName } from '../../../../src/learning/simulator/sites.js'
import { Random } from '../../../../src/learning/random.js'
import { PacketDecoder } from '../../../../src/sensing/packet/decoder.js'
import { layoutById } from '../../../../src/sensing/packet/layouts.js'
import { SignalStage } from '../../../../src/sensing/signal/stage.js'
import { signalSettings } from '../../../support/packets.js'
import { quantile } from './received-visit.js'

const SECONDS = 60

/** What the signal stage reads of a minute with this person in it. */
function seen(site: string, person: Presence, packetsPerSecond: number) {
  const channel = sessionChannel(site, 1, 0)
  const air = new LivedInAir({
    site: siteByName(site),
    seed: 1,
    channel,
    people: [person],
    furniture: [],
    drift: undefined,
    levelSteps: [],
    moves: [],
  })
  const options = { site, seed: 1, session: 0, packetsPerSecond, script: standing(85), channel, air }
  const simulator = new Simulator(options)
  const decoder = new PacketDecoder({ transmitters: [], tablePacketsPerSecond: 1 })
  const stage = new SignalStage({ link: 'test', settings: signalSettings, layoutOf: layoutById })
  const variances: number[] = []
  let moving = 0
  while (simulator.nextUs < SECONDS * 1e6)
    decoder.push({ bytes: simulator.next(), hostTimeUs: 0 }, (packet) => {
      if (packet.kind !== 'packet') return
      stage.push(packet, (window) => {
        if ('kind' in window) return
        variances.push(window.motion.movingVariance)
        if (window.motion.moving) moving++
      })
    })
  return { moving: moving / variances.length, variance: quantile(variances, 0.5) }
}

/** About the room, without stopping. */
function walker(seed: number): Walker {
  const random = new Random('walker', seed)
  const route = new Route(0, [3.5, 3], random)
  while (route.endUs < SECONDS * 1e6) route.go([random.between([0.6, 4.5]), random.between([0.6, 3.7])])
  return new Walker(route, random, false, false)
}

describe('a person', () => {
  it('is seen moving in at least 90 % of the windows while walking, as in recordings', () => {
    const variances: number[] = []
    for (const site of ['metal-doorway', 'hollow-doorway'])
      for (const seed of [1, 2]) {
        const { moving, variance } = seen(site, walker(seed), 100)
        expect(moving, `${site} ${seed}`).toBeGreaterThanOrEqual(0.9)
        variances.push(variance)
      }
    // Recordings of walking have medians of 0.015, 0.004 of it noise.
    expect(Math.min(...variances)).toBeGreaterThan(0.004)
    expect(Math.max(...variances)).toBeLessThan(0.04)
  })

  it('is seen moving in at most a few windows while sitting', () => {
    for (const site of ['metal-doorway', 'hollow-doorway']) {
      const sitter = new Sitter(0, SECONDS * 1e6, [3.9, 0.8], new Random('sitter', site))
      expect(seen(site, sitter, 100).moving).toBeLessThanOrEqual(0.1)
    }
  })

  it('comes and goes by degrees at an end that leads out, and swings its legs about its middle', () => {
    const random = new Random('walker', 9)
    const route = new Route(1e6, [4, 1], random).go([1, 1]).wait(1e6).go([4, 1])
    const person = new Walker(route, random, true, true)
    const at = (timeUs: number) => {
      const { x, presence, points } = person.at(timeUs)
      return { x, presence, left: points[2].x, right: points[3].x }
    }
    expect(at(1e6)).toMatchObject({ x: 4, presence: 0 })
    expect(at(person.endUs - 1).presence).toBeCloseTo(0, 4)
    expect(at((person.startUs + person.endUs) / 2)).toMatchObject({ x: 1, presence: 1 })
    let lastX = 4
    for (let timeUs = 1e6; timeUs < route.endUs / 2 - 0.5e6; timeUs += 20_000) {
      const { x, left, right } = at(timeUs)
      expect(x).toBeLessThanOrEqual(lastX)
      expect(lastX - x).toBeLessThan(0.0301)
      expect((left + right) / 2).toBeCloseTo(x, 6)
      expect(Math.abs(left - right)).toBeLessThan(0.51)
      lastX = x
    }
  })

  it('sits: breathes by millimetres, and after a fidget sits a little differently', () => {
    const sitter = new Sitter(0, 3600e6, [1, 1], new Random('sitter', 1))
    const chest = (timeUs: number) => {
      const [{ x, y }] = sitter.at(timeUs).points
      return Math.hypot(x - 1, y - 1)
    }
    const first = Array.from({ length: 100 }, (_, i) => chest(i * 200_000))
    expect(Math.max(...first)).toBeGreaterThan(0.0015)
    expect(Math.max(...first)).toBeLessThan(0.006)
    const later = Array.from({ length: 1000 }, (_, i) => chest(1800e6 + i * 1e6))
    expect(Math.max(...later)).toBeGreaterThan(0.01)
    expect(Math.max(...later)).toBeLessThan(0.12)
    // Times may come in any order.
    expect(chest(3e6)).toBe(first[15])
  })
})
