import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, readlink, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SourceEvent } from '../../../../src/domain/link.js'
import { SystemClock } from '../../../../src/platform/clock.js'
import { CaptureFileSource, type CaptureFileOptions } from '../../../../src/sensing/link/capture-file.js'
import { RecordingWriter } from '../../../../src/sensing/link/recording.js'
import { SourceProbe, until } from '../../../support/source-probe.js'

const CAPTURES = resolve('../shared/captures')
const clock = new SystemClock()
let directory: string
let file: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ajar-capture-'))
  file = join(directory, 'capture')
})
afterEach(() => rm(directory, { recursive: true }))

/** Lines of these captures end in their device time: `t=123\n`. */
function timeOfLine(bytes: Uint8Array): number | undefined {
  const time = /t=(-?\d+)\r?\n$/.exec(Buffer.from(bytes).toString('latin1'))
  return time ? Number(time[1]) : undefined
}

function source(options: Partial<CaptureFileOptions> = {}): CaptureFileSource {
  return new CaptureFileSource({ file, pace: 'max', clock, deviceTimeUs: timeOfLine, ...options })
}

/** Replays to the end; `atMs` of each arrival counts from before the start. */
async function replayed(options: Partial<CaptureFileOptions> = {}) {
  const replay = source(options)
  const probe = new SourceProbe()
  const startUs = clock.monotonicUs()
  await replay.start(probe.on, new AbortController().signal)
  await until(
    () => probe.types().at(-1) === 'end',
    () => probe.events,
    20_000,
  )
  await replay.stop()
  const atMs = probe.arrivals.map(({ hostTimeUs }) => (hostTimeUs - startUs) / 1000)
  return { probe, replay, atMs, lastMs: atMs.at(-1) ?? 0 }
}

async function record(times: readonly number[]): Promise<void> {
  const header = { source: 'test', baudRate: 921_600, startedMs: 0, note: '' }
  const writer = await RecordingWriter.open(file, header, { mostBytes: 1e6, mostSeconds: 1e6 })
  for (const timeUs of times) writer.append(Buffer.from(`at ${timeUs};`), timeUs)
  await writer.close()
}

describe('the pace of a replay', () => {
  const lines = (times: readonly number[]) => times.map((timeUs) => `line t=${timeUs}\n`).join('')

  it("follows the capture's device time, and a factor on it", async () => {
    await writeFile(file, 'header\n' + lines([1_000_000, 1_100_000, 1_150_000, 1_400_000]))
    const { probe, atMs } = await replayed({ pace: 'device' })
    expect(probe.arrivals.map(({ bytes }) => String(bytes))).toEqual([
      'header\n',
      'line t=1000000\n',
      'line t=1100000\n',
      'line t=1150000\n',
      'line t=1400000\n',
    ])
    const expectedMs = [0, 0, 100, 150, 400]
    for (const [i, ms] of expectedMs.entries()) {
      expect(atMs[i]).toBeGreaterThanOrEqual(ms - 1)
      expect(atMs[i]).toBeLessThan(ms + 300)
    }
    const faster = await replayed({ pace: 4 })
    expect(faster.lastMs).toBeGreaterThanOrEqual(99)
    expect(faster.lastMs).toBeLessThan(350)
    expect((await replayed({ pace: 'max' })).lastMs).toBeLessThan(95)
  })

  it('does not drift over many short steps', async () => {
    await writeFile(file, lines(Array.from({ length: 2001 }, (_, i) => i * 10_000)))
    const { lastMs } = await replayed({ pace: 50 })
    expect(lastMs).toBeGreaterThanOrEqual(399)
    expect(lastMs).toBeLessThan(1500)
  })

  it('goes on over a wrap of the clock, also where it is printed signed', async () => {
    const top = 2 ** 32
    await writeFile(file, lines([top - 50_000, 50_000])) // 100 ms
    expect((await replayed({ pace: 'device' })).lastMs).toBeGreaterThanOrEqual(99)
    await writeFile(file, lines([2 ** 31 - 50_000, -(2 ** 31) + 50_000])) // 100 ms
    const { lastMs } = await replayed({ pace: 'device' })
    expect(lastMs).toBeGreaterThanOrEqual(99)
    expect(lastMs).toBeLessThan(5000)
  })

  it('does not wait for a reset of the clock', async () => {
    await writeFile(file, lines([900_000_000, 1_000, 51_000, 500_000_000]))
    const { lastMs } = await replayed({ pace: 'device' })
    expect(lastMs).toBeGreaterThanOrEqual(49)
    expect(lastMs).toBeLessThan(5000)
  })

  it('follows the host times of an own recording', async () => {
    await record([7e9, 7e9 + 100_000, 7e9 + 200_000])
    const { probe, lastMs } = await replayed({ pace: 'device' })
    expect(probe.arrivals.map(({ bytes }) => String(bytes))).toEqual([
      'at 7000000000;',
      'at 7000100000;',
      'at 7000200000;',
    ])
    expect(lastMs).toBeGreaterThanOrEqual(199)
    expect(lastMs).toBeLessThan(1000)
    expect((await replayed({ pace: 'max' })).lastMs).toBeLessThan(95)
  })

  it('gives times of the replay, not of the recording', async () => {
    await record([7])
    const beforeUs = clock.monotonicUs()
    const { probe } = await replayed()
    expect(probe.arrivals[0].hostTimeUs).toBeGreaterThanOrEqual(beforeUs)
  })

  it("gives the recording's own times where they are asked for, at any pace", async () => {
    await record([5e9, 5e9 + 123, 9e9])
    const { probe } = await replayed({ times: 'recording' })
    expect(probe.arrivals.map(({ hostTimeUs }) => hostTimeUs)).toEqual([5e9, 5e9 + 123, 9e9])
    await writeFile(file, lines([2 ** 32 - 1000, 1000, 500_000, 7, 1007]))
    const text = await replayed({ times: 'recording' })
    // A wrap of the clock is no jump; a reset of it takes no time.
    const times = text.probe.arrivals.map(({ hostTimeUs }) => hostTimeUs)
    expect(times).toEqual([0, 2000, 501_000, 501_000, 502_000])
  })

  it('lets other events run while it replays at once', async () => {
    await record(Array.from({ length: 300 }, (_, i) => i)) // all within one read of the file
    let turns = 0
    let turnsAtLast = 0
    let turning: NodeJS.Immediate | undefined
    const turn = (): void => {
      turns += 1
      turning = setImmediate(turn)
    }
    const busy = () => {
      turning ??= setImmediate(turn)
      turnsAtLast = turns
      for (const untilMs = performance.now() + 1; performance.now() < untilMs;);
    }
    const ended = new Promise<void>((done) => {
      const event = ({ type }: SourceEvent) => {
        if (type !== 'end') return
        clearImmediate(turning)
        done()
      }
      void source().start({ bytes: busy, event }, new AbortController().signal)
    })
    await ended
    expect(turnsAtLast).toBeGreaterThan(40)
  })
})

describe('what is replayed', () => {
  const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7) & 0xff))

  it.each(['max', 'device'] as const)('is every byte, plain and gzipped, at pace %s', async (pace) => {
    await writeFile(file, content)
    const plain = await replayed({ pace })
    expect(plain.probe.types()).toEqual(['open', 'end'])
    expect(plain.probe.all().equals(content)).toBe(true)
    await writeFile(file, gzipSync(content))
    const zipped = await replayed({ pace })
    expect(zipped.probe.types()).toEqual(['open', 'end'])
    expect(zipped.probe.all().equals(content)).toBe(true)
  })

  it('is nothing for an empty file', async () => {
    await writeFile(file, '')
    expect((await replayed()).probe.types()).toEqual(['open', 'end'])
  })

  it('ends at the cut tail of an own recording, and says so', async () => {
    await record([1, 2, 3])
    const whole = await readFile(file)
    await truncate(file, whole.length - 2)
    const { probe, replay } = await replayed()
    expect(probe.text()).toBe('at 1;at 2;')
    expect(replay.cutBytes).toBe(13)
    expect(probe.types()).toEqual(['open', 'lost', 'end'])
    expect(probe.loss().detail).toMatch(/last 13 bytes were left out/)
    await writeFile(file, gzipSync(whole.subarray(0, -2)))
    expect((await replayed()).replay.cutBytes).toBe(13)
  })

  it('ends where a gzip file is damaged, and says so', async () => {
    const zipped = gzipSync(content)
    await writeFile(file, zipped.subarray(0, -20))
    const { probe } = await replayed()
    expect(probe.types()).toEqual(['open', 'lost', 'end'])
    expect(probe.loss().detail).toMatch(/cannot be read to its end/)
    expect(content.subarray(0, probe.all().length).equals(probe.all())).toBe(true)
  })

  it('stops when asked, in the middle of a wait, without an end', async () => {
    await record([1, 50e6])
    for (const by of ['stop', 'abort']) {
      const controller = new AbortController()
      const replay = source({ pace: 'device' })
      const probe = new SourceProbe()
      await replay.start(probe.on, controller.signal)
      await until(() => probe.arrivals.length === 1)
      if (by === 'abort') controller.abort()
      await replay.stop()
      await sleep(20)
      expect(probe.types()).toEqual(['open'])
      expect(probe.text()).toBe('at 1;')
    }
  })

  it.each([content, gzipSync(content)])('leaves no file open when it is stopped (%#)', async (stored) => {
    await writeFile(file, stored)
    const replay = source({ pace: 'device', deviceTimeUs: (bytes) => bytes[0] * 1e6 })
    const probe = new SourceProbe()
    await replay.start(probe.on, new AbortController().signal)
    await until(() => probe.arrivals.length > 0)
    await replay.stop()
    const links = (await readdir('/proc/self/fd')).map((fd) =>
      readlink(`/proc/self/fd/${fd}`).catch(() => ''),
    )
    expect(await Promise.all(links)).not.toContain(file)
  })

  it('is refused at the start where the file is absent', async () => {
    const start = source({ file: join(directory, 'none') }).start(
      new SourceProbe().on,
      new AbortController().signal,
    )
    await expect(start).rejects.toMatchObject({
      code: 'capture.unreadable',
      hint: expect.stringMatching(/path/),
    })
  })
})

describe.skipIf(!existsSync(CAPTURES))('real recordings (skipped where ../shared/captures is absent)', () => {
  it('replays one of 10 s at twenty times its pace, byte for byte', async () => {
    const visit = join(CAPTURES, 'two-state/los/session01.csv.gz')
    const localTimestamp = (line: Uint8Array): number | undefined => {
      const columns = Buffer.from(line).toString('latin1').split(',')
      return columns[0] === 'CSI_DATA' && columns.length > 24 ? Number(columns[18]) : undefined
    }
    const { probe, lastMs } = await replayed({ file: visit, pace: 20, deviceTimeUs: localTimestamp })
    expect(probe.all().equals(gunzipSync(await readFile(visit)))).toBe(true)
    expect(lastMs).toBeGreaterThan(480)
    expect(lastMs).toBeLessThan(5000)
  })
})
