import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LogLevel } from '../../../src/domain/control.js'
import { TimedLogLevel } from '../../../src/platform/log-level.js'

describe('TimedLogLevel', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function rig() {
    const applied: LogLevel[] = []
    return { applied, control: new TimedLogLevel('info', (level) => applied.push(level), 60_000) }
  }

  it('puts the configured level back after its time', () => {
    const { control, applied } = rig()
    expect(control.set('debug', 5000)).toEqual({ level: 'debug', untilMs: Date.now() + 5000 })
    vi.advanceTimersByTime(4999)
    expect(control.level()).toBe('debug')
    vi.advanceTimersByTime(1)
    expect(control.level()).toBe('info')
    expect(applied).toEqual(['debug', 'info'])
  })

  it('counts from the last time it was asked', () => {
    const { control } = rig()
    control.set('debug', 5000)
    vi.advanceTimersByTime(4000)
    control.set('trace', 5000)
    vi.advanceTimersByTime(4000)
    expect(control.level()).toBe('trace')
    vi.advanceTimersByTime(1000)
    expect(control.level()).toBe('info')
  })

  it.each([0, -1, Number.NaN, 60_001])('refuses %d ms and leaves the level', (forMs) => {
    const { control, applied } = rig()
    expect(() => control.set('debug', forMs)).toThrow(expect.objectContaining({ code: 'log-level.duration' }))
    expect(applied).toEqual([])
  })
})
