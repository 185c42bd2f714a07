import { setImmediate as yieldToEvents } from 'node:timers/promises'
import { VisitWatch, type WatchSettings } from '../../learning/commissioning/visit-watch.js'
import type { VisitEvidence } from '../../learning/commissioning/visit-evidence.js'
import { PARAMETERS } from '../../learning/simulator/parameters.js'
import { Random } from '../../learning/random.js'
import { standing } from '../../learning/simulator/schedule.js'
import { sessionChannel, Simulator } from '../../learning/simulator/simulator.js'
import { siteByName } from '../../learning/simulator/sites.js'
import { RecordingWriter } from '../../sensing/link/recording.js'
import { stopped, type TakeRequest, type VisitTaker } from './visit-taker.js'

const PACKETS_PER_SECOND = 100
const MOST_BYTES = 64 << 20
/** How well somebody finds a mark on the floor again, degrees (D). */
const MARK_DEG = 1
const STATES = {
  closed: PARAMETERS.closedDeg.value,
  ajar: PARAMETERS.ajarDeg.value,
  open: PARAMETERS.openDeg.value,
}

/** A simulated site whose door the guide moves itself, as fast as the machine computes it. */
export class SimulatedVisits implements VisitTaker {
  readonly origin: string
  readonly simulated = true
  private readonly site: string
  private readonly seed: number
  private channel: { session: number; of: ReturnType<typeof sessionChannel> } | undefined

  /** Throws AjarError 'usage.site'. */
  constructor(
    { site, seed }: { site: string; seed: number },
    private readonly settings: WatchSettings,
  ) {
    this.seed = seed
    this.site = siteByName(site).name
    this.origin = `simulated site ${this.site}, seed ${seed}`
  }

  async start(): Promise<void> {}

  /** Each session of the simulator is a run of its own. */
  async resetReceiver(): Promise<boolean> {
    return true
  }

  async untilQuiet(): Promise<boolean> {
    return true
  }

  async take(request: TakeRequest, signal: AbortSignal): Promise<VisitEvidence> {
    const { site, seed } = this
    const { file, session, take, seconds, note } = request
    if (this.channel?.session !== session) this.channel = { session, of: sessionChannel(site, seed, session) }
    const startUs = (take - 1) * (seconds + PARAMETERS.visitGapSeconds.value) * 1e6
    const endUs = startUs + seconds * 1e6
    const angleDeg = angleOf(request, new Random('calibrate', site, seed, session, take))
    const simulator = new Simulator({
      ...{ site, seed, session, startUs, channel: this.channel.of },
      packetsPerSecond: PACKETS_PER_SECOND,
      script: standing(angleDeg),
    })
    const header = { source: this.origin, baudRate: 0, startedMs: Date.now(), note, simulated: true }
    const bounds = { mostBytes: MOST_BYTES, mostSeconds: seconds + 1 }
    const writer = await RecordingWriter.open(file, header, bounds)
    const watch = new VisitWatch(this.settings)
    try {
      for (let packet = 1; simulator.nextUs < endUs; packet++) {
        const timeUs = simulator.nextUs
        const bytes = simulator.next()
        watch.push(bytes, timeUs)
        writer.append(bytes, timeUs)
        if (packet % PACKETS_PER_SECOND === 0) await yieldToEvents()
        if (signal.aborted) throw stopped()
      }
    } catch (error) {
      await writer.discard()
      throw error
    }
    await writer.close()
    return watch.evidence
  }

  async stop(): Promise<void> {}
}

function angleOf({ marker, state }: TakeRequest, random: Random): number {
  const degrees = Number(marker)
  if (Number.isNaN(degrees)) return random.between(STATES[state])
  return degrees === 0
    ? random.between(STATES.closed)
    : random.between([degrees - MARK_DEG, degrees + MARK_DEG])
}
