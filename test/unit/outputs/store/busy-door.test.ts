import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { defaultConfig } from '../../../../src/config/load.js'
import type { DoorReading } from '../../../../src/domain/reading.js'
import { inUse } from '../../../../src/learning/simulator/schedule.js'
import { Simulator } from '../../../../src/learning/simulator/simulator.js'
import { SqliteStore } from '../../../../src/outputs/store/sqlite-store.js'
import { StateKeeper } from '../../../../src/outputs/store/state-keeper.js'
import { createLogger } from '../../../../src/platform/logger.js'
import { loadArtefact } from '../../../../src/sensing/model/artefact.js'
import { pipelineOf } from '../../../support/pipeline.js'
import { ManualClock, temporaryDirectory } from './store-bench.js'

const MINUTES = 30
const PARTS_A_DAY = 1440 / MINUTES
const TICK_US = 500_000
/** What an SD card may be asked for, and what the weekly backup of a mature database takes of it. */
const MOST_BYTES_A_DAY = 50e6
const BACKUP_BYTES_A_DAY = 65e6 / 7
/** Every minute and a half, night and day. */
const USES_A_DAY = 1000

/** Bytes given to the kernel, and those that it has to bring to a medium for them; a memory file system has none. */
class Written {
  private readonly sums = { wchar: 0, write_bytes: 0 }

  by(body: () => void): void {
    const before = readFileSync('/proc/self/io', 'utf8')
    body()
    const after = readFileSync('/proc/self/io', 'utf8')
    for (const name of ['wchar', 'write_bytes'] as const)
      this.sums[name] += field(after, name) - field(before, name)
  }

  get bytes(): number {
    return Math.max(...Object.values(this.sums))
  }
}

function field(io: string, name: string): number {
  return Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(io)?.[1])
}

/** The simulated door of the demonstration, used without end, and what the appliance keeps of it. */
function keepFor(minutes: number, store: SqliteStore, clock: ManualClock) {
  const seen = { states: [] as DoorReading[], uses: 0, kept: new Written(), telemetry: new Written() }
  const keeper = new StateKeeper(store, createLogger('error').logger)
  const reading = (made: DoorReading): void => {
    if (made.state !== seen.states.at(-1)?.state) seen.states.push(made)
    seen.kept.by(() => keeper.keep(made, clock.us))
  }
  const pipeline = pipelineOf(clock, { artefact: loadArtefact(path.resolve('models/demo')), reading })
  reading(pipeline.current())
  pipeline.sourceEvent({ type: 'open', detail: 'simulated site metal-doorway' })
  const site = { site: 'metal-doorway', seed: 1, session: 0, packetsPerSecond: 100 }
  const simulator = new Simulator({ ...site, script: inUse(1, 0) })
  const startUs = clock.us
  let wasClosed = true
  for (let dueUs = 0; simulator.nextUs < minutes * 60e6;) {
    const nowUs = simulator.nextUs
    clock.pass((startUs + nowUs - clock.us) / 1000)
    pipeline.bytes(simulator.next(), clock.us)
    if (nowUs < dueUs) continue
    dueUs += TICK_US
    pipeline.tick()
    seen.telemetry.by(() => store.telemetry(pipeline.health()))
    const current = pipeline.current()
    if (keeper.isDue(current, clock.us)) seen.kept.by(() => keeper.keep(current, clock.us))
    const closed = simulator.state(nowUs) === 'closed'
    if (wasClosed && !closed) seen.uses++
    wasClosed = closed
  }
  return seen
}

test('a thousand uses of the door a day stay within 50 MB, and every state is kept', () => {
  const clock = new ManualClock()
  const store = new SqliteStore(path.join(temporaryDirectory(), 'ajar.db'), defaultConfig().store, clock)
  store.prune() // the log starts empty, the ballast lies
  const { states, uses, kept, telemetry } = keepFor(MINUTES, store, clock)
  const events = store.events({ doorId: 'front', limit: 10_000 }).map((event) => event.reading)
  store.close()

  expect(events.filter(({ state }, i) => state !== events[i - 1]?.state)).toEqual(states)
  const happened = ({ lastEvent }: DoorReading) => lastEvent?.at.monotonicUs
  const reasonsAlone = events.filter((reading, i) => {
    const before = events[i - 1]
    return i > 0 && reading.state === before.state && happened(reading) === happened(before)
  })
  expect(reasonsAlone.length).toBeLessThan(states.length / 10)
  const telemetryBytesADay = telemetry.bytes * PARTS_A_DAY
  const bytesADay = (kept.bytes / uses) * USES_A_DAY + telemetryBytesADay + BACKUP_BYTES_A_DAY
  expect(bytesADay).toBeLessThan(MOST_BYTES_A_DAY)
  // The demonstration uses its door every 25 s: its states alone are more than a day's share, and none is left out.
  expect(uses * PARTS_A_DAY).toBeGreaterThan(3000)
  expect(kept.bytes * PARTS_A_DAY + telemetryBytesADay).toBeLessThan(100e6)
}, 120_000)
