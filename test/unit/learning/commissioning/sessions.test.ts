import { describe, expect, it } from 'vitest'
import type { Instant } from '../../../../src/domain/time.js'
import { DeviceTime } from '../../../../src/learning/commissioning/device-time.js'
import { dayOf, Sessions } from '../../../../src/learning/commissioning/sessions.js'

const at = (hours: number, change: Partial<Instant> = {}): Instant => ({
  bootId: 'host-1',
  monotonicUs: hours * 3600e6,
  wallMs: new Date(2026, 5, 1).getTime() + hours * 3600e3,
  wallTrusted: true,
  ...change,
})

describe('sessions', () => {
  it('begin with the receiver, an epoch and a day, and only then', () => {
    const sessions = new Sessions('front', undefined)
    expect(sessions.window(0, 1e6, at(1))).toBe(true)
    expect(sessions.labels).toEqual({ session: 's1-2026-06-01', day: '2026-06-01', place: 'front' })
    expect(sessions.window(0, 1.1e6, at(5))).toBe(false)
    expect(sessions.window(1, 1.1e6, at(6))).toBe(true)
    expect(sessions.window(1, 90e6, at(7))).toBe(true)
    expect(sessions.window(1, 90e6, at(25))).toBe(true)
    expect(sessions.labels.session).toBe('s4-2026-06-02')
  })

  it('go on when the program was started again and the receiver was not', () => {
    const before = new Sessions('front', undefined)
    before.window(7, 1e6, at(1))
    const after = new Sessions('front', { ...before.current! })
    expect(after.window(0, 1.2e6, at(2))).toBe(false)
    expect(after.labels.session).toBe('s1-2026-06-01')
    const rebooted = new Sessions('front', { ...before.current! })
    expect(rebooted.window(0, 1e6, at(2, { bootId: 'host-2' }))).toBe(true)
    expect(rebooted.labels.session).toBe('s2-2026-06-01')
  })

  it('have days of the host where no clock is set', () => {
    expect(dayOf(at(30, { wallTrusted: false }))).toBe('boot-host-1-1')
  })
})

describe('device time', () => {
  it('is told by the least delay of the latest windows, and unknown without any', () => {
    const time = new DeviceTime()
    expect(time.deviceUs(5e6, 5e6)).toBeUndefined()
    for (let i = 0; i < 30; i++) time.window(1e6 + i * 2e5, 0, 9e6 + i * 2e5 + (i % 3) * 4e4)
    expect(time.deviceUs(14.9e6, 14.95e6)).toBeCloseTo(6.9e6, 0)
    expect(time.deviceUs(14.9e6, 30e6)).toBeUndefined()
  })

  it('begins anew with the device', () => {
    const time = new DeviceTime()
    time.window(100e6, 0, 200e6)
    time.window(1e6, 1, 200.5e6)
    expect(time.deviceUs(200.6e6, 200.6e6)).toBeCloseTo(1.1e6, 0)
  })
})
