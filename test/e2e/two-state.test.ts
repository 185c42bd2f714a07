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
const AT_ONCE = 4
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

/** Twenty visits of ten seconds in real time, and eight trainings: asked for, because it takes two minutes. */
const asked = process.env.AJAR_LONG === '1'
const why = asked ? needsCaptures : ' (skipped: two minutes long; AJAR_LONG=1 runs it)'

describe.skipIf(capturesAbsent || !asked)(`real recordings through a serial device${why}`, () => {
  const directory = temporaryDirectory()
  const visits = capturesAbsent || !asked ? [] : chosenVisits()

  beforeAll(async () => {
    const manifest = readFileSync(path.join(CAPTURES, 'two-state/dataset.yaml'), 'utf8').replace(
      /file: (n?los)\//g,
      `file: ${CAPTURES}/two-state/$1/`,
    )
    const dataset = path.join(directory, 'two-state.yaml')
    writeFileSync(dataset, `${manifest}\nstates: { los: open, nlos: closed }\n`)
    for (const session of new Set(visits.map((visit) => visit.session))) {
      const { code, stderr } = await ajar([
        'train',
        dataset,
        '--out',
        path.join(directory, session),
        '--without',
        session,
      ])
      expect(code, stderr.slice(-500)).toBe(0)
    }
  }, 180_000)

  it('at least 75 % of the visits of sessions that the model never saw are read right', async () => {
    const config = path.join(directory, 'ajar.yaml')
    writeFileSync(config, `gpio:\n  leds: { open: ${OPEN_LED}, closed: ${CLOSED_LED} }\n`)
    const results: string[] = []
    let right = 0
    const queue = [...visits]
    const worker = async (): Promise<void> => {
      for (let visit = queue.shift(); visit !== undefined; visit = queue.shift()) {
        const outcome = await read(visit, config)
        const wanted = EXPECTED[visit.marker]
        if (outcome.door.state === wanted) right++
        results.push(
          `${visit.session} ${path.basename(visit.file)}: ${JSON.stringify(outcome.door.state)} (${outcome.door.reason})`,
        )
        expect(outcome.stored, 'the database holds what HTTP said').toBe(outcome.door.state)
        if (outcome.leds !== undefined)
          expect(outcome.leds, 'the LEDs show what HTTP said').toEqual({
            open: outcome.door.state === 'open' ? 1 : 0,
            closed: outcome.door.state === 'closed' ? 1 : 0,
          })
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    process.stderr.write(`${right} of ${visits.length} visits right\n${results.sort().join('\n')}\n`)
    expect(right / visits.length).toBeGreaterThanOrEqual(0.75)
  }, 400_000)

  async function read(
    visit: Visit,
    config: string,
  ): Promise<{ door: Door; stored: string; leds?: { open: number; closed: number } }> {
    const pty = await openPty()
    const gpio = fakeGpioAbsent ? undefined : new FakeGpio([OPEN_LED, CLOSED_LED])
    const model = path.join(directory, visit.session)
    const appliance = await Appliance.start(['--config', config, '--port', pty.device, '--model', model], {
      wrap: gpio?.wrap,
    })
    try {
      await appliance.reads(({ state }) => state === 'unknown', 5000)
      await stream(visit.file, (bytes) => pty.write(bytes))
      await sleep(300)
      const door = await appliance.door()
      const leds = gpio && { open: gpio.value(OPEN_LED), closed: gpio.value(CLOSED_LED) }
      const database = new Database(path.join(appliance.dataDirectory, 'ajar.db'), { readonly: true })
      const row = database
        .prepare('SELECT reading FROM event ORDER BY id DESC LIMIT 1')
        .pluck()
        .get() as string
      database.close()
      return { door, stored: (JSON.parse(row) as Door).state, leds }
    } finally {
      expect(await appliance.stop(), appliance.output().slice(-1000)).toBe(0)
      await pty.close()
    }
  }
})
