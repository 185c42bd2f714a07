import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import Database from 'better-sqlite3'
import { beforeAll, describe, expect, it } from 'vitest'
import { ajar, Appliance, temporaryDirectory, type Door } from '../support/appliance-process.js'
import { CAPTURES, capturesAbsent, needsCaptures } from '../support/captures.js'
import { FakeGpio, fakeGpioAbsent } from '../support/fake-gpio.js'
import { openPty } from '../support/pty.js'

const VISITS_PER_CLASS = 10
/** Each is mostly waiting for the recording's clock. */
const VISITS_AT_ONCE = 5
/** Each keeps a core busy. */
const TRAININGS_AT_ONCE = 2
const OPEN_LED = 17
const CLOSED_LED = 27
const EXPECTED = { los: 'open', nlos: 'closed' } as const

interface Visit {
  marker: 'los' | 'nlos'
  file: string
  session: string
}

/** Evenly spread over the files of a class, chosen without looking at what is in them. */
function chosenVisits(): Visit[] {
  const manifest = readFileSync(path.join(CAPTURES, 'two-state/dataset.yaml'), 'utf8')
  return (['los', 'nlos'] as const).flatMap((marker) => {
    const files = readdirSync(path.join(CAPTURES, 'two-state', marker)).sort()
    return Array.from({ length: VISITS_PER_CLASS }, (_, i) => {
      const name = files[Math.floor(((i + 0.5) * files.length) / VISITS_PER_CLASS)]
      const session = new RegExp(`${marker}/${name}, marker: \\w+, session: ([\\w-]+)`).exec(
        manifest,
      )?.[1] as string
      return { marker, file: path.join(CAPTURES, 'two-state', marker, name), session }
    })
  })
}

async function atOnce<T>(most: number, items: readonly T[], body: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items]
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await body(item)
  }
  await Promise.all(Array.from({ length: most }, worker))
}

/** Writes a visit at the pace of its own clock; resolves with its last line. */
async function stream(file: string, write: (bytes: string) => Promise<void>): Promise<void> {
  const lines = gunzipSync(readFileSync(file)).toString('latin1').split('\n')
  const startMs = performance.now()
  let firstUs: number | undefined
  for (const line of lines) {
    const columns = line.startsWith('CSI_DATA') ? line.split(',', 19) : []
    const timeUs =
      columns.length === 19 && /^-?\d+$/.test(columns[18]) ? Number(columns[18]) >>> 0 : undefined
    if (timeUs !== undefined) {
      firstUs ??= timeUs
      const dueMs = (timeUs - firstUs) / 1000 - (performance.now() - startMs)
      if (dueMs > 2) await sleep(dueMs)
    }
    await write(`${line}\n`)
  }
}

describe.skipIf(capturesAbsent)(`real recordings through a serial device${needsCaptures}`, () => {
  const directory = temporaryDirectory()
  const visits = capturesAbsent ? [] : chosenVisits()

  beforeAll(async () => {
    const manifest = readFileSync(path.join(CAPTURES, 'two-state/dataset.yaml'), 'utf8').replace(
      /file: (n?los)\//g,
      `file: ${CAPTURES}/two-state/$1/`,
    )
    const dataset = path.join(directory, 'two-state.yaml')
    writeFileSync(dataset, `${manifest}\nstates: { los: open, nlos: closed }\n`)
    const startedMs = performance.now()
    const sessions = [...new Set(visits.map((visit) => visit.session))]
    await atOnce(TRAININGS_AT_ONCE, sessions, async (session) => {
      const out = path.join(directory, session)
      const { code, stderr } = await ajar(['train', dataset, '--out', out, '--without', session])
      expect(code, stderr.slice(-500)).toBe(0)
    })
    const seconds = Math.round((performance.now() - startedMs) / 1000)
    process.stderr.write(`${sessions.length} trainings in ${seconds} s\n`)
  }, 300_000)

  it('at least 75 % of the visits of sessions that the model never saw are read right', async () => {
    const config = path.join(directory, 'ajar.yaml')
    writeFileSync(config, `gpio:\n  leds: { open: ${OPEN_LED}, closed: ${CLOSED_LED} }\n`)
    const results: string[] = []
    let right = 0
    let rightAtEnd = 0
    await atOnce(VISITS_AT_ONCE, visits, async (visit) => {
      const outcome = await read(visit, config)
      const isRight = outcome.stoodLongest === EXPECTED[visit.marker]
      if (isRight) right++
      if (outcome.door.state === EXPECTED[visit.marker]) rightAtEnd++
      results.push(
        `${isRight ? 'right' : 'WRONG'} ${visit.session} ${path.basename(visit.file)}: ` +
          `${outcome.stoodLongest}, at its end ${outcome.door.state} (${outcome.door.reason})`,
      )
      expect(outcome.stored, 'the database holds what HTTP said').toBe(outcome.door.state)
      if (outcome.leds !== undefined)
        expect(outcome.leds, 'the LEDs show what HTTP said').toEqual({
          open: outcome.door.state === 'open' ? 1 : 0,
          closed: outcome.door.state === 'closed' ? 1 : 0,
        })
    })
    process.stderr.write(
      `${right} of ${visits.length} visits right, ${rightAtEnd} at the very end\n${results.sort().join('\n')}\n`,
    )
    expect(right / visits.length).toBeGreaterThanOrEqual(0.75)
  }, 400_000)

  async function read(
    visit: Visit,
    config: string,
  ): Promise<{
    door: Door
    stored: string
    stoodLongest: string
    leds?: { open: number; closed: number }
  }> {
    const pty = await openPty()
    const gpio = fakeGpioAbsent ? undefined : new FakeGpio([OPEN_LED, CLOSED_LED])
    const model = path.join(directory, visit.session)
    const appliance = await Appliance.start(['--config', config, '--port', pty.device, '--model', model], {
      wrap: gpio?.wrap,
    })
    try {
      await appliance.reads(({ state }) => state === 'unknown', 5000)
      await stream(visit.file, (bytes) => pty.write(bytes))
      const endMs = Date.now()
      await sleep(300)
      const door = await appliance.door()
      const leds = gpio && { open: gpio.value(OPEN_LED), closed: gpio.value(CLOSED_LED) }
      const database = new Database(path.join(appliance.dataDirectory, 'ajar.db'), { readonly: true })
      const rows = database.prepare('SELECT reading FROM event ORDER BY id').pluck().all() as string[]
      database.close()
      const kept = rows.map((row) => JSON.parse(row) as Kept)
      return { door, stored: kept[kept.length - 1].state, stoodLongest: stoodLongest(kept, endMs), leds }
    } finally {
      expect(await appliance.stop(), appliance.output().slice(-1000)).toBe(0)
      await pty.close()
    }
  }
})

interface Kept {
  state: string
  at: { wallMs: number }
}

/**
 * What a visit, in which nothing changed, was read as: the state that stood longest from the first decision to the
 * recording's end, unknown among them. A recording that ends as somebody begins to move ends in `unknown`.
 */
function stoodLongest(kept: readonly Kept[], endMs: number): string {
  const first = kept.findIndex(({ state }) => state !== 'unknown')
  if (first < 0) return 'unknown'
  const stoodMs = new Map<string, number>()
  kept.slice(first).forEach(({ state, at }, index, all) => {
    const untilMs = all[index + 1]?.at.wallMs ?? Math.max(endMs, at.wallMs)
    stoodMs.set(state, (stoodMs.get(state) ?? 0) + untilMs - at.wallMs)
  })
  return [...stoodMs].reduce((longest, next) => (next[1] > longest[1] ? next : longest))[0]
}
