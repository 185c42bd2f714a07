import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { DoorReading, State } from '../../../../src/domain/reading.js'
import type { Clock, Instant } from '../../../../src/domain/time.js'
import { createLogger } from '../../../../src/platform/logger.js'
import type { FlagHeader } from '../../../../src/sensing/link/flag-folder.js'
import { Flags } from '../../../../src/sensing/link/flags.js'
import { RecordingReader } from '../../../../src/sensing/link/recording.js'
import { MountedFolder, mountingAbsent } from '../../../support/mounted-folder.js'

const MIB = 1 << 20
let home: string
let directory: string
let us: number
let shown: DoorReading
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'ajar-flags-'))
  directory = path.join(home, 'flags')
  us = 1_000_000_000
  shown = reading('closed')
})
afterEach(() => rmSync(home, { recursive: true }))

const clock: Clock = { monotonicUs: () => us, now: () => now() }
const now = (): Instant => ({ bootId: 'b', monotonicUs: us, wallMs: 1.79e12 + us / 1000, wallTrusted: true })

function reading(state: State): DoorReading {
  const rest = { epoch: 3, provisional: true, simulated: false, engine: 'int8-js', model: 'm' }
  const at = now()
  return {
    doorId: 'front',
    state,
    motion: 'still',
    confidence: 0.9,
    reason: 'decided',
    since: at,
    at,
    ...rest,
  }
}

function flagsOf(settings: Partial<ConstructorParameters<typeof Flags>[1]> = {}): Flags {
  const origin = () => ({
    ...{ source: '/dev/ttyUSB0', baudRate: 921_600, simulated: false, version: '1' },
    ...{ model: 'm', engine: 'int8-js', settingsHash: 'abc', reading: shown },
  })
  const all = { seconds: 120, memoryBytes: 2 * MIB, maxFlags: 3, maxBytes: 16 * MIB, ...settings }
  return new Flags(directory, all, clock, origin, createLogger('error', { write: () => undefined }).logger)
}

async function read(file: string): Promise<{ header: FlagHeader; text: string }> {
  async function* whole() {
    yield readFileSync(file)
  }
  const reader = new RecordingReader(whole())
  let text = ''
  for await (const { bytes } of reader.records()) text += Buffer.from(bytes).toString()
  return { header: reader.header as FlagHeader, text }
}

describe('a flag', () => {
  it('is a recording of the last minutes with what was said of them', async () => {
    const flags = flagsOf()
    flags.event({ type: 'open', detail: '/dev/ttyUSB0' })
    flags.bytes(Buffer.from('long ago '), us)
    us += 121e6
    for (const state of ['open', 'closed'] as const) {
      flags.bytes(Buffer.from(`${state} `), us)
      flags.reading((shown = reading(state)))
      flags.reading(shown) // published again
      us += 2e6
    }
    const flag = await flags.save({ note: 'it stood open' })
    expect(flag).toMatchObject({
      seconds: 2,
      note: 'it stood open',
      reading: { state: 'closed' },
      model: 'm',
    })
    expect(path.dirname(flag.file)).toBe(directory)
    const { header, text } = await read(flag.file)
    expect(text).toBe('open closed ')
    expect(header).toMatchObject({ source: '/dev/ttyUSB0', baudRate: 921_600, note: 'it stood open' })
    expect(header.startedMs).toBe(1.79e12 + (us - 4e6) / 1000)
    expect(header.flag).toMatchObject({ atUs: us, settingsHash: 'abc', engine: 'int8-js', doorId: 'front' })
    expect(header.flag.recent.map(({ state, atUs }) => [state, us - atUs])).toEqual([
      ['open', 4e6],
      ['closed', 2e6],
    ])
    expect(header.flag.events).toEqual([])
    const { flags: listed, ...status } = await flags.list()
    expect(listed).toEqual([flag])
    expect(status).toMatchObject({ dropped: 0, unreadable: 0, recent: { droppedBytes: 0 } })
  })

  it('can be made before there was a byte', async () => {
    const { seconds, file } = await flagsOf().save({ note: '' })
    expect(seconds).toBe(0)
    expect((await read(file)).text).toBe('')
  })

  it('has a note that steers no terminal', async () => {
    const { note } = await flagsOf().save({ note: ' \x1b[31mit\r\nwas\0 ‮open\u2028 ' })
    expect(note).toBe('[31mit was open')
  })

  it('is refused so soon after another, and while one is written', async () => {
    const flags = flagsOf()
    const first = flags.save({ note: '' })
    await expect(flags.save({ note: '' })).rejects.toMatchObject({ code: 'flag.running', retryable: true })
    await first
    us += 9e6
    await expect(flags.save({ note: '' })).rejects.toMatchObject({ code: 'flag.too-soon', retryable: true })
    us += 2e6
    await flags.save({ note: '' })
    expect(readdirSync(directory)).toHaveLength(2)
  })
})

describe('flags together', () => {
  async function save(flags: Flags, note: string): Promise<void> {
    us += 11e6
    flags.bytes(Buffer.alloc(60_000), us)
    await flags.save({ note })
  }
  const notes = async (flags: Flags) => (await flags.list()).flags.map(({ note }) => note)

  it('are bounded in number: the oldest makes room, over restarts and wrong clocks', async () => {
    const flags = flagsOf()
    for (const note of ['1', '2', '3', '4']) await save(flags, note)
    expect(await notes(flags)).toEqual(['2', '3', '4'])
    expect((await flags.list()).dropped).toBe(1)
    us -= 5e8 // the clock was put back
    const later = flagsOf()
    await save(later, '5')
    expect(await notes(later)).toEqual(['3', '4', '5'])
  })

  it('are bounded in bytes, and the newest always stays', async () => {
    const flags = flagsOf({ maxFlags: 100, maxBytes: 100_000, seconds: 10 })
    for (const note of ['1', '2', '3']) await save(flags, note)
    expect(await notes(flags)).toEqual(['3'])
  })

  it('bear what a power cut or a person leaves in the folder', async () => {
    mkdirSync(directory)
    writeFileSync(path.join(directory, '000001-2026-01-01T00-00-00-000Z.ajar.part'), 'AJAR1 {"half')
    writeFileSync(path.join(directory, '000007-damaged.ajar'), 'AJAR1 {"half')
    writeFileSync(path.join(directory, 'notes.txt'), 'mine')
    const flags = flagsOf()
    await save(flags, 'new')
    expect(await flags.list()).toMatchObject({ flags: [{ note: 'new' }], unreadable: 1 })
    const names = readdirSync(directory)
    expect(names).toContain('notes.txt')
    expect(names.some((name) => name.endsWith('.part'))).toBe(false)
    expect(names.some((name) => name.startsWith('000008-'))).toBe(true)
  })

  it('say what is to be done where they cannot be written, and can be once it is', async () => {
    writeFileSync(directory, 'a file where the folder should be')
    const flags = flagsOf()
    await expect(flags.save({ note: '' })).rejects.toMatchObject({
      code: 'recording.write',
      retryable: true,
      hint: expect.stringContaining('df -h') as string,
    })
    rmSync(directory)
    await flags.save({ note: '' })
    chmodSync(directory, 0o700)
    expect((await flags.list()).flags).toHaveLength(1)
  })

  it.skipIf(mountingAbsent !== undefined)('leave room on the medium for what matters more', async () => {
    const small = new MountedFolder(60)
    onTestFinished(() => small.unmount())
    directory = path.join(small.path, 'flags')
    const flags = flagsOf()
    await expect(save(flags, 'one')).rejects.toMatchObject({
      code: 'flag.no-room',
      retryable: true,
      hint: expect.stringContaining('df -h') as string,
    })
    expect((await flags.list()).flags).toEqual([])
  })
})
