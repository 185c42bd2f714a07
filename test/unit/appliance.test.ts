import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { Appliance } from '../../src/appliance.js'
import { openModel, startModel } from '../../src/commands/open-model.js'
import { sourceOf } from '../../src/commands/run.js'
import { defaultConfig } from '../../src/config/load.js'
import type { Source } from '../../src/domain/link.js'
import { SystemClock } from '../../src/platform/clock.js'
import { createLogger } from '../../src/platform/logger.js'
import { RecordingWriter } from '../../src/sensing/link/recording.js'

const clock = new SystemClock()
/** A receiver that says nothing. */
const silent = (simulated: boolean): Source => ({
  simulated,
  start: async (on) => on.event({ type: 'open', detail: '/dev/ttyUSB9' }),
  stop: async () => undefined,
})

function home(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'ajar-appliance-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return directory
}

function configOf(directory: string, model = '') {
  const config = defaultConfig()
  config.dataDirectory = directory
  config.model.directory = model
  config.api.port = 0
  return config
}

async function started(options: { model?: string; simulated?: boolean; level?: 'warn' | 'error' } = {}) {
  const directory = home()
  const { model, simulated = false, level = 'error' } = options
  const levels: string[] = []
  const setLevel = (set: string): void => void levels.push(set)
  const log = { ...createLogger(level, { write: () => undefined }), setLevel }
  const config = configOf(directory, model)
  const running = await startModel(config.model, log.logger, new AbortController().signal)
  const appliance = new Appliance({
    config,
    version: '1',
    clock,
    log,
    source: silent(simulated),
    model: running,
    openModel: (directory) => openModel({ ...config.model, directory }),
    trainCommand: ['false'],
  })
  await appliance.start(new AbortController().signal)
  onTestFinished(() => appliance.stop())
  const authorization = `Bearer ${readFileSync(path.join(directory, 'api-token'), 'utf8').trim()}`
  const ask = (route: string, init: RequestInit = {}) =>
    fetch(`${appliance.url}${route}`, {
      ...init,
      headers: { authorization, 'content-type': 'application/json' },
    })
  const json = async (route: string) => (await ask(route)).json()
  return { directory, appliance, ask, json, levels }
}

test('what a simulated model says is simulated, whatever the packets are', async () => {
  const { json } = await started({ model: path.resolve('models/demo') })
  expect(await json('/api/v1/door')).toMatchObject({ simulated: true, name: 'Front door' })
  expect(await json('/api/v1/model')).toMatchObject({ simulated: true })
  expect(await json('/api/v1/link')).toMatchObject({ simulated: false })
})

test('without a simulated part nothing is simulated; a simulated source is one', async () => {
  expect(await (await started()).json('/api/v1/door')).toMatchObject({ simulated: false })
  const { json } = await started({ simulated: true })
  expect(await json('/api/v1/door')).toMatchObject({ simulated: true })
  expect(await json('/api/v1/link')).toMatchObject({ simulated: true })
  expect(await json('/api/v1/model')).toMatchObject({ simulated: false })
})

test('a recording says what its source was', async () => {
  const { appliance, ask } = await started({ simulated: true })
  const status = (await (await ask('/api/v1/recordings', { method: 'POST', body: '{}' })).json()) as {
    file: string
  }
  await appliance.stop()
  expect(readFileSync(status.file, 'utf8')).toMatch(/^AJAR1 \{.*"source":"\/dev\/ttyUSB9".*"simulated":true/)
})

test('a simulated recording that is replayed is simulated', async () => {
  const directory = home()
  const record = async (name: string, simulated: boolean | undefined): Promise<string> => {
    const file = path.join(directory, name)
    const header = { source: 's', baudRate: 0, startedMs: 0, note: '', simulated }
    const writer = await RecordingWriter.open(file, header, { mostBytes: 100, mostSeconds: 1 })
    await writer.close()
    return file
  }
  const simulated = await record('simulated.ajar', true)
  const zipped = path.join(directory, 'simulated.ajar.gz')
  writeFileSync(zipped, gzipSync(readFileSync(simulated)))
  const text = path.join(directory, 'text.csv')
  writeFileSync(text, 'CSI_DATA,1\n')
  const of = async (capture: string) =>
    (await sourceOf({ capture, version: '1' }, configOf(directory), clock)).simulated
  expect(await of(simulated)).toBe(true)
  expect(await of(zipped)).toBe(true)
  expect(await of(await record('real.ajar', false))).toBe(false)
  expect(await of(await record('older.ajar', undefined))).toBe(false)
  expect(await of(text)).toBe(false)
})

test('a simulated site that is none is wrong use, said before anything starts', async () => {
  const nope = sourceOf({ simulate: 'nope', version: '1' }, configOf(home()), clock)
  await expect(nope).rejects.toMatchObject({
    code: 'usage.site',
    hint: expect.stringContaining('metal-doorway'),
  })
})

test('a log level that was set for a time goes back to the one that was there', async () => {
  const { ask, levels } = await started({ level: 'warn' })
  const answer = await ask('/api/v1/log-level', { method: 'PATCH', body: '{"level":"debug","seconds":1}' })
  expect(answer.status).toBe(200)
  await expect.poll(() => levels, { timeout: 5000 }).toEqual(['debug', 'warn'])
})

test('commissioning: without GPIO it says why it cannot begin, and goes on as before', async () => {
  const { ask, json } = await started()
  const start = await ask('/api/v1/commissioning', { method: 'POST', body: '{"reedPin":4}' })
  expect(start.status).toBe(409)
  expect(await start.json()).toMatchObject({ code: 'commissioning.reed-absent' })
  const unnamed = await ask('/api/v1/commissioning', { method: 'POST', body: '{}' })
  expect(await unnamed.json()).toMatchObject({ code: 'commissioning.pin' })
  expect(await json('/api/v1/commissioning')).toMatchObject({
    phase: 'idle',
    counts: { bursts: 0 },
    reasons: [],
  })
  expect(await json('/api/v1/door')).toMatchObject({ reason: 'no-model' })
})
