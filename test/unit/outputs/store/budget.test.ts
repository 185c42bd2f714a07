import { expect, test } from 'vitest'
import { benchStore } from '../../../../src/commands/bench/store.js'

/** What an SD card may be asked for. */
const MOST_BYTES_A_DAY = 50e6
/** A mature database of some 65 MB, copied once a week. */
const BACKUP_BYTES_A_DAY = 65e6 / 7

test('a busy day and its share of the backup stay within 50 MB', () => {
  const { bytesPerDay } = benchStore().store
  expect(bytesPerDay).toBeGreaterThan(1e6)
  expect(bytesPerDay + BACKUP_BYTES_A_DAY).toBeLessThan(MOST_BYTES_A_DAY)
})
