import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { replay, type ReplayOptions } from '../../../src/commands/replay.js'
import type { FlagContext, ToldReading } from '../../../src/domain/flag.js'
import { Simulator } from '../../../src/learning/simulator/simulator.js'
import { RecordingWriter, writeRecord, writeRecording } from '../../../src/sensing/link/recording.js'
import { recordBusyDoor } from '../../support/busy-door.js'
import { classic } from '../sensing/packet/streams.js'

const MODEL = path.resolve('models/demo')
const never = (): AbortSignal => new AbortController().signal
let directory: string
beforeEach(() => void (directory = mkdtempSync(path.join(tmpdir(), 'ajar-replay-'))))
afterEach(() => rmSync(directory, { recursive: true }))

interface Line {
  type: string
  seconds: number
  state: string
  reason: string
  code: string
  over: boolean
  event: string
  motion: string
  windows: number
  counters: { received: number }
  probabilities: Record<string, number>
  flag?: { same: boolean; differs: string[] }
}

async function replayed(file: string, options: Partial<ReplayOptions> = {}): Promise<Line[]> {
  const lines: string[] = []
  const all: ReplayOptions = { speed: 'max', json: true, trace: false, ...options }
  expect(await replay(file, all, never(), (line) => lines.push(line))).toBe(0)
  return lines.map((line) => JSON.parse(line) as Line)
}

const ofType = (lines: readonly Line[], type: string) => lines.filter((line) => line.type === type)

/** A closed door for so long, from host time `fromUs` on, as records. */
function closedDoor(fromUs: number, seconds: number): Buffer[] {
  const options = { site: 'metal-doorway', seed: 3, session: 0, packetsPerSecond: 50 }
  const simulator = new Simulator({ ...options, script: { restDeg: 0.1, swings: [] } })
  const records: Buffer[] = []
  while (simulator.nextUs < seconds * 1e6) {
    const atUs = fromUs + simulator.nextUs
    const frame = simulator.next()
    const made = Buffer.alloc(frame.length + 10)
    writeRecord(made, 0, frame, atUs)
    records.push(made)
  }
  return records
}

const header = { source: '/dev/ttyUSB0', baudRate: 921_600, startedMs: 1.79e12, note: 'n', simulated: true }
const told: Omit<ToldReading, 'atUs'> = {
  ...{ state: 'closed', motion: 'still', confidence: 0.97, reason: 'decided' },
  ...{ epoch: 0, provisional: true },
}
const context: FlagContext = {
  ...{ atUs: 0, atMs: 1.79e12, wallTrusted: true, seconds: 8, version: '1', doorId: 'front' },
  ...{ model: 'demo', engine: 'int8-simd', settingsHash: '', recent: [], events: [] },
  reading: { ...told, atUs: 0 },
}

describe('ajar replay', () => {
  it('reads a recording at the time of its recording, however fast it runs', async () => {
    const file = path.join(directory, 'door.ajar')
    await writeRecording(file, header, [...closedDoor(5e9, 8), ...closedDoor(5e9 + 20e6, 4)])
    const startedMs = performance.now()
    const lines = await replayed(file, { model: MODEL })
    expect(performance.now() - startedMs).toBeLessThan(10_000) // of 24 s
    expect(lines[0]).toMatchObject({
      type: 'recording',
      simulated: true,
      model: 'demo',
      source: '/dev/ttyUSB0',
    })
    const readings = ofType(lines, 'reading')
    expect(readings.find(({ state }) => state === 'closed')?.seconds).toBeCloseTo(2.7, 0)
    // Nothing for 12 s: stale after 3, and said to be silent.
    const stale = readings.find(({ reason }) => reason === 'link-stale')
    expect(stale?.seconds).toBeGreaterThan(10.5)
    expect(stale?.seconds).toBeLessThan(12)
    expect(ofType(lines, 'link').map(({ code, over }) => [code, over])).toContainEqual(['link.silent', false])
    expect(lines.at(-1)).toMatchObject({ type: 'end', state: 'closed' })
    expect(lines.at(-1)!.windows).toBeGreaterThan(30)
  })

  it('jumps over a gap of years', async () => {
    const file = path.join(directory, 'door.ajar')
    await writeRecording(file, header, [...closedDoor(1e9, 3), ...closedDoor(9e15, 3)])
    expect((await replayed(file)).at(-1)).toMatchObject({ type: 'end', reason: 'no-model' })
  })

  it('reads captures without times by the clock of the packets', async () => {
    const binary = path.join(directory, 'door.bin')
    recordBusyDoor(binary, 30)
    const lines = await replayed(binary, { model: MODEL, trace: true })
    const states = new Set(ofType(lines, 'reading').map(({ state }) => state))
    for (const state of ['closed', 'open', 'ajar']) expect(states).toContain(state)
    expect(lines.at(-1)!.seconds).toBeCloseTo(30, 0)
    expect(ofType(lines, 'window')[0]).toMatchObject({
      probabilities: { closed: expect.any(Number) as number },
      outOfDistribution: expect.any(Number) as number,
      motion: { lag1: expect.any(Number) as number },
    })

    const text = path.join(directory, 'door.csv')
    writeFileSync(text, Array.from({ length: 501 }, (_, n) => `${classic(n, 20_000 * n)}\n`).join(''))
    const last = (await replayed(text)).at(-1)!
    expect(last.seconds).toBeCloseTo(10, 0)
    expect(last.counters.received).toBe(501)
    expect(last.windows).toBeGreaterThan(35)
  })

  it('says of a flag whether it gives the same, and what is not as it was', async () => {
    const file = path.join(directory, 'flag.ajar')
    const flag = { ...context, atUs: 5e9 + 8.2e6 }
    await writeRecording(file, { ...header, flag }, closedDoor(5e9, 8))
    expect((await replayed(file, { model: MODEL })).at(-1)!.flag).toMatchObject({
      same: true,
      differs: [expect.stringContaining('settings')],
    })
    expect((await replayed(file)).at(-1)!.flag).toMatchObject({
      same: false,
      differs: [expect.stringContaining('model was demo and is none'), expect.stringContaining('settings')],
    })
    const lines: string[] = []
    await replay(file, { model: MODEL, speed: 'max', json: false, trace: true }, never(), (line) =>
      lines.push(line),
    )
    expect(lines.every((line) => line.startsWith('simulated: '))).toBe(true)
    expect(lines.join('\n')).toMatch(/flagged, with "n": it was closed 97 % \(decided\), still/)
    expect(lines.join('\n')).toMatch(/The replay gives the same: closed \d+ % \(decided\), still\./)
    expect(lines.join('\n')).toMatch(
      /window: .*closed 1\.00.*distance \d\.\d\d.*lag1.*level.*dBm.*loss \d+ %/,
    )
  })

  it('lets happen to the link what happened then', async () => {
    const file = path.join(directory, 'flag.ajar')
    const flag: FlagContext = {
      ...context,
      atUs: 5e9 + 4e6,
      reading: { ...context.reading, state: 'unknown', reason: 'link-stale' },
      recent: [{ ...told, atUs: 5e9 + 2.7e6 }],
      events: [{ atUs: 5e9 + 3.9e6, type: 'lost', detail: 'unplugged' }],
    }
    await writeRecording(file, { ...header, flag }, closedDoor(5e9, 3.8))
    const lines = await replayed(file, { model: MODEL })
    expect(ofType(lines, 'event')).toMatchObject([
      { event: 'lost', detail: 'unplugged', seconds: expect.closeTo(3.9, 1) as number },
    ])
    expect(ofType(lines, 'told')).toMatchObject([{ state: 'closed' }])
    expect(lines.at(-1)).toMatchObject({ state: 'unknown', reason: 'link-stale', flag: { same: true } })
  })

  it('says what is wrong with a recording, and shows what it holds', async () => {
    const missing = path.join(directory, 'none.ajar')
    await expect(replayed(missing)).rejects.toMatchObject({ code: 'capture.unreadable' })
    const file = path.join(directory, 'cut.ajar')
    const bounds = { mostBytes: 1e6, mostSeconds: 60 }
    const writer = await RecordingWriter.open(file, header, bounds)
    writer.append(Buffer.from('CSI'), 1e6)
    await writer.close()
    writeFileSync(file, 'x', { flag: 'a' })
    await expect(replayed(file)).rejects.toMatchObject({ code: 'capture.damaged' })
    const broken = { speed: 'max', json: true, trace: false, model: directory } as const
    await expect(replay(file, broken, never(), () => undefined)).rejects.toMatchObject({
      code: expect.stringMatching(/^model\./) as string,
    })
  })
})
