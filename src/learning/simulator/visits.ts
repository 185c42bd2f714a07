import { AjarError } from '../../platform/errors.js'
import { PARAMETERS } from './parameters.js'
import { Random } from '../random.js'
import type { GainMode } from './receiver.js'
import { standing } from './schedule.js'
import { sessionChannel, Simulator } from './simulator.js'

export interface VisitPlan {
  site: string
  seed: number
  sessions: number
  secondsPerVisit: number
  /** Of 'closed', 'ajar' and 'open'. */
  markers: readonly string[]
  /** Visits of each marker in each session; default 2. */
  visitsPerMarker?: number
  /** Default 100. */
  packetsPerSecond?: number
  /** Default 'locked'. */
  gain?: GainMode
}

export interface SimulatedVisit {
  session: string
  marker: string
  /** The site. */
  place: string
  /** Unique within the plan. */
  visit: string
  /** Where the door stands. */
  angleDeg: number
  /** The wire bytes, in pieces of about 0.2 s; each call gives the same. */
  chunks: () => Iterable<Uint8Array>
}

const FRAMES_PER_CHUNK = 20
const MARKER_ANGLES = new Map<string, readonly [number, number]>([
  ['closed', PARAMETERS.closedDeg.value],
  ['ajar', PARAMETERS.ajarDeg.value],
  ['open', PARAMETERS.openDeg.value],
])

/**
 * Recordings of a door that stands at each marker, session by session, the markers in random order. Throws
 * AjarError 'simulator.marker' or 'usage.site' for what does not exist.
 */
export function* simulateVisits(plan: VisitPlan): Generator<SimulatedVisit> {
  const { site, seed, markers, secondsPerVisit, visitsPerMarker = 2, packetsPerSecond = 100, gain } = plan
  const angles = new Map(markers.map((marker) => [marker, anglesOf(marker)]))
  for (let session = 0; session < plan.sessions; session++) {
    const channel = sessionChannel(site, seed, session)
    const random = new Random('visits', site, seed, session)
    const order = random.shuffle(Array.from({ length: visitsPerMarker }, () => markers).flat())
    for (const [index, marker] of order.entries()) {
      const angleDeg = random.between(angles.get(marker)!)
      const startUs = index * (secondsPerVisit + PARAMETERS.visitGapSeconds.value) * 1e6
      const script = standing(angleDeg)
      const options = { site, seed, session, packetsPerSecond, script, gain, startUs, channel }
      yield {
        session: `session-${session + 1}`,
        marker,
        place: site,
        visit: `session-${session + 1}-visit-${index + 1}`,
        angleDeg,
        chunks: () => pieces(new Simulator(options), startUs + secondsPerVisit * 1e6),
      }
    }
  }
}

function* pieces(simulator: Simulator, endUs: number): Generator<Uint8Array> {
  while (simulator.nextUs < endUs) {
    const frames: Uint8Array[] = []
    while (frames.length < FRAMES_PER_CHUNK && simulator.nextUs < endUs) frames.push(simulator.next().slice())
    const bytes = new Uint8Array(frames.reduce((total, { length }) => total + length, 0))
    let at = 0
    for (const frame of frames) {
      bytes.set(frame, at)
      at += frame.length
    }
    yield bytes
  }
}

function anglesOf(marker: string): readonly [number, number] {
  const range = MARKER_ANGLES.get(marker)
  if (range !== undefined) return range
  throw new AjarError(
    'simulator.marker',
    `The simulated door has no marker '${marker}'.`,
    `Use ${[...MARKER_ANGLES.keys()].join(', ')}.`,
  )
}
