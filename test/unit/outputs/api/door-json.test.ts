import { describe, expect, it } from 'vitest'
import type { DoorReading } from '../../../../src/domain/reading.js'
import type { Instant } from '../../../../src/domain/time.js'
import { doorJson } from '../../../../src/outputs/api/door-json.js'

const NOON_MS = Date.UTC(2026, 5, 1, 12)
const now: Instant = { bootId: 'b', monotonicUs: 100e6, wallMs: NOON_MS, wallTrusted: true }

function shown(since: Partial<Instant>, at = now) {
  const reading: DoorReading = {
    ...{ doorId: 'front', state: 'open', motion: 'still', confidence: 1, reason: 'decided', epoch: 0 },
    ...{ provisional: false, simulated: false, engine: 'int8-js', model: 'm' },
    since: { bootId: 'b', monotonicUs: 40e6, wallMs: 5000, wallTrusted: false, ...since },
    at: now,
  }
  const { since: time, clockTrusted } = doorJson(reading, at)
  return { time, clockTrusted }
}

describe('times of a reading', () => {
  it('are put right once the clock is set, as far as the machine has not started again', () => {
    expect(shown({})).toEqual({ time: '2026-06-01T11:59:00.000Z', clockTrusted: true })
  })

  it('stay as they were, and are not trusted, from an earlier boot or while the clock is not set', () => {
    const asTaken = { time: '1970-01-01T00:00:05.000Z', clockTrusted: false }
    expect(shown({ bootId: 'a' })).toEqual(asTaken)
    expect(shown({}, { ...now, wallTrusted: false })).toEqual(asTaken)
  })

  it('are not touched where the clock was right', () => {
    expect(shown({ wallMs: NOON_MS - 1, wallTrusted: true }).time).toBe('2026-06-01T11:59:59.999Z')
  })
})
