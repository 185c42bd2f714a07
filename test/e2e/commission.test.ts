import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import type { CommissioningStatus } from '../../src/domain/commissioning.js'
import { journalDays } from '../../src/learning/commissioning/journal.js'
import { readJournal } from '../../src/learning/commissioning/journal-reader.js'
import { Household } from '../../src/learning/simulator/household.js'
import { RecordingWriter } from '../../src/sensing/link/recording.js'
import { ajar, Appliance, temporaryDirectory, until } from '../support/appliance-process.js'
import { FakeGpio, fakeGpioAbsent } from '../support/fake-gpio.js'
import { ReedHousehold, TAUGHT } from '../support/reed-household.js'

const REED = 4
const FOR_S = 1e6

const journalOf = (directory: string) => readJournal(path.join(directory, 'commissioning'))
const at = (appliance: Appliance): string[] => [
  '--data-dir',
  appliance.dataDirectory,
  '--http-port',
  new URL(appliance.url).port,
]
const statusOf = (appliance: Appliance) => appliance.json<CommissioningStatus>('/api/v1/commissioning')
const codesOf = async (appliance: Appliance) => (await statusOf(appliance)).reasons.map(({ code }) => code)

it('says how to start the appliance where none runs, and which line is missing', async () => {
  const nobody = await ajar(['commission', '--reed-pin', '4', '--data-dir', temporaryDirectory()])
  expect(nobody.code).toBe(1)
  expect(nobody.stderr).toContain('ajar run')
  const unnamed = await ajar(['commission', '--data-dir', temporaryDirectory()])
  expect(unnamed.code).toBe(2)
  expect(unnamed.stderr).toContain('--reed-pin')
  const empty = await ajar(['commission', '--train-now', '--data-dir', temporaryDirectory()])
  expect(empty.code).toBe(1)
  expect(empty.stderr).toContain('nothing to learn from')
})

it('a machine without GPIO cannot begin, and says so', async () => {
  const appliance = await Appliance.start(['--simulate', 'metal-doorway'])
  const { code, stderr } = await ajar(['commission', '--reed-pin', '4', ...at(appliance)])
  expect(code).toBe(1)
  expect(stderr).toMatch(/GPIO/)
  expect((await appliance.door()).reason).not.toBe('learning')
  await appliance.stop()
})

describe.skipIf(fakeGpioAbsent)('a door with a reed switch', () => {
  it('learns across kill -9: nothing is lost but the record that was being written', async () => {
    const gpio = new FakeGpio([REED])
    const begin = (dataDirectory?: string) =>
      Appliance.start(['--simulate', 'metal-doorway'], { wrap: gpio.wrap, dataDirectory })
    const first = await begin()
    gpio.set(REED, 1)
    const turned = await ajar(['commission', '--reed-pin', String(REED), ...at(first)])
    expect(turned.code).toBe(1)
    expect(turned.stderr).toContain('the wrong way round')
    expect(turned.stderr).toContain('--inverted')
    gpio.set(REED, 0)
    const started = await ajar(['commission', '--reed-pin', String(REED), ...at(first)])
    expect(started.code, started.stderr).toBe(0)
    expect(started.stdout).toContain('you may leave')
    await first.reads(({ reason, motion }) => reason === 'learning' && motion === 'still', 10_000)
    expect((await first.door()).state).toBe('unknown')
    gpio.set(REED, 1)
    await until(async () => (await statusOf(first)).counts.openings === 1, 5000)
    expect((await statusOf(first)).reed).toEqual({ pin: REED, inverted: false, door: 'open' })
    gpio.set(REED, 0)
    await until(async () => (await statusOf(first)).counts.bursts >= 2, 90_000)
    await sleep(300)
    await first.kill()

    const before = await journalOf(first.dataDirectory)
    expect(before).toMatchObject({ torn: 0, simulated: true })
    expect(before.bursts.length).toBeGreaterThanOrEqual(2)
    const [{ file }] = journalDays(path.join(first.dataDirectory, 'commissioning'))
    const bytes = readFileSync(file)
    appendFileSync(file, bytes.subarray(0, bytes.length >> 1).subarray(0, 1000))

    const second = await begin(first.dataDirectory)
    await second.reads(({ reason }) => reason === 'learning', 10_000)
    const was = await statusOf(second)
    expect(was).toMatchObject({ phase: 'learning', reed: { pin: REED, door: 'closed' } })
    await until(async () => (await statusOf(second)).counts.bursts > was.counts.bursts, 90_000)
    expect(await second.stop()).toBe(0)
    const after = await journalOf(first.dataDirectory)
    expect(after.torn).toBe(1)
    const names = new Set(after.bursts.map(({ name }) => name))
    expect(before.bursts.filter(({ name }) => !names.has(name))).toEqual([])
    expect(after.bursts.length).toBeGreaterThan(before.bursts.length)

    const third = await begin(first.dataDirectory)
    await third.reads(({ reason }) => reason === 'learning', 10_000)
    expect((await ajar(['commission', '--stop', ...at(third)])).code).toBe(0)
    await third.reads(({ reason }) => reason === 'no-model', 5000)
    await third.stop()
  })

  describe('that has taught for days', () => {
    const directory = temporaryDirectory()
    let capture: string

    beforeAll(async () => {
      await new ReedHousehold(path.join(directory, 'commissioning'), TAUGHT).play()
      capture = await recordOpening(directory)
    }, 300_000)

    it('goes live while the link goes on, asks for the reed back, and decides after a restart', async () => {
      const gpio = new FakeGpio([REED])
      const args = ['--capture', capture, '--pace', 'device']
      const appliance = await Appliance.start(args, { dataDirectory: directory, wrap: gpio.wrap })
      const started = await ajar(['commission', '--reed-pin', String(REED), ...at(appliance)])
      expect(started.code, started.stderr).toBe(0)
      await appliance.reads(({ reason }) => reason === 'learning', 10_000)
      expect(await codesOf(appliance)).toContain('commissioning.learning')

      const trained = await ajar(['commission', '--train-now', '--json', '--data-dir', directory])
      expect(trained.code, trained.stderr).toBe(0)
      const certificate = JSON.parse(trained.stdout) as Record<string, unknown>
      expect(certificate).toMatchObject({ live: true, simulated: true, journal: { torn: 0 } })
      expect(String(certificate.text)).toMatch(/^SIMULATED.*openings and closings against the reed/)
      expect(trained.stderr).toContain('left out')

      const known = await appliance.reads(({ reason }) => reason === 'decided', 15_000)
      expect(known).toMatchObject({ state: 'closed', simulated: true, model: certificate.model })
      expect(known.provisional).toBe(certificate.verdict !== 'usable')
      await appliance.reads(({ state }) => state === 'open', 90_000)
      expect(await statusOf(appliance)).toMatchObject({
        phase: 'live',
        verdict: { verdict: certificate.verdict },
      })
      expect(await codesOf(appliance)).toContain('commissioning.reed-back')
      const shown = await ajar(['commission', '--status', ...at(appliance)])
      expect(shown.stdout).toContain('Phase: live')
      expect(shown.stdout).toContain(String(certificate.text))
      await appliance.kill()

      const again = await Appliance.start(args, { dataDirectory: directory, wrap: gpio.wrap })
      expect(await again.reads(({ reason }) => reason === 'decided', 20_000)).toMatchObject({
        state: 'closed',
        model: certificate.model,
      })
      await again.stop()
    })

    it('a training that is killed leaves the model that was there', async () => {
      const models = path.join(directory, 'models')
      const current = readFileSync(path.join(models, 'current'), 'utf8')
      const before = readdirSync(models).sort()
      const { spawn } = await import('node:child_process')
      const args = ['dist/cli.js', 'commission', '--train-now', '--data-dir', directory]
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
      await new Promise((resolve) => child.stderr.once('data', resolve))
      child.kill('SIGKILL')
      await new Promise((resolve) => child.once('exit', resolve))
      expect(readFileSync(path.join(models, 'current'), 'utf8')).toBe(current)
      expect(readdirSync(models).sort()).toEqual(before)
      expect(existsSync(path.join(models, current.trim(), 'events', 'manifest.json'))).toBe(true)
    })
  })
})

/** The door that was learned from, a minute before it is opened until half a minute after, as a receiver would send it. */
async function recordOpening(directory: string): Promise<string> {
  const home = new Household({ site: 'metal-doorway', ...TAUGHT })
  const events = home.events()
  const found = events.findIndex(
    ({ kind, startUs }, i) =>
      kind === 'opened' &&
      startUs - (events[i - 1]?.endUs ?? 0) > 90 * FOR_S &&
      (events[i + 1]?.startUs ?? Infinity) - startUs > 60 * FOR_S,
  )
  const { startUs, endUs } = events[found]
  const file = path.join(directory, 'opening.ajar')
  const header = { source: 'simulator', baudRate: 0, startedMs: 0, note: '', simulated: true }
  const writer = await RecordingWriter.open(file, header, { mostBytes: 1 << 26, mostSeconds: 1000 })
  let packets = 0
  for (const { atUs, bytes } of home.play([{ startUs: startUs - 60 * FOR_S, endUs: endUs + 30 * FOR_S }])) {
    writer.append(Uint8Array.from(bytes), atUs)
    if (++packets % 500 === 0) await sleep(1)
  }
  await writer.close()
  return file
}
