import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { isCron, Schedule } from '../../../src/platform/schedule.js'

const EACH_SECOND = '* * * * * *'

function rig() {
  const errors: [object, string][] = []
  const silent = (): void => undefined
  const error = (fields: object, message: string): void => void errors.push([fields, message])
  const schedule = new Schedule({ debug: silent, info: silent, warn: silent, error })
  onTestFinished(() => schedule.stop())
  return { schedule, errors }
}

describe('isCron', () => {
  it.each(['17 3 * * *', '*/10 * * * *', '0 0 1 jan sun', ' 37 3 * * 0 '])('takes %s', (expression) => {
    expect(isCron(expression)).toBe(true)
  })

  it.each(['', 'daily', '99 * * * *', '* * * *', '* * * * * *', '* * * * 9'])('refuses %s', (expression) => {
    expect(isCron(expression)).toBe(false)
  })
})

describe('Schedule', () => {
  it('runs a task again after it failed, and says so once each time', async () => {
    const { schedule, errors } = rig()
    let runs = 0
    schedule.add('backup', EACH_SECOND, () => {
      runs++
      throw new Error('no room')
    })
    await sleep(2600)
    expect(runs).toBeGreaterThanOrEqual(2)
    expect(errors).toEqual(Array(runs).fill([{ task: 'backup' }, 'Scheduled task failed: no room']))
  })

  it('does not start a task that still runs, and waits for it when it stops', async () => {
    const { schedule } = rig()
    let begun = 0
    let ended = 0
    schedule.add('retention', EACH_SECOND, async () => {
      begun++
      await sleep(2500)
      ended++
    })
    await sleep(2300)
    expect(begun).toBe(1)
    expect(ended).toBe(0)
    await schedule.stop()
    expect(ended).toBe(1)
    await sleep(1200)
    expect(begun).toBe(1)
  })
})
