import { homedir } from 'node:os'
import path from 'node:path'
import { loadConfig } from '../config/load.js'
import type { Config } from '../config/schema.js'
import { markerStates } from '../learning/commissioning/marker-states.js'
import { PlanStore } from '../learning/commissioning/plan-store.js'
import { nextVisit, withSession, type VisitPlan } from '../learning/commissioning/visit-plan.js'
import type { WatchSettings } from '../learning/commissioning/visit-watch.js'
import { siteByName } from '../learning/simulator/sites.js'
import { SystemClock } from '../platform/clock.js'
import { AjarError } from '../platform/errors.js'
import { ApplianceVisits } from './calibrate/appliance-visits.js'
import { conclude, type ConclusionOptions } from './calibrate/conclusion.js'
import { Guide } from './calibrate/guide.js'
import { PortVisits } from './calibrate/port-visits.js'
import { SimulatedVisits } from './calibrate/simulated-visits.js'
import type { VisitTaker } from './calibrate/visit-taker.js'
import { VisitRounds } from './calibrate/visits.js'

export interface CalibrateOptions extends ConclusionOptions {
  markers?: readonly string[]
  /** marker=state */
  states?: readonly string[]
  /** Of each marker in a session. */
  visits?: number
  seconds?: number
  /** Another session, on another occasion. */
  add: boolean
  /** So many at once, the receiver being reset between. */
  sessions: number
  out?: string
  /** SITE or SITE:SEED */
  simulate?: string
  config?: string
  port?: string
  httpPort?: number
  dataDir?: string
  yes: boolean
  json: boolean
}

interface Io {
  /** What the person reads; with json, one line for each step. */
  out(line: string): void
  /** Progress: stderr. */
  progress(line: string): void
}

const DEFAULT_MARKERS = ['closed', 'ajar', 'open']
const DEFAULT_VISITS = 2
const DEFAULT_SECONDS = 60
/** A person waits before the screen and may just be powering the transmitter: come back soon. */
const PATIENT = { silenceTimeoutMs: 10_000, reconnectMinMs: 500, reconnectMaxMs: 2000 }

/**
 * `ajar calibrate`: guided visits of a door without a reed switch, then verdict, report and model. What was accepted is
 * kept whatever happens; the same command goes on with what is open.
 */
export async function calibrate(
  options: CalibrateOptions,
  io: Io,
  input: NodeJS.ReadStream,
  signal: AbortSignal,
): Promise<number> {
  const { config } = loadConfig(options.config, {
    'receiver.port': options.port,
    'api.port': options.httpPort,
    dataDirectory: options.dataDir,
  })
  const store = new PlanStore(path.resolve(options.out ?? directoryOf(options, config)))
  const known = store.load()
  let plan = known === undefined ? planOf(options, store.directory) : consistent(known, options)
  if (known !== undefined) store.save(plan) // a power cut may have left DATASET.yaml one visit behind
  const guide = new Guide(options, io, input)
  guide.simulated = plan.simulated !== undefined
  const adds = options.add || known === undefined || known.sessions.length === 0
  const settings: WatchSettings = {
    signal: config.signal,
    transmitters: config.receiver.transmitters,
    tablePacketsPerSecond: config.receiver.tablePacketsPerSecond,
  }
  if (nextVisit(plan) !== undefined || adds) {
    const taker = await takerOf(plan, options, config, settings, io)
    guide.simulated = taker.simulated
    await taker.start(signal)
    try {
      for (let left = options.sessions; left > 0 && (nextVisit(plan) !== undefined || adds); left--) {
        plan = await withOpenSession(plan, store, taker, guide, signal)
        await new VisitRounds({ plan, store, taker, guide, settings, signal }).run()
      }
    } finally {
      await taker.stop()
      guide.close()
    }
  } else guide.tell({ event: 'complete', sessions: plan.sessions.length }, complete(plan))
  await conclude(plan, store, options, guide, io, signal)
  return 0
}

/** The plan as it stands, or with a new session where none is open. */
async function withOpenSession(
  plan: VisitPlan,
  store: PlanStore,
  taker: VisitTaker,
  guide: Guide,
  signal: AbortSignal,
): Promise<VisitPlan> {
  const resumed = nextVisit(plan)?.session
  if (resumed !== undefined) {
    const torn = store.tidy(plan)
    const open = resumed.visits.filter(({ visit }) => visit === undefined).length
    guide.tell(
      { event: 'resumed', session: resumed.name, open, dropped: torn },
      `${resumed.name} goes on: ${open} of ${resumed.visits.length} visits are open.` +
        (torn.length > 0 ? ' One that was cut off is taken again.' : ''),
    )
    return plan
  }
  const receiverReset = await taker.resetReceiver(signal)
  const { wallMs, wallTrusted } = new SystemClock().now()
  const begun = withSession(plan, { startedMs: wallTrusted ? wallMs : 0, receiverReset })
  store.save(begun)
  store.tidy(begun)
  const { name, visits } = begun.sessions.at(-1) as VisitPlan['sessions'][number]
  guide.tell(
    { event: 'session', session: name, visits: visits.length, receiverReset, source: taker.origin },
    `${name}: ${visits.length} visits of ${plan.secondsPerVisit} s, from ${taker.origin}.` +
      (receiverReset
        ? ''
        : ' The receiver is not reset: unplug it for a moment before a session that shall count as one of its own.'),
  )
  return begun
}

function directoryOf({ simulate }: CalibrateOptions, config: Config): string {
  if (simulate === undefined) return path.join(config.dataDirectory, 'calibration')
  return path.join(homedir(), '.local/state/ajar-demo', `calibration-${simulate.replace(':', '-')}`)
}

function planOf(options: CalibrateOptions, directory: string): VisitPlan {
  const { visits = DEFAULT_VISITS, seconds = DEFAULT_SECONDS, simulate } = options
  const markers = [...(options.markers ?? DEFAULT_MARKERS)]
  const name = path
    .basename(directory)
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 40)
  const simulated = simulate === undefined ? undefined : simulatedOf(simulate)
  return {
    version: 1,
    name: name === '' ? 'calibration' : name,
    place: simulated?.site ?? (name === '' ? 'calibration' : name),
    markers,
    states: markerStates(markers, options.states ?? []),
    visitsPerMarker: visits,
    secondsPerVisit: seconds,
    ...(simulated === undefined ? {} : { simulated }),
    sessions: [],
  }
}

function simulatedOf(text: string): { site: string; seed: number } {
  const [site, seed = '1'] = text.split(':')
  if (!/^\d{1,9}$/.test(seed))
    throw new AjarError(
      'usage.seed',
      `'${seed}' is no seed.`,
      'Give --simulate SITE or SITE:SEED, a whole number.',
    )
  return { site: siteByName(site).name, seed: Number(seed) }
}

/** Sessions of one calibration can be compared. Throws AjarError 'usage.calibration' where other ones are asked for. */
function consistent(plan: VisitPlan, options: CalibrateOptions): VisitPlan {
  const { markers = plan.markers, visits = plan.visitsPerMarker, seconds = plan.secondsPerVisit } = options
  const simulated = options.simulate === undefined ? undefined : simulatedOf(options.simulate)
  const states = options.states === undefined ? plan.states : markerStates(markers, options.states)
  const differs =
    String([...markers].sort()) !== String([...plan.markers].sort()) ||
    markers.some((marker) => states[marker] !== plan.states[marker]) ||
    visits !== plan.visitsPerMarker ||
    seconds !== plan.secondsPerVisit ||
    (simulated ?? plan.simulated)?.site !== plan.simulated?.site ||
    (simulated ?? plan.simulated)?.seed !== plan.simulated?.seed
  if (!differs) return plan
  throw new AjarError(
    'usage.calibration',
    `This calibration was begun otherwise: markers ${plan.markers.join(',')}, ${plan.visitsPerMarker} visits of ${plan.secondsPerVisit} s` +
      `${plan.simulated === undefined ? '' : `, simulated ${plan.simulated.site}:${plan.simulated.seed}`}.`,
    'Leave these options out to go on with it, or give another --out.',
  )
}

/** Simulated, or the port that was named, or the appliance that runs, or the configured port. */
async function takerOf(
  { simulated }: VisitPlan,
  options: CalibrateOptions,
  config: Config,
  settings: WatchSettings,
  io: Io,
): Promise<VisitTaker> {
  if (simulated !== undefined) return new SimulatedVisits(simulated, settings)
  const running = options.port === undefined ? await ApplianceVisits.find(config, settings) : undefined
  return (
    running ?? new PortVisits({ ...config.receiver, ...PATIENT }, settings, new SystemClock(), io.progress)
  )
}

function complete({ sessions }: VisitPlan): string {
  return `All visits of ${sessions.length === 1 ? 'the session are' : `${sessions.length} sessions are`} taken; --add begins another session.`
}
