import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import type { AjarError } from '../../../../src/platform/errors.js'
import { GuardedDatabase } from '../../../../src/outputs/store/guarded-database.js'
import type { StoreSettings } from '../../../../src/outputs/store/settings.js'
import { SqliteStore } from '../../../../src/outputs/store/sqlite-store.js'
import { healthOf, ManualClock, readingAt, SETTINGS, temporaryDirectory } from './store-bench.js'

function openStore(settings: Partial<StoreSettings> = {}, file = path.join(temporaryDirectory(), 'ajar.db')) {
  const clock = new ManualClock()
  const store = new SqliteStore(file, { ...SETTINGS, ...settings }, clock)
  onTestFinished(() => store.close())
  return { clock, file, store }
}

/** What another program sees in the file. */
function look<T>(file: string, sql: string): T[] {
  const database = new Database(file, { readonly: true })
  try {
    return database.prepare(sql).all() as T[]
  } finally {
    database.close()
  }
}

test('a reading survives a restart with all its fields', () => {
  const { clock, file, store } = openStore()
  const since = clock.now()
  clock.pass(1500.25)
  const reading = readingAt(clock.now(), { since, state: 'ajar', motion: 'moving', reason: 'ambiguous' })
  const id = store.commit(reading)
  store.set('api.token', '{"sha256":"00"}')
  store.set('api.token', '{"sha256":"11"}')
  store.close()
  const { store: again } = openStore({}, file)
  expect(again.latest('front')).toEqual({ id, reading })
  expect(again.latest('back')).toBeUndefined()
  expect(again.get('api.token')).toBe('{"sha256":"11"}')
  expect(again.get('absent')).toBeUndefined()
  expect(again.health()).toMatchObject({ ok: true, reason: undefined })
})

test('order is by id, whatever the wall clock did', () => {
  const { clock, store } = openStore()
  const ids = [0, -86_400_000, 3_600_000].map((jumpMs) => {
    clock.wallMs += jumpMs
    return store.commit(readingAt(clock.now()))
  })
  expect(ids).toEqual([...ids].sort((a, b) => a - b))
  expect(store.latest('front')?.id).toBe(ids[2])
  expect(store.events({ doorId: 'front', limit: 10 }).map(({ id }) => id)).toEqual(ids)
})

test('events are asked for by door, id, time and number', () => {
  const { clock, store } = openStore()
  const start = clock.wallMs
  const ids: number[] = []
  for (let i = 0; i < 6; i++) {
    ids.push(store.commit(readingAt(clock.now(), { doorId: i % 2 === 0 ? 'front' : 'back' })))
    clock.pass(1000)
  }
  const asked = (query: object) => store.events({ doorId: 'front', limit: 10, ...query }).map(({ id }) => id)
  expect(asked({})).toEqual([ids[0], ids[2], ids[4]])
  expect(asked({ afterId: ids[0] })).toEqual([ids[2], ids[4]])
  expect(asked({ fromMs: start + 2000, toMs: start + 2000 })).toEqual([ids[2]])
  expect(asked({ limit: 1 })).toEqual([ids[0]])
})

test('an id is never given twice, even after its event was dropped', () => {
  const { clock, file, store } = openStore()
  const first = store.commit(readingAt(clock.now()))
  store.close()
  const database = new Database(file)
  database.exec('DELETE FROM event')
  database.close()
  const { store: again } = openStore({}, file)
  expect(again.commit(readingAt(clock.now()))).toBeGreaterThan(first)
})

test('telemetry is written once an interval: the latest of each link', () => {
  const { clock, file, store } = openStore()
  const count = () => look<{ n: number }>(file, 'SELECT count(*) AS n FROM telemetry')[0].n
  for (let second = 0; second < 60; second++) {
    store.telemetry(healthOf('link-1', second))
    store.telemetry(healthOf('link-2', 1000 + second))
    clock.pass(1000)
  }
  expect(count()).toBe(0)
  store.telemetry(healthOf('link-1', 60))
  const rows = look<{ link: string; health: string }>(
    file,
    'SELECT link, health FROM telemetry ORDER BY link',
  )
  expect(rows.map(({ link, health }) => [link, JSON.parse(health).counters.used])).toEqual([
    ['link-1', 60],
    ['link-2', 1059],
  ])
  store.telemetry(healthOf('link-1', 61))
  store.close()
  expect(count()).toBe(3)
})

test('the outbox gives the highest priority first and the oldest of it', () => {
  const { store } = openStore()
  const body = Buffer.from([0, 1, 255])
  for (const [id, priority] of [
    ['a', 1],
    ['b', 5],
    ['c', 5],
    ['d', 1],
  ] as const)
    store.enqueue({ id, kind: 'burst', priority, body })
  store.enqueue({ id: 'a', kind: 'other', priority: 9, body })
  expect(store.outbox(3)).toEqual([
    { id: 'b', kind: 'burst', priority: 5, body },
    { id: 'c', kind: 'burst', priority: 5, body },
    { id: 'a', kind: 'burst', priority: 1, body },
  ])
  store.acknowledge(['b', 'absent', 'a'])
  expect(store.outbox(10).map(({ id }) => id)).toEqual(['c', 'd'])
  expect(store.health().dropped.outbox).toBe(0)
})

test('the outbox is bounded in items and bytes, and what it drops is counted', () => {
  const { store } = openStore({ outboxMaxItems: 3, outboxMaxBytes: 100 })
  const add = (id: string, priority: number, bytes: number) =>
    store.enqueue({ id, kind: 'burst', priority, body: new Uint8Array(bytes) })
  const held = () => store.outbox(10).map(({ id }) => id)
  for (const id of ['low-1', 'low-2', 'low-3']) add(id, 1, 10)
  add('high-1', 2, 10)
  expect(held()).toEqual(['high-1', 'low-2', 'low-3'])
  add('high-2', 2, 75)
  expect(held()).toEqual(['high-1', 'high-2', 'low-3'])
  add('high-3', 2, 20)
  expect(held()).toEqual(['high-2', 'high-3'])
  add('huge', 0, 101)
  expect(held()).toEqual(['high-2', 'high-3'])
  expect(store.health().dropped.outbox).toBe(5)
})

test('a transaction is all or nothing', () => {
  const { clock, store } = openStore()
  expect(() =>
    store.inTransaction(() => {
      store.commit(readingAt(clock.now()))
      store.enqueue({ id: 'a', kind: 'burst', priority: 1, body: new Uint8Array(1) })
      throw new Error('half way')
    }),
  ).toThrow('half way')
  expect(store.latest('front')).toBeUndefined()
  expect(store.outbox(1)).toEqual([])
  expect(store.health().ok).toBe(true)
  const id = store.inTransaction(() => store.commit(readingAt(clock.now())))
  expect(store.latest('front')?.id).toBe(id)
})

test('pruning goes by trusted time, a tenth at most, and leaves the newest', () => {
  const { clock, store } = openStore({ retentionDays: 10 })
  const ids: number[] = []
  store.inTransaction(() => {
    for (let i = 0; i < 1500; i++) {
      clock.wallTrusted = i % 2 === 0
      const wrong = { ...clock.now(), wallMs: i % 4 === 1 ? 0 : 9e12 }
      ids.push(store.commit(readingAt(clock.wallTrusted ? clock.now() : wrong)))
      if (i === 999) clock.pass(86_400_000)
    }
  })
  const held = () => store.events({ doorId: 'front', limit: 5000 }).map(({ id }) => id)
  clock.pass(9.5 * 86_400_000)
  clock.wallTrusted = false
  store.prune()
  expect(held()).toEqual(ids)
  clock.wallTrusted = true
  store.prune()
  expect(held()).toEqual(ids.slice(1000)) // untrusted rows went with their neighbours
  clock.pass(400 * 86_400_000)
  store.prune()
  expect(held()).toEqual(ids.slice(-1))
})

test('a wrong clock does not empty a long history in one night', () => {
  const { clock, file, store } = openStore()
  store.inTransaction(() => {
    for (let i = 0; i < 12_000; i++) store.commit(readingAt(clock.now()))
  })
  clock.wallMs += 4000 * 86_400_000
  store.prune()
  expect(look<{ n: number }>(file, 'SELECT count(*) AS n FROM event')[0].n).toBe(10_800)
})

test('at the cap the oldest telemetry makes room, then the oldest events, both counted', () => {
  const { clock, store } = openStore({ maxBytes: 1 << 20, telemetryIntervalMs: 0, outboxMaxBytes: 1000 })
  for (let i = 0; i < 40; i++) store.telemetry(healthOf('link-1', i))
  const batch = () => {
    let last = 0
    for (let i = 0; i < 40; i++) last = store.commit(readingAt(clock.now()))
    return last
  }
  let last = 0
  for (let i = 0; i < 150; i++) last = store.inTransaction(batch)
  const { ok, bytes, dropped } = store.health()
  expect(ok).toBe(true)
  expect(bytes).toBeLessThanOrEqual(1 << 20)
  expect(dropped.telemetry).toBe(39)
  const held = store.events({ doorId: 'front', limit: 10_000 }).map(({ id }) => id)
  expect(dropped.events).toBeGreaterThan(1000)
  expect(held).toEqual(Array.from({ length: 6000 - dropped.events }, (_, i) => dropped.events + 1 + i))
  expect(last).toBe(6000)
})

test('a backup is whole, and taken while the store goes on', async () => {
  const { clock, file, store } = openStore()
  store.inTransaction(() => {
    for (let i = 0; i < 5000; i++) store.commit(readingAt(clock.now()))
  })
  const copy = path.join(path.dirname(file), 'backup.db')
  const done = store.backup(copy)
  const during = store.commit(readingAt(clock.now()))
  await done
  expect(look(copy, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
  expect(look<{ n: number }>(copy, 'SELECT count(*) AS n FROM event')[0].n).toBeGreaterThanOrEqual(5000)
  expect(store.latest('front')?.id).toBe(during)
  await store.backup(copy) // the next one takes its place
  const { store: restored } = openStore({}, copy)
  expect(restored.latest('front')?.id).toBe(during)
})

test('a backup that cannot be written leaves nothing behind', async () => {
  const { file, store } = openStore()
  const target = path.join(path.dirname(file), 'absent', 'backup.db')
  await expect(store.backup(target)).rejects.toMatchObject({ code: 'store.backup' })
  expect(readdirSync(path.dirname(file)).filter((name) => name.includes('backup'))).toEqual([])
})

test('the file is kept as the medium needs it: WAL, a short log, ballast', () => {
  const { clock, file, store } = openStore()
  for (let i = 0; i < 400; i++) store.commit(readingAt(clock.now()))
  expect(look(file, 'PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }])
  expect(statSync(`${file}-wal`).size).toBeLessThan(2 << 20)
  expect(statSync(`${file}.ballast`).size).toBeGreaterThan(4 << 20)
  store.prune()
  expect(statSync(`${file}-wal`).size).toBe(0)
})

test('the connection has what its durability rests on', () => {
  const { database } = new GuardedDatabase(path.join(temporaryDirectory(), 'ajar.db'), 4 << 20)
  onTestFinished(() => void database.close())
  const pragma = (name: string) => database.pragma(name, { simple: true })
  expect(pragma('journal_mode')).toBe('wal')
  expect(pragma('synchronous')).toBe(2) // FULL
  expect(pragma('foreign_keys')).toBe(1)
  expect(pragma('max_page_count')).toBe(4096)
  expect(pragma('page_size')).toBe(1024)
  expect(pragma('busy_timeout')).toBe(2000)
})

test('a database of another page size keeps to the same cap', () => {
  const file = path.join(temporaryDirectory(), 'ajar.db')
  const older = new Database(file)
  older.pragma('page_size = 4096')
  older.pragma('journal_mode = WAL')
  older.close()
  const guarded = new GuardedDatabase(file, 4 << 20)
  onTestFinished(() => void guarded.database.close())
  expect(guarded.database.pragma('max_page_count', { simple: true })).toBe(1024)
  expect(guarded.size()).toBe((guarded.database.pragma('page_count', { simple: true }) as number) * 4096)
})

test('a folder that is not there is said so', () => {
  const file = path.join(temporaryDirectory(), 'absent', 'ajar.db')
  let thrown: AjarError | undefined
  try {
    new SqliteStore(file, SETTINGS, new ManualClock())
  } catch (error) {
    thrown = error as AjarError
  }
  expect(thrown).toMatchObject({ code: 'store.open' })
  expect(existsSync(file)).toBe(false)
})
