import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { PAGE_BYTES } from '../../../../src/outputs/store/migrations.js'
import { SqliteStore } from '../../../../src/outputs/store/sqlite-store.js'
import { healthOf, ManualClock, readingAt, SETTINGS, temporaryDirectory } from './store-bench.js'

function open(file: string): SqliteStore {
  const store = new SqliteStore(file, SETTINGS, new ManualClock())
  onTestFinished(() => store.close())
  return store
}

/** A closed database with `events` events, some telemetry, a setting and an outbox item. */
function filled(events: number): string {
  const file = path.join(temporaryDirectory(), 'ajar.db')
  const clock = new ManualClock()
  const store = new SqliteStore(file, { ...SETTINGS, telemetryIntervalMs: 0 }, clock)
  store.set('api.token', '{"sha256":"00"}')
  store.inTransaction(() => {
    for (let i = 0; i < events; i++) {
      store.commit(readingAt(clock.now()))
      clock.pass(1000)
    }
  })
  for (let i = 0; i < 10; i++) store.telemetry(healthOf('link-1', i))
  store.enqueue({ id: 'a', kind: 'burst', priority: 1, body: Buffer.from('body') })
  store.close()
  return file
}

/** Overwrites bytes in the middle of each of these pages, as a dying card does. */
function damage(file: string, pages: readonly number[], bytes = 512): void {
  const handle = openSync(file, 'r+')
  for (const page of pages) writeSync(handle, Buffer.alloc(bytes, 0xa5), 0, bytes, page * PAGE_BYTES)
  closeSync(handle)
}

/** The leaf pages of a table, in order of row id. */
function leaves(file: string, table: string): number[] {
  const database = new Database(file, { readonly: true })
  const pages = database
    .prepare("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path")
    .pluck()
    .all(table) as number[]
  database.close()
  return pages.map((page) => page - 1)
}

const ids = (store: SqliteStore) => store.events({ doorId: 'front', limit: 100_000 }).map(({ id }) => id)

test('damaged pages cost their own rows only; the file is put aside and health says so', () => {
  const file = filled(5000)
  const pages = leaves(file, 'event')
  const hit = [10, 11, 200, pages.length - 2].map((n) => pages[n])
  damage(file, hit)
  const damaged = readFileSync(file)
  const store = open(file)
  const saved = ids(store)
  expect(saved.length).toBeGreaterThanOrEqual(5000 - hit.length * 15)
  expect(saved.length).toBeLessThan(5000)
  expect(saved[0]).toBe(1)
  expect(saved.at(-1)).toBe(5000)
  expect(store.get('api.token')).toBe('{"sha256":"00"}')
  expect(store.outbox(5)).toEqual([{ id: 'a', kind: 'burst', priority: 1, body: Buffer.from('body') }])
  const { ok, reason } = store.health()
  expect(ok).toBe(true)
  expect(reason).toMatchObject({
    code: 'store.salvaged',
    text: expect.stringContaining(`${saved.length + 12} rows`),
  })
  expect(readFileSync(`${file}.damaged-1`).equals(damaged)).toBe(true)
  expect(store.commit(readingAt(new ManualClock().now()))).toBe(5001)
})

test('the notice stays over restarts, until the damaged file is deleted', () => {
  const file = filled(50)
  damage(file, [leaves(file, 'event')[1]])
  open(file).close()
  const again = open(file)
  expect(again.health().reason?.hint).toContain(`${file}.damaged-1`)
  again.close()
  rmSync(`${file}.damaged-1`)
  expect(open(file).health().reason).toBeUndefined()
})

test('ids go on behind the lost ones where the last page is damaged', () => {
  const file = filled(300)
  const pages = leaves(file, 'event')
  damage(file, pages.slice(-3))
  const store = open(file)
  expect(ids(store).at(-1)).toBeLessThan(300)
  expect(store.commit(readingAt(new ManualClock().now()))).toBeGreaterThan(300)
})

test('what is no database at all is put aside too', () => {
  const file = path.join(temporaryDirectory(), 'ajar.db')
  writeFileSync(file, 'this is not a database, and longer than its header would be '.repeat(20))
  const store = open(file)
  expect(store.commit(readingAt(new ManualClock().now()))).toBeGreaterThan(0)
  expect(store.health().reason).toMatchObject({
    code: 'store.salvaged',
    text: expect.stringContaining('0 rows'),
  })
  expect(readFileSync(`${file}.damaged-1`, 'utf8')).toContain('this is not a database')
})

test('what stood only in the log is salvaged with the rest', () => {
  const file = filled(300)
  const store = open(file)
  const last = store.commit(readingAt(new ManualClock().now(), { state: 'ajar' }))
  const crashed = path.join(path.dirname(file), 'crashed.db')
  for (const suffix of ['', '-wal']) copyFileSync(file + suffix, crashed + suffix)
  expect(statSync(`${crashed}-wal`).size).toBeGreaterThan(0)
  damage(crashed, [leaves(file, 'event')[5]])
  const saved = open(crashed)
  expect(saved.latest('front')).toMatchObject({ id: last, reading: { state: 'ajar' } })
  expect(existsSync(`${crashed}.damaged-1-wal`)).toBe(true)
})

test('a power cut in the midst of salvaging is made good at the next start', () => {
  const file = filled(300)
  const whole = `${file}.whole`
  copyFileSync(file, whole)
  damage(file, [leaves(file, 'event')[5]])
  writeFileSync(`${file}.salvaging`, 'half a copy')
  copyFileSync(whole, `${file}.salvaged`) // the copy was finished, nothing renamed yet
  const store = open(file)
  expect(ids(store).length).toBe(300)
  expect(existsSync(`${file}.salvaged`)).toBe(false)
  expect(existsSync(`${file}.damaged-1`)).toBe(true)
})

test('the last three damaged files are kept', () => {
  const file = filled(300)
  for (let round = 0; round < 5; round++) {
    damage(file, [leaves(file, 'event')[2]])
    open(file).close()
  }
  expect([1, 2, 3, 4, 5, 6].map((n) => existsSync(`${file}.damaged-${n}`))).toEqual([
    false,
    false,
    true,
    true,
    true,
    false,
  ])
})

test('damage that shows while running is a fault until the restart that salvages', () => {
  const file = filled(5000)
  const store = open(file)
  damage(file, leaves(file, 'event').slice(3, 300), PAGE_BYTES)
  const other = new Database(file) // its commit makes the store read from the medium again
  other.exec("INSERT INTO setting (key, json) VALUES ('other', '1')")
  other.close()
  expect(() => ids(store)).toThrow(expect.objectContaining({ code: 'store.damaged' }))
  expect(store.get('other')).toBe('1')
  expect(store.health()).toMatchObject({ ok: false, reason: { code: 'store.damaged' } })
  store.close()
  expect(open(file).health()).toMatchObject({ ok: true, reason: { code: 'store.salvaged' } })
})

test('an event whose text is damaged is left out and named', () => {
  const file = filled(10)
  const database = new Database(file)
  database.prepare('UPDATE event SET reading = substr(reading, 5) WHERE id = 4').run()
  database.close()
  const store = open(file)
  expect(ids(store)).toEqual([1, 2, 3, 5, 6, 7, 8, 9, 10])
  expect(store.health().reason).toMatchObject({ code: 'store.unreadable-event' })
})

test('a database of a newer version is refused and left untouched', () => {
  const file = filled(10)
  const database = new Database(file)
  database.pragma('user_version = 99')
  database.close()
  const before = readFileSync(file)
  expect(() => new SqliteStore(file, SETTINGS, new ManualClock())).toThrow(
    expect.objectContaining({ code: 'store.newer', hint: expect.stringContaining('untouched') }),
  )
  expect(readFileSync(file).equals(before)).toBe(true)
  expect(existsSync(`${file}.damaged-1`)).toBe(false)
})
