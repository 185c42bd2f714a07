import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecentBytes, type RecentRecords } from '../../../../src/sensing/link/recent-bytes.js'
import { RecordingReader } from '../../../../src/sensing/link/recording.js'

const SECOND = 1e6
const SEGMENT = 128 * 1024

/** As a reader of the file would see them. */
async function recordsOf({ records }: RecentRecords): Promise<{ hostTimeUs: number; bytes: Buffer }[]> {
  async function* file() {
    yield Buffer.from('AJAR1 {}\n')
    yield* records
  }
  const found: { hostTimeUs: number; bytes: Buffer }[] = []
  for await (const { hostTimeUs, bytes } of new RecordingReader(file()).records())
    found.push({ hostTimeUs, bytes: Buffer.from(bytes) })
  return found
}

describe('the bytes of the last minutes', () => {
  it('are those that arrived within the span, each with its time, in order', async () => {
    const recent = new RecentBytes(10 * SECOND, 4 << 20)
    for (let second = 0; second <= 30; second++) recent.push(Buffer.from(`at ${second}`), second * SECOND)
    const snapshot = recent.snapshot(30 * SECOND)
    const records = await recordsOf(snapshot)
    expect(records.map(({ bytes }) => bytes.toString())).toEqual(
      Array.from({ length: 11 }, (_, i) => `at ${i + 20}`),
    )
    expect(records[0].hostTimeUs).toBe(20 * SECOND)
    expect(snapshot).toMatchObject({ firstUs: 20 * SECOND, lastUs: 30 * SECOND, bytes: 55 })
  })

  it('are none where none arrived, or none for long', () => {
    const recent = new RecentBytes(10 * SECOND, 4 << 20)
    expect(recent.snapshot(5)).toMatchObject({ records: [], bytes: 0, firstUs: NaN })
    recent.push(Buffer.from('old'), 0)
    expect(recent.snapshot(60 * SECOND)).toMatchObject({ records: [], bytes: 0 })
  })

  it('stay whole over any sizes, times and wraps', async () => {
    const arrival = fc.record({ size: fc.integer({ min: 0, max: 70_000 }), stepUs: fc.nat(SECOND) })
    await fc.assert(
      fc.asyncProperty(fc.array(arrival, { maxLength: 60 }), async (arrivals) => {
        const recent = new RecentBytes(5 * SECOND, 3 * SEGMENT)
        let atUs = 2 ** 33
        const sent = arrivals.map(({ size, stepUs }, n) => {
          const bytes = Buffer.alloc(size, n + 1)
          recent.push(bytes, (atUs += stepUs))
          return { atUs, bytes }
        })
        const snapshot = recent.snapshot(atUs)
        const records = await recordsOf(snapshot)
        const held = Buffer.concat(records.map(({ bytes }) => bytes))
        const all = Buffer.concat(sent.map(({ bytes }) => bytes))
        const wanted = sent
          .filter((each) => each.atUs >= atUs - 5 * SECOND)
          .reduce((total, { bytes }) => total + bytes.length, 0)
        expect(held.equals(all.subarray(all.length - held.length))).toBe(true)
        expect(held.length).toBe(snapshot.bytes)
        // All that was wanted is there, or was counted as dropped.
        expect(held.length + recent.droppedBytes).toBeGreaterThanOrEqual(wanted)
        expect(held.length).toBeLessThanOrEqual(wanted)
      }),
      { numRuns: 200 },
    )
  })

  it('take no more memory than they may, and what went before its time is counted', () => {
    const recent = new RecentBytes(3600 * SECOND, 4 * SEGMENT)
    const block = Buffer.alloc(4096)
    for (let n = 0; n < 1000; n++) recent.push(block, n * 1000)
    const { bytes, records } = recent.snapshot(SECOND)
    expect(records.length).toBeLessThanOrEqual(4)
    expect(bytes).toBeLessThanOrEqual(4 * SEGMENT)
    expect(bytes + recent.droppedBytes).toBe(1000 * 4096)
  })

  it('use the same memory again, but not what is being written', () => {
    const recent = new RecentBytes(SECOND, 2 * SEGMENT)
    const fill = (value: number): void => {
      for (let n = 0; n < 64; n++) recent.push(Buffer.alloc(4096, value), value)
    }
    fill(1)
    const held = recent.snapshot(1)
    const before = Buffer.concat(held.records)
    fill(2)
    fill(3)
    expect(Buffer.concat(held.records).equals(before)).toBe(true)
    held.release()
    const memory = (): Set<ArrayBufferLike> => new Set(recent.snapshot(3).records.map(({ buffer }) => buffer))
    const first = recent.snapshot(3)
    const now = new Set(first.records.map(({ buffer }) => buffer))
    first.release()
    fill(4)
    for (const buffer of memory()) expect(now.has(buffer)).toBe(true)
  })

  it('give memory back when the link became slow', () => {
    const recent = new RecentBytes(10 * SECOND, 32 * SEGMENT)
    for (let n = 0; n < 500; n++) recent.push(Buffer.alloc(4096), n * 1000)
    expect(recent.extent().bytes).toBe(500 * 4096)
    for (let n = 0; n < 500; n++) recent.push(Buffer.alloc(300), 100 * SECOND + n * SECOND)
    expect(recent.extent().bytes).toBeLessThan(2 * SEGMENT)
    expect(recent.droppedBytes).toBe(0)
  })
})
