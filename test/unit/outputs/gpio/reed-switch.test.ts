import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { ReedChange } from '../../../../src/domain/reed.js'
import type { GpioDriver } from '../../../../src/outputs/gpio/driver.js'
import { Debounce } from '../../../../src/outputs/gpio/debounce.js'
import { ReedSwitch } from '../../../../src/outputs/gpio/reed-switch.js'
import { AjarError } from '../../../../src/platform/errors.js'

/** A line that the test moves, on a chip with interrupts or without. */
function bench(options: { interrupts?: boolean; inverted?: boolean; high?: boolean } = {}) {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const { interrupts = true, inverted = false } = options
  const line = { high: options.high ?? false, released: false, broken: false, absent: false }
  let moved: () => void = () => undefined
  const driver = (): GpioDriver => ({
    name: 'onoff',
    output: () => ({ write: () => undefined }),
    input: (number) => {
      if (line.absent) throw new AjarError('gpio.line', `GPIO${number} does not exist.`, 'Choose another.')
      return {
        read: () => {
          if (line.broken) throw new AjarError('gpio.read', 'GPIO4 cannot be read.', 'See the wires.')
          return line.high
        },
        watch: (call) => {
          if (!interrupts) return undefined
          moved = call
          return () => (moved = () => undefined)
        },
        release: () => void (line.released = true),
      }
    },
  })
  const changes: ReedChange[] = []
  const settings = { pin: 4, inverted, chipLabels: [], debounceMs: 50, mostEdgesPerSecond: 6 }
  const reed = new ReedSwitch(settings, { monotonicUs: () => Date.now() * 1000 }, driver)
  const start = Date.now()
  return {
    ...{ line, changes, reed },
    start: () => reed.start((change) => changes.push(change)),
    set: (high: boolean) => {
      line.high = high
      moved()
    },
    /** ms since the start. */
    told: () => changes.map(({ open, hostTimeUs }) => [open, Math.round(hostTimeUs / 1000 - start)]),
  }
}

describe('a reed switch', () => {
  for (const interrupts of [true, false])
    it(`is open at high level, and a change dates from its first bounce (${interrupts ? 'edges' : 'polled'})`, async () => {
      const { start, reed, set, told } = bench({ interrupts })
      start()
      expect(reed.open()).toBe(false)
      await vi.advanceTimersByTimeAsync(1000)
      for (const [high, ms] of [
        [true, 20],
        [false, 20],
        [true, 200],
      ] as const) {
        set(high)
        await vi.advanceTimersByTimeAsync(ms)
      }
      expect(reed.open()).toBe(true)
      expect(told()).toHaveLength(1)
      expect(told()[0][1]).toBeGreaterThanOrEqual(1000)
      expect(told()[0][1]).toBeLessThanOrEqual(1020)
      set(false)
      await vi.advanceTimersByTimeAsync(600)
      expect(told().map(([open]) => open)).toEqual([true, false])
      reed.stop()
    })

  it('fitted the other way round: low is open', () => {
    const { start, reed } = bench({ inverted: true })
    start()
    expect(reed.open()).toBe(true)
    reed.stop()
  })

  it('sees a change whose interrupt was lost', async () => {
    const { start, line, told, reed } = bench()
    start()
    line.high = true
    await vi.advanceTimersByTimeAsync(1000)
    expect(told()).toHaveLength(1)
    reed.stop()
  })

  it('tells chatter as such, and a glitch as nothing', async () => {
    const { start, set, reed, told } = bench()
    start()
    set(true)
    await vi.advanceTimersByTimeAsync(10)
    set(false)
    await vi.advanceTimersByTimeAsync(1500)
    expect(told()).toEqual([])
    expect(reed.reasons()).toEqual([])
    for (let i = 0; i < 40; i++) {
      set(i % 2 === 0)
      await vi.advanceTimersByTimeAsync(30)
    }
    await vi.advanceTimersByTimeAsync(500)
    expect(reed.reasons().map(({ code }) => code)).toEqual(['reed.chatters'])
    reed.stop()
  })

  it('is a reason, never an exception, where its line is absent or fails, and goes on when it comes', async () => {
    const { start, line, reed, set, told } = bench()
    line.absent = true
    start()
    expect(reed.open()).toBeUndefined()
    expect(reed.reasons()).toMatchObject([{ code: 'reed.absent', text: 'GPIO4 does not exist.' }])
    line.absent = false
    await vi.advanceTimersByTimeAsync(31_000)
    expect(reed.reasons()).toEqual([])
    line.broken = true
    await vi.advanceTimersByTimeAsync(1000)
    expect(reed.reasons()).toMatchObject([{ code: 'reed.absent' }])
    line.broken = false
    set(true)
    await vi.advanceTimersByTimeAsync(1000)
    expect(told()).toHaveLength(1)
    expect(reed.reasons()).toEqual([])
    reed.stop()
    expect(line.released).toBe(true)
  })
})

describe('Debounce', () => {
  it('a line that came back before it settled has not changed', () => {
    const debounce = new Debounce(false, 50_000, 20)
    debounce.see(true, 0)
    expect(debounce.settle(49_000)).toBeUndefined()
    debounce.see(false, 49_500)
    expect(debounce.settle(99_000)).toBeUndefined()
    expect(debounce.settle(99_500)).toBeUndefined()
    expect(debounce.moving).toBe(false)
    debounce.see(true, 200_000)
    expect(debounce.settle(250_000)).toBe(200_000)
    expect(debounce.level).toBe(true)
  })
})
