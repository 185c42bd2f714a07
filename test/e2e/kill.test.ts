import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { Appliance, temporaryDirectory, until } from '../support/appliance-process.js'
import { recordBusyDoor } from '../support/busy-door.js'
import { EventStream, type Acknowledged } from '../support/event-stream.js'
import { seededRandom } from '../support/packets.js'

/** While states are being published. */
const KILLS = 200
/** Before it is up: in the midst of opening the database that the kill before left behind. */
const KILLS_AT_START = 20
const AT_ONCE = 3
/** A life lasts until 1 to this many states are acknowledged: by states, so that a slow machine shows as many … */
const MOST_STATES = 12
/** … and up to this much longer, so that the end comes anywhere between two commits or in one. */
const MOST_MS_LONGER = 30
/** Longest life of one that is killed at its start: it takes about as long to be up. */
const LONGEST_START_MS = 500
/** Of the recording: 4 s of it, a swing and a rest, go by in 13 ms. */
const PACE = 300

/** A data directory in which appliances live and are killed, one after the other. */
class Victim {
  readonly acknowledged = new Map<number, Acknowledged>()
  readonly file: string
  private highest = 0

  constructor(
    private readonly recording: string,
    private readonly random: () => number,
    readonly directory = temporaryDirectory(),
  ) {
    this.file = path.join(directory, 'ajar.db')
  }

  /** One life and its end. */
  async live(): Promise<void> {
    const { recording, directory } = this
    const args = ['--capture', recording, '--pace', String(PACE), '--model', path.resolve('models/demo')]
    const appliance = await Appliance.start(args, { dataDirectory: directory })
    const stream = await EventStream.open(appliance.url)
    const before = this.highest
    const enough = 1 + Math.floor(this.random() * MOST_STATES)
    try {
      await until(() => stream.acknowledged.filter(({ id }) => id > before).length >= enough, 20_000)
      await sleep(this.random() * MOST_MS_LONGER)
    } finally {
      await appliance.kill()
    }
    await stream.over
    for (const one of stream.acknowledged) {
      const known = this.acknowledged.get(one.id)
      // Only the state of the moment of connecting may stand under an id that is known: then it is that state.
      if (known === undefined) expect(one.id, 'ids rise over all lives').toBeGreaterThan(this.highest)
      else expect(one, 'an id stands for one state for ever').toEqual(known)
      this.acknowledged.set(one.id, one)
      this.highest = Math.max(this.highest, one.id)
    }
    this.check()
  }

  /** A life that ends before it is up. */
  async start(): Promise<void> {
    const args = ['dist/cli.js', 'run', '--capture', this.recording, '--http-port', '0', '--data-dir']
    const child = spawn(process.execPath, [...args, this.directory], { stdio: 'ignore' })
    const exit = once(child, 'exit')
    await sleep(this.random() * LONGEST_START_MS)
    child.kill('SIGKILL')
    await exit
    if (existsSync(this.file)) this.check()
  }

  /** On a copy: recovery is left to the appliance, which must manage it alone. */
  private check(): void {
    const copy = path.join(temporaryDirectory(), 'ajar.db')
    for (const suffix of ['', '-wal'])
      if (existsSync(this.file + suffix)) copyFileSync(this.file + suffix, copy + suffix)
    const database = new Database(copy)
    try {
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
      const tables = database.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'event'").pluck().get()
      if (tables === 0) return expect(this.acknowledged.size).toBe(0) // killed before the first migration
      const rows = database.prepare('SELECT id, reading FROM event').all() as {
        id: number
        reading: string
      }[]
      const kept = new Map(rows.map(({ id, reading }) => [id, JSON.parse(reading) as Acknowledged]))
      for (const [id, { state, reason, epoch }] of this.acknowledged)
        expect(kept.get(id), `event ${id}`).toMatchObject({ state, reason, epoch })
      // What was committed but never seen counts too: its id is taken.
      this.highest = Math.max(this.highest, ...kept.keys())
    } finally {
      database.close()
      rmSync(path.dirname(copy), { recursive: true })
    }
  }
}

it(`${KILLS} kills -9 at random moments: every acknowledged state is there and the database is whole`, async () => {
  const recording = path.join(temporaryDirectory(), 'busy-door.bin')
  recordBusyDoor(recording, 600)
  const startedMs = performance.now()
  const seed = Date.now() & 0xffff
  const victims = Array.from({ length: AT_ONCE }, (_, n) => new Victim(recording, seededRandom(seed + n)))
  let kills = 0
  let killsAtStart = 0
  const endLives = async (victim: Victim): Promise<void> => {
    while (kills < KILLS) {
      if (++kills % (KILLS / KILLS_AT_START) === 0) {
        killsAtStart++
        await victim.start()
      }
      await victim.live()
    }
  }
  try {
    await Promise.all(victims.map(endLives))
  } catch (error) {
    throw new Error(`after ${kills} kills, seed ${seed}: ${String(error)}`, { cause: error })
  }
  const acknowledged = victims.reduce((sum, victim) => sum + victim.acknowledged.size, 0)
  const states = new Set(
    victims.flatMap((victim) => [...victim.acknowledged.values()].map((one) => one.state)),
  )
  const seconds = Math.round((performance.now() - startedMs) / 1000)
  process.stderr.write(
    `${kills} kills and ${killsAtStart} at the start in ${seconds} s: ${acknowledged} states acknowledged, none lost\n`,
  )
  expect(kills).toBe(KILLS)
  expect(acknowledged).toBeGreaterThan(4 * KILLS)
  expect(states).toContain('open')
  expect(states).toContain('closed')
}, 600_000)
