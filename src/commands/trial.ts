import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { defaultConfig } from '../config/load.js'
import type { DoorEvent } from '../domain/event.js'
import type { DoorReading } from '../domain/reading.js'
import { Household } from '../learning/simulator/household.js'
import { writeArtefact } from '../learning/training/artefact-files.js'
import { TruthMeter, type TrialScore } from '../learning/trial/truth-meter.js'
import { loadArtefact } from '../sensing/model/artefact.js'
import { supersedes } from '../sensing/decision/event-teller.js'
import { trainFromReed, type ReedTrained } from '../learning/commissioning/reed-training.js'
import { journalOf } from './trial/learn.js'
import { PlayedHome, type HomeModels } from './trial/played-home.js'

export interface TrialOptions {
  site: string
  seed: number
  /** Days with a reed at the door, and days after them in which it is only the truth. */
  learnDays: number
  days: number
  packetsPerSecond: number
  /** Someone bumps into an antenna at noon of these days after the learning. */
  nudgeDays?: readonly number[]
  json: boolean
}

interface Io {
  out(line: string): void
  progress(line: string): void
}

const DAY_US = 86_400e6
/** Readings are compared with the truth as often as windows come. */
const SAMPLE_US = 200_000
const QUIET_SHARE = 0.1

/**
 * `ajar trial`: a simulated home with a reed at its door for some days, the model and verdict that come of it, and how
 * the appliance's pipeline then does against the truth. All figures are simulated.
 */
export async function trial(options: TrialOptions, io: Io): Promise<number> {
  const { site, seed, learnDays, days, packetsPerSecond, nudgeDays = [] } = options
  const began = performance.now()
  const home = new Household({
    site,
    seed,
    days: learnDays + days,
    packetsPerSecond,
    skipsShow: false,
    nudgesAtUs: nudgeDays.map((day) => (learnDays + day + 0.5) * DAY_US),
  })
  io.progress(`Simulated ${site}, seed ${seed}: ${learnDays} days with a reed …`)
  const journal = journalOf(home, learnDays, QUIET_SHARE, defaultConfig(), site)
  const { nowMs, progress } = { nowMs: () => performance.now(), progress: io.progress }
  const { certificate, files } = await trainFromReed(journal, { id: 'trial', door: site, nowMs, progress })
  io.progress(`${certificate.verdict}: ${certificate.sentence}`)
  const score = days > 0 ? live(home, files, learnDays, days, io) : undefined
  const seconds = Math.round((performance.now() - began) / 100) / 10
  const result = {
    simulated: true,
    ...{ site, seed, learnDays, days, packetsPerSecond, quietShare: QUIET_SHARE },
    certificate,
    score,
    seconds,
  }
  for (const line of options.json ? [JSON.stringify(result)] : told(result)) io.out(line)
  return 0
}

function live(
  home: Household,
  files: ReedTrained['files'],
  learnDays: number,
  days: number,
  io: Io,
): TrialScore {
  const config = defaultConfig()
  const models = opened(files)
  const meter = new TruthMeter(home)
  const events: DoorEvent[] = []
  let last: DoorEvent | undefined
  const played: PlayedHome = new PlayedHome(home, config, models, {
    happened: (event) => {
      if (supersedes(event, last)) events.pop()
      last = event
      events.push(played.atHome(event))
    },
  })
  const fromUs = learnDays * DAY_US
  const stretches = home.stretches({ leastShare: QUIET_SHARE }).filter(({ startUs }) => startUs >= fromUs)
  let reading: DoorReading | undefined
  let sampledUs = -Infinity
  let day = 0
  played.play(stretches, (nowUs) => {
    const current = played.pipeline.current()
    if (current !== reading || nowUs - sampledUs >= SAMPLE_US) {
      meter.sample(nowUs, current)
      sampledUs = nowUs
    }
    reading = current
    const today = Math.floor((nowUs - fromUs) / DAY_US)
    if (today > day) io.progress(`Day ${(day = today)} of ${days}`)
  })
  const happened = home.events().filter(({ startUs }) => startUs >= fromUs)
  return meter.score(happened, events)
}

/** As the appliance reads them: from their files, verified. */
function opened(files: ReedTrained['files']): HomeModels {
  const parent = mkdtempSync(path.join(tmpdir(), 'ajar-trial-'))
  try {
    const directory = path.join(parent, 'trial')
    writeArtefact(directory, files)
    return { standing: loadArtefact(directory), events: loadArtefact(path.join(directory, 'events')) }
  } finally {
    rmSync(parent, { recursive: true, force: true })
  }
}

function told(result: {
  site: string
  seed: number
  learnDays: number
  days: number
  certificate: { text: string }
  score: TrialScore | undefined
  seconds: number
}): string[] {
  const { site, seed, learnDays, days, certificate, score, seconds } = result
  const lines = [`Simulated ${site}, seed ${seed}, after ${learnDays} days with a reed. ${certificate.text}`]
  if (score === undefined) return lines
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  const s = (value: number | undefined) => (value === undefined ? '–' : `${value.toFixed(1)} s`)
  const kinds = Object.entries(score.events).map(
    ([kind, { happened, found, told: all, right }]) =>
      `  ${kind.padEnd(15)} ${happened} happened, ${found} found; ${all} told, ${right} of them right`,
  )
  return [
    ...lines,
    `In ${days} days after that (simulated; quiet is sampled, ${percent(QUIET_SHARE)} of all time or more is played):`,
    ...kinds,
    `  precision ${percent(score.precision)}, recall ${percent(score.recall)}; false alarms ${score.falseAlarmsPerDay.toFixed(2)} a day`,
    `  false closed ${score.falseClosed} times; wrong ${score.wrongMinutesPerDay.toFixed(2)} minutes a day; unknown ${percent(score.unknownShare)} of the time`,
    `  state after an event ${s(score.stateLatencyP50)} (95 %: ${s(score.stateLatencyP95)}); motion ${s(score.motionLatencyP50)} (95 %: ${s(score.motionLatencyP95)})`,
    `  ${seconds} s of computing`,
  ]
}
