import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Journal, journalDays } from '../../../../src/learning/commissioning/journal.js'
import { readJournal } from '../../../../src/learning/commissioning/journal-reader.js'
import { encodeEntry, type JournalEntry } from '../../../../src/learning/commissioning/journal-record.js'

const ORIGIN = { simulated: true, layoutId: 2, windowMs: 2000 }

function burst(number: number, change: { day?: string; layoutId?: number } = {}): JournalEntry {
  const { day = '2026-06-01', layoutId = 2 } = change
  const size = 53
  const count = 10 + (number % 5)
  return {
    kind: 'burst',
    ...ORIGIN,
    layoutId,
    burst: {
      burst: {
        ...{ link: 'link-1', epoch: 3, layoutId, startUs: number * 1e7 + 0.25, endUs: number * 1e7 + 2e6 },
        ...{ over: true, size, count, quietFrames: 20 },
        frames: Float32Array.from({ length: size * count }, (_, i) => Math.sin(number + i)),
        before: Float32Array.from({ length: size }, (_, i) => Math.cos(number * i)),
      },
      openBefore: number % 2 === 1,
      edges: [{ atUs: number * 1e7 + 5e5, open: number % 2 === 0 }],
      ...{ session: 's1', day, place: 'Küche', name: `burst-s1-${number}` },
    },
  }
}

const quiet = (number: number): JournalEntry => ({
  kind: 'quiet',
  ...ORIGIN,
  day: '2026-06-01',
  row: {
    features: Float32Array.from({ length: 57 }, (_, i) => number + i / 7),
    judged: Float32Array.of(-50, 1, 2, 3, number),
    ...{ marker: 'closed', session: 's1', place: 'front', visit: `quiet-s1-${number}` },
  },
})

function folder(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'ajar-journal-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return directory
}

async function written(
  directory: string,
  entries: readonly JournalEntry[],
  maxBytes = 1 << 28,
): Promise<Journal> {
  const journal = new Journal(directory, { maxBytes })
  for (const entry of entries) journal.append(entry.kind === 'burst' ? entry.burst.day : '2026-06-01', entry)
  await journal.close()
  return journal
}

const bursts = (from: number, to: number): JournalEntry[] =>
  Array.from({ length: to - from }, (_, i) => burst(from + i))
const only = (directory: string): string => path.join(directory, readdirSync(directory)[0])

describe('the journal', () => {
  it('gives back what was written, in order, also when it was written in two goes', async () => {
    const directory = folder()
    const edge = { atUs: 7e6, open: true }
    const unseen: JournalEntry = {
      kind: 'unseen',
      ...ORIGIN,
      edge,
      session: 's1',
      day: '2026-06-01',
      place: 'front',
    }
    await written(directory, [burst(0), quiet(1), unseen])
    await written(directory, [burst(1)])
    const read = await readJournal(directory)
    expect(read.bursts).toEqual([burst(0), burst(1)].map((entry) => entry.kind === 'burst' && entry.burst))
    expect(read.quiet).toEqual([quiet(1)].map((entry) => entry.kind === 'quiet' && entry.row))
    expect(read.unseen).toMatchObject([{ edge, session: 's1', day: '2026-06-01' }])
    expect(read).toMatchObject({
      layoutId: 2,
      windowMs: 2000,
      simulated: true,
      torn: 0,
      skipped: 0,
      outdated: 0,
    })
  })

  it('loses a record that a power cut tore, wherever it tore it, and none of those that follow', async () => {
    const whole = encodeEntry(burst(1)).length
    for (const left of [1, 11, 12, 19, 300, whole - 1]) {
      const directory = folder()
      await written(directory, [burst(0), burst(1)])
      truncateSync(only(directory), encodeEntry(burst(0)).length + left)
      expect((await readJournal(directory)).torn).toBe(1)
      await written(directory, [burst(2), burst(3)])
      const { bursts: read, torn } = await readJournal(directory)
      expect(
        read.map(({ name }) => name),
        `${left} bytes`,
      ).toEqual(['burst-s1-0', 'burst-s1-2', 'burst-s1-3'])
      expect(torn).toBe(1)
    }
  })

  it('loses a record in which a bit has flipped, and skips one of a version to come', async () => {
    const directory = folder()
    await written(directory, bursts(0, 3))
    const bytes = readFileSync(only(directory))
    bytes[encodeEntry(burst(0)).length + 200] ^= 4
    writeFileSync(only(directory), bytes)
    expect(await readJournal(directory)).toMatchObject({ torn: 1, skipped: 0, bursts: { length: 2 } })
    appendFileSync(only(directory), encodeEntry({ ...burst(9), kind: 'later' } as unknown as JournalEntry))
    expect(await readJournal(directory)).toMatchObject({ torn: 1, skipped: 1, bursts: { length: 2 } })
  })

  it('keeps to its bound: the oldest day goes, and is counted; a day that is too large grows no more', async () => {
    const directory = folder()
    const size = encodeEntry(burst(0)).length
    const days = ['2026-06-01', '2026-06-02', '2026-06-03']
    const entries = days.flatMap((day, d) => [0, 1, 2].map((n) => burst(10 * d + n, { day })))
    const journal = await written(directory, entries, 7 * size)
    expect(journal.droppedDays).toBe(1)
    expect(journalDays(directory).map(({ day }) => day)).toEqual(['2026-06-02', '2026-06-03'])
    const full = await written(folder(), bursts(0, 9), 5 * size)
    expect(full.droppedRecords).toBeGreaterThan(2)
    expect(full.bytes).toBeLessThanOrEqual(5 * size)
  })

  it('counts what a receiver before this one has taught, and leaves it out', async () => {
    const directory = folder()
    await written(directory, [burst(0, { layoutId: 1 }), burst(1)])
    expect(await readJournal(directory)).toMatchObject({ layoutId: 2, outdated: 1, bursts: { length: 1 } })
  })

  it('says what to do where there is nothing, and where nothing can be written', async () => {
    await expect(readJournal(path.join(folder(), 'none'))).rejects.toMatchObject({
      code: 'commissioning.empty',
    })
    const directory = folder()
    const journal = new Journal(directory, { maxBytes: 1 << 20 })
    rmSync(directory, { recursive: true })
    writeFileSync(directory, '')
    journal.append('2026-06-01', burst(0))
    await journal.close()
    expect(journal.droppedRecords).toBe(1)
    expect(journal.reason).toMatchObject({ code: 'commissioning.journal' })
  })
})
