import type { Source } from '../../domain/link.js'
import type { State } from '../../domain/reading.js'
import type { Clock } from '../../domain/time.js'
import type { Script } from './door.js'
import { inUse } from './schedule.js'
import { Simulator } from './simulator.js'

export interface Truth {
  state: State
  angleDeg: number
  hostTimeUs: number
}

export interface SimulatorSourceOptions {
  site: string
  seed: number
  clock: Clock
  /** Default 0. */
  session?: number
  /** Default 100. */
  packetsPerSecond?: number
  /** Default: a door in use, without end. */
  script?: Script
  /** Called at each change of the true state, and with the first. */
  truth?: (truth: Truth) => void
}

const TICK_MS = 40
/** Packets older than this are left out: the process was held up or suspended, as a receiver's buffer overflows. */
const CATCH_UP_US = 1_000_000

/** The simulator as a receiver that is plugged in: packets arrive when they are due. */
export class SimulatorSource implements Source {
  readonly simulated = true
  /** Packets left out because the process could not keep up. */
  skippedPackets = 0
  private timer: ReturnType<typeof setInterval> | undefined

  constructor(private readonly options: SimulatorSourceOptions) {}

  /** Throws AjarError 'usage.site' for a site that does not exist. */
  async start(on: Parameters<Source['start']>[0], signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const { site, seed, session = 0, packetsPerSecond = 100, clock, truth } = this.options
    const script = this.options.script ?? inUse(seed, session)
    const simulator = new Simulator({ site, seed, session, packetsPerSecond, script })
    const startUs = clock.monotonicUs()
    let known: State | undefined
    const tick = () => {
      const nowUs = clock.monotonicUs()
      this.skippedPackets += simulator.skipTo(nowUs - startUs - CATCH_UP_US)
      while (simulator.nextUs <= nowUs - startUs) on.bytes(simulator.next(), nowUs)
      const state = simulator.state(nowUs - startUs)
      if (state !== known) {
        known = state
        truth?.({ state, angleDeg: simulator.angleDeg(nowUs - startUs), hostTimeUs: nowUs })
      }
      simulator.channel.prepare() // before the door first moves, a little at a time
    }
    on.event({ type: 'open', detail: `simulated site ${site}` })
    this.timer = setInterval(tick, TICK_MS)
    signal.addEventListener('abort', () => clearInterval(this.timer), { once: true })
  }

  async stop(): Promise<void> {
    clearInterval(this.timer)
  }
}
