import { expect, it } from 'vitest'
import { ReceiverResets } from '../../../../src/learning/commissioning/receiver-resets.js'
import { createLogger } from '../../../../src/platform/logger.js'

const MINUTE = 60e6
const HOUR = 60 * MINUTE

function bench(everyHours: number, fails = false) {
  const lines: string[] = []
  const { logger } = createLogger('warn', { write: (line: string) => void lines.push(line) })
  let asked = 0
  const reset = async (): Promise<void> => {
    asked++
    if (fails) throw new Error('no modem lines')
  }
  return { resets: new ReceiverResets(reset, everyHours, 0, logger), lines, asked: () => asked }
}

it('resets at a quiet time once it is due, and then no sooner than after the interval', async () => {
  const { resets, asked } = bench(4)
  resets.window(false, 0)
  resets.tick(3 * HOUR)
  expect(asked()).toBe(0)
  resets.window(true, 4 * HOUR)
  resets.tick(4 * HOUR)
  resets.window(false, 4 * HOUR + MINUTE)
  resets.tick(4 * HOUR + 10 * MINUTE)
  expect(asked()).toBe(0)
  resets.tick(4 * HOUR + 12 * MINUTE)
  expect(asked()).toBe(1)
  resets.window(false, 4 * HOUR + 13 * MINUTE)
  resets.tick(8 * HOUR)
  expect(asked()).toBe(1)
  resets.tick(9 * HOUR)
  expect(asked()).toBe(2)
  await Promise.resolve()
  expect(resets.count).toBe(2)
})

it('never, where that is wished, or nothing was heard yet', () => {
  const never = bench(0)
  never.resets.window(false, 0)
  never.resets.tick(100 * HOUR)
  expect(never.asked()).toBe(0)
  const deaf = bench(4)
  deaf.resets.tick(100 * HOUR)
  expect(deaf.asked()).toBe(0)
})

it('a receiver that cannot be reset is told of once', async () => {
  const { resets, lines } = bench(1, true)
  for (const hour of [2, 4, 6]) {
    resets.window(false, (hour - 1) * HOUR)
    resets.tick(hour * HOUR)
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('no modem lines')
  expect(resets.count).toBe(0)
})
