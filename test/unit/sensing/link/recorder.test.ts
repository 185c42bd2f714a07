import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createLogger } from '../../../../src/platform/logger.js'
import { Recorder } from '../../../../src/sensing/link/recorder.js'

const MIB = 1 << 20
let home: string
let directory: string
let lines: { level: string; msg: string; hint?: string }[]
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'ajar-recorder-'))
  directory = path.join(home, 'recordings')
  lines = []
})
afterEach(() => rmSync(home, { recursive: true }))

function recorderOf(maxBytes = 64 * MIB): Recorder {
  const origin = () => ({ source: 'simulated site x', baudRate: 921_600, simulated: true })
  const { logger } = createLogger('info', { write: (line) => void lines.push(JSON.parse(line)) })
  return new Recorder(directory, { maxBytes }, origin, logger)
}

it('records, says where the bytes came from, and one at a time', async () => {
  const recorder = recorderOf()
  const status = await recorder.start({ seconds: 60, note: 'n' })
  await expect(recorder.start({ seconds: 1, note: '' })).rejects.toMatchObject({ code: 'recording.running' })
  recorder.bytes(Buffer.from('hello'), 1)
  expect(recorder.current()).toMatchObject({ bytes: 5, done: false })
  await recorder.stop()
  expect(recorder.current()).toMatchObject({ bytes: 5, done: true })
  const header = readFileSync(status.file, 'utf8').split('\n')[0].slice('AJAR1 '.length)
  expect(JSON.parse(header)).toMatchObject({ source: 'simulated site x', simulated: true, note: 'n' })
})

it('drops the one that is meant, and can record again', async () => {
  const recorder = recorderOf()
  const { id } = await recorder.start({ seconds: 60, note: '' })
  recorder.bytes(Buffer.from('hello'), 1)
  await expect(recorder.cancel('another')).rejects.toMatchObject({ code: 'recording.none' })
  await recorder.cancel(id)
  await expect(recorder.cancel(id)).rejects.toMatchObject({ code: 'recording.none' })
  expect(recorder.current()).toBeUndefined()
  expect(readdirSync(directory)).toEqual([])
  await recorder.start({ seconds: 60, note: '' })
  await recorder.stop()
  expect(readdirSync(directory)).toHaveLength(1)
})

it('refuses with a hint where it cannot write, and works once it can', async () => {
  writeFileSync(directory, 'a file where the folder should be')
  const recorder = recorderOf()
  await expect(recorder.start({ seconds: 1, note: '' })).rejects.toMatchObject({
    code: 'recording.write',
    retryable: true,
    hint: expect.stringContaining('df -h'),
  })
  expect(recorder.current()).toBeUndefined()
  rmSync(directory)
  await recorder.start({ seconds: 1, note: '' })
  await recorder.stop()
  expect(readdirSync(directory)).toHaveLength(1)
})

it('a recording that fails on the way is done with its error', async () => {
  const recorder = recorderOf()
  await recorder.start({ seconds: 60, note: '' })
  recorder.bytes(Buffer.from('hello'), 1)
  rmSync(directory, { recursive: true }) // its name can no longer be given
  await recorder.stop()
  expect(recorder.current()).toMatchObject({ bytes: 0, done: true, error: { code: 'recording.write' } })
  expect(lines.at(-1)).toMatchObject({ level: 'error', hint: expect.stringContaining('df -h') })
})

it('keeps all recordings together within the cap, over restarts, and refuses one more with what to do', async () => {
  const record = async (bytes: number): Promise<number> => {
    const recorder = recorderOf(3 * MIB)
    await recorder.start({ seconds: 60, note: '' })
    for (let at = 0; at < bytes; at += 10_000) {
      recorder.bytes(Buffer.alloc(10_000), at)
      if (at % 500_000 === 0) await new Promise((resolve) => setTimeout(resolve, 20)) // the medium keeps up
    }
    await recorder.stop()
    return recorder.current()!.bytes
  }
  expect(await record(1.5 * MIB)).toBeGreaterThan(1.4 * MIB)
  expect(await record(9 * MIB)).toBeLessThan(1.6 * MIB)
  await expect(recorderOf(3 * MIB).start({ seconds: 1, note: '' })).rejects.toMatchObject({
    code: 'recording.no-room',
    hint: expect.stringContaining('recordings.maxBytes'),
  })
})
