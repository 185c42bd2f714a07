import path from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import type { DoorReading } from '../../../../src/domain/reading.js'
import { SqliteStore } from '../../../../src/outputs/store/sqlite-store.js'
import { StateKeeper } from '../../../../src/outputs/store/state-keeper.js'
import { createLogger } from '../../../../src/platform/logger.js'
import { ManualClock, readingAt, SETTINGS, temporaryDirectory } from './store-bench.js'

test('changes of state are kept; that they cannot be is said once, tried again, and once that they are', () => {
  const file = path.join(temporaryDirectory(), 'ajar.db')
  const clock = new ManualClock()
  const store = new SqliteStore(file, SETTINGS, clock)
  const other = new Database(file)
  onTestFinished(() => {
    other.close()
    store.close()
  })
  const lines: string[] = []
  const { logger } = createLogger('info', { write: (line) => void lines.push(JSON.parse(line).msg) })
  const keeper = new StateKeeper(store, logger)
  const closed = readingAt(clock.now(), { state: 'closed' })
  const open = readingAt(clock.now(), { state: 'open' })

  const first = keeper.keep(closed, 0)
  expect(first).toBe(store.latest('front')?.id)
  expect(keeper.keep({ ...closed, confidence: 0.5, motion: 'moving' }, 1)).toBeUndefined()
  expect(keeper.isDue(closed, 60e6)).toBe(false)

  other.exec('BEGIN EXCLUSIVE') // nobody else can write now
  expect(keeper.keep(open, 100e6)).toBeUndefined()
  expect(keeper.keep({ ...open, epoch: 7 }, 101e6)).toBeUndefined()
  expect(lines).toEqual([expect.stringMatching(/^No state is kept: /)])
  expect(keeper.isDue(open, 102e6)).toBe(false)
  expect(keeper.isDue(open, 110e6)).toBe(true)

  other.exec('ROLLBACK')
  const second = keeper.keep(open, 110e6)
  expect(second).toBeGreaterThan(first as number)
  expect(store.latest('front')).toMatchObject({ id: second, reading: { state: 'open' } })
  expect(lines.slice(1)).toEqual(['States are kept again.'])
  expect(keeper.isDue(open, 200e6)).toBe(false)
}, 20_000)

function keeperOf(): { keeper: StateKeeper; kept: DoorReading[]; unknown(fields: object): DoorReading } {
  const kept: DoorReading[] = []
  const at = new ManualClock().now()
  return {
    keeper: new StateKeeper({ commit: (reading) => kept.push(reading) }, createLogger('error').logger),
    kept,
    unknown: (fields) => readingAt(at, { state: 'unknown', confidence: 0, reason: 'ambiguous', ...fields }),
  }
}

test('while the door stays unknown, the newest reason and epoch are kept once they have settled', () => {
  const { keeper, kept, unknown } = keeperOf()
  const first = unknown({})
  expect(keeper.keep(first, 0)).toBe(1)
  const second = unknown({ reason: 'out-of-distribution' })
  const third = unknown({ epoch: 4 })
  expect(keeper.keep(second, 1e6)).toBeUndefined()
  expect(keeper.keep(third, 2e6)).toBeUndefined()
  expect(keeper.isDue(third, 9e6)).toBe(false)
  expect(keeper.isDue(first, 11e6)).toBe(false) // it went back to what was kept
  expect(keeper.isDue(third, 11e6)).toBe(true)
  expect(keeper.keep(third, 11e6)).toBe(2)
  expect(keeper.isDue(third, 99e6)).toBe(false)
  expect(kept).toEqual([first, third])
})

test('a change of the state is kept at once, however many there were; reasons wait for the rest of the day', () => {
  const { keeper, kept, unknown } = keeperOf()
  const open = unknown({ state: 'open', reason: 'decided' })
  for (let n = 0; n < 10_000; n++) expect(keeper.keep(n % 2 === 0 ? open : unknown({}), n * 1e6)).toBe(n + 1)
  const last = 9_999e6
  const other = unknown({ reason: 'displaced' })
  expect(keeper.isDue(other, last + 11e6)).toBe(false)
  expect(keeper.isDue(other, last + 60e6)).toBe(true)
  for (let second = 0; second < 86_400; second++) {
    const flapping = unknown({ epoch: second })
    if (keeper.isDue(flapping, last + second * 1e6)) keeper.keep(flapping, last + second * 1e6)
  }
  expect(kept.length - 10_000).toBeGreaterThan(2500)
  expect(kept.length - 10_000).toBeLessThanOrEqual(3300)
})
