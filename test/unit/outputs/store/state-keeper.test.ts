import path from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
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
