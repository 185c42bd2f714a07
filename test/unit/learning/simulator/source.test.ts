import { describe, expect, it } from 'vitest'
import type { Clock, Instant } from '../../../../src/domain/time.js'
import { SimulatorSource, type Truth } from '../../../../src/learning/simulator/source.js'
import { SystemClock } from '../../../../src/platform/clock.js'
import { SourceProbe, until } from '../../../support/source-probe.js'
import { receive } from './received-visit.js'

/** The machine's clock, which can be made to jump as after a suspend. */
class JumpingClock implements Clock {
  aheadUs = 0
  private readonly clock = new SystemClock()

  monotonicUs(): number {
    return this.clock.monotonicUs() + this.aheadUs
  }

  now(): Instant {
    return { ...this.clock.now(), monotonicUs: this.monotonicUs() }
  }
}

const options = { site: 'metal-doorway', seed: 1, clock: new SystemClock() }

describe('SimulatorSource', () => {
  it('delivers packets when they are due, and the truth at each change', async () => {
    const truths: Truth[] = []
    const swings = [{ startUs: 200_000, durationUs: 800_000, toDeg: 85 }]
    const source = new SimulatorSource({
      ...options,
      packetsPerSecond: 200,
      script: { restDeg: 0, swings },
      truth: (truth) => truths.push(truth),
    })
    const probe = new SourceProbe()
    const startUs = options.clock.monotonicUs()
    await source.start(probe.on, new AbortController().signal)
    await until(() => truths.at(-1)?.state === 'open')
    await source.stop()
    const seconds = (options.clock.monotonicUs() - startUs) / 1e6
    expect(source.simulated).toBe(true)
    expect(probe.events).toEqual([{ type: 'open', detail: 'simulated site metal-doorway' }])
    expect(truths.map(({ state }) => state)).toEqual(['closed', 'opening', 'open'])
    expect(truths.at(-1)?.angleDeg).toBe(85)
    const packets = receive(probe.arrivals.map(({ bytes }) => bytes)).sequences.length
    expect(packets).toBeGreaterThan(60)
    expect(packets).toBeLessThanOrEqual(seconds * 200)
    expect(source.skippedPackets).toBe(0)
    const stopped = probe.arrivals.length
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(probe.arrivals.length).toBe(stopped)
  })

  it('leaves out and counts what a suspended process missed', async () => {
    const clock = new JumpingClock()
    const source = new SimulatorSource({ ...options, clock })
    const probe = new SourceProbe()
    const aborting = new AbortController()
    await source.start(probe.on, aborting.signal)
    await until(() => probe.arrivals.length > 5)
    clock.aheadUs = 3600e6
    await until(() => source.skippedPackets > 0)
    aborting.abort()
    expect(source.skippedPackets).toBeGreaterThan(359_000)
    expect(source.skippedPackets).toBeLessThan(361_000)
    expect(probe.arrivals.length).toBeLessThan(250)
    const stopped = probe.arrivals.length
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(probe.arrivals.length).toBe(stopped)
  })

  it('refuses a site that does not exist, and does not begin when it is already over', async () => {
    const probe = new SourceProbe()
    const signal = new AbortController().signal
    await expect(new SimulatorSource({ ...options, site: 'castle' }).start(probe.on, signal)).rejects.toThrow(
      "no simulated site 'castle'",
    )
    await new SimulatorSource(options).start(probe.on, AbortSignal.abort())
    expect(probe.events).toEqual([])
  })
})
