import { defaultConfig } from '../../../../src/config/load.js'
import { configuredPipeline } from '../../../../src/configured-pipeline.js'
import type { PlacementStatus } from '../../../../src/domain/placement.js'
import type { Clock } from '../../../../src/domain/time.js'
import { PlacementAid } from '../../../../src/learning/commissioning/placement-aid.js'
import type { Swing } from '../../../../src/learning/simulator/door.js'
import { Simulator } from '../../../../src/learning/simulator/simulator.js'

export const SECOND = 1e6

/** Opened and closed twice from `fromS` on, and left at `endDeg`. */
export function twice(fromS: number, endDeg = 0.2): Swing[] {
  const degrees = [85, 0.1, 85, endDeg]
  return degrees.map((toDeg, n) => ({
    startUs: (fromS + 4 * n) * SECOND,
    durationUs: 1.5 * SECOND,
    toDeg,
  }))
}

export interface Packet {
  us: number
  bytes: Uint8Array
}

/** Packets of a simulated site whose door moves so; without end. */
export function* packetsOf(options: {
  site: string
  swings: readonly Swing[]
  seed?: number
  packetsPerSecond?: number
}): Generator<Packet> {
  const { site, swings, seed = 11, packetsPerSecond = 100 } = options
  const script = { restDeg: 0.1, swings }
  const simulator = new Simulator({ site, seed, session: seed, packetsPerSecond, script })
  for (;;) {
    const us = simulator.nextUs
    yield { us, bytes: simulator.next() }
  }
}

/** The placement aid on a real pipeline, at the clock of the packets, until it is done: at most three minutes. */
export function place(packets: Iterable<Packet>): {
  status: PlacementStatus
  steps: string[]
  seconds: number
} {
  let us = 0
  const clock: Clock = {
    monotonicUs: () => us,
    now: () => ({ bootId: 'b', monotonicUs: us, wallMs: us / 1000, wallTrusted: true }),
  }
  const config = defaultConfig()
  const aid = new PlacementAid(clock, {
    simulated: true,
    leastPacketsPerSecond: config.signal.minPacketsPerSecond,
  })
  const nothing = (): void => undefined
  const pipeline = configuredPipeline(
    { config, clock, simulated: true, running: undefined },
    {
      reading: nothing,
      progress: nothing,
      control: nothing,
      modelFailed: nothing,
      window: (w) => aid.window(w),
    },
  )
  pipeline.sourceEvent({ type: 'open', detail: 'simulated' })
  const steps: string[] = [aid.start().step]
  let status = aid.current()!
  const tickTo = (untilUs: number): void => {
    for (; us < untilUs && status.step !== 'done'; us = Math.min(untilUs, us + SECOND / 2)) {
      pipeline.tick()
      aid.tick(pipeline.health())
      status = aid.current()!
      if (status.step !== steps.at(-1)) steps.push(status.step)
    }
  }
  let nextTickUs = 0
  for (const packet of packets) {
    if (packet.us >= nextTickUs) {
      tickTo(packet.us)
      nextTickUs = packet.us + SECOND / 2
    }
    if (status.step === 'done' || us > 180 * SECOND) break
    us = Math.max(us, packet.us)
    pipeline.bytes(packet.bytes, us)
  }
  tickTo(180 * SECOND) // where the packets came to an end
  return { status, steps, seconds: us / SECOND }
}
