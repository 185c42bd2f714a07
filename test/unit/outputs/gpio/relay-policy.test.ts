import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import type { State } from '../../../../src/domain/reading.js'
import { RelayPolicy } from '../../../../src/outputs/gpio/relay-policy.js'
import type { RelaySettings } from '../../../../src/outputs/gpio/settings.js'
import { readingOf, RELAY } from './readings.js'

/** A policy that is told states at times (ms) and asked in between. */
function policyOf(settings: Partial<RelaySettings> = {}) {
  const policy = new RelayPolicy({ ...RELAY, ...settings })
  return {
    policy,
    tell: (atMs: number, state: State, change = {}) => policy.read(readingOf(state, change), atMs),
    at: (atMs: number) => policy.energised(atMs),
  }
}

describe('a relay that follows the state', () => {
  it('is energised by the states it is told, as long as they last', () => {
    const { tell, at } = policyOf()
    expect(at(0)).toBe(false)
    expect(tell(0, 'closed')).toBe(false)
    expect(tell(5000, 'open')).toBe(true)
    expect(at(60_000)).toBe(true)
    expect(tell(60_000, 'closed')).toBe(false)
  })

  it('goes to its fail state at once when the state is unknown, whatever the limits', () => {
    const { tell } = policyOf({ minHoldMs: 60_000 })
    expect(tell(0, 'open')).toBe(true)
    expect(tell(10, 'unknown')).toBe(false)
  })

  it('holds each position for the minimum between two certain states', () => {
    const { policy, tell, at } = policyOf()
    expect(tell(0, 'open')).toBe(true)
    expect(tell(400, 'closed')).toBe(true)
    expect(at(999)).toBe(true)
    expect(at(1000)).toBe(false)
    expect(tell(1300, 'open')).toBe(false)
    expect(policy.limited).toBe(1)
    expect(at(1999)).toBe(false)
    expect(at(2000)).toBe(true)
  })

  it('is energised at most so many times in any minute, later as soon as it may', () => {
    const { policy, tell, at } = policyOf()
    for (const second of [0, 10, 20]) {
      expect(tell(second * 1000, 'open')).toBe(true)
      expect(tell(second * 1000 + 5000, 'closed')).toBe(false)
    }
    expect(tell(30_000, 'open')).toBe(false)
    expect(policy.limited).toBe(1)
    expect(at(59_999)).toBe(false)
    expect(at(60_000)).toBe(true)
  })

  it('does not act on provisional or simulated readings unless it is allowed to', () => {
    for (const change of [{ provisional: true }, { simulated: true }]) {
      expect(policyOf().tell(0, 'open', change)).toBe(false)
      const allowed = policyOf({ allowProvisional: true, allowSimulated: true })
      expect(allowed.tell(0, 'open', change)).toBe(true)
    }
  })

  it('a hold is bounded, is not renewed, and never holds closed', () => {
    const { tell, at } = policyOf({ holdMs: 3000 })
    tell(0, 'open')
    expect(tell(5000, 'unknown')).toBe(true)
    expect(tell(7000, 'unknown', { motion: 'moving' })).toBe(true)
    expect(at(7999)).toBe(true)
    expect(at(8000)).toBe(false)
    expect(tell(8100, 'unknown')).toBe(false)

    const closed = policyOf({ holdMs: 3000, onStates: ['closed', 'open'] })
    expect(closed.tell(0, 'closed')).toBe(true)
    expect(closed.tell(5000, 'unknown')).toBe(false)
  })

  it.each<[onStates: State[], states: State[]]>([
    [['closed'], ['closed', 'open']],
    [
      ['closed', 'ajar'],
      ['closed', 'ajar'],
    ],
    [
      ['closed', 'opening'],
      ['closed', 'opening'],
    ],
    [['open'], ['open', 'ajar']],
  ])('energised by %j, after %j unknown ends it at once', (onStates, states) => {
    const { tell, at } = policyOf({ holdMs: 60_000, minHoldMs: 60_000, onStates: onStates as [] })
    for (const [second, state] of states.entries()) expect(tell(second * 1000, state)).toBe(true)
    expect(tell(21_000, 'unknown')).toBe(false)
    expect(at(80_000)).toBe(false)
  })

  it('a hold does not energise a relay that was off', () => {
    const { tell } = policyOf({ holdMs: 3000 })
    tell(0, 'ajar')
    expect(tell(5000, 'unknown')).toBe(false)
  })
})

describe('a relay that pulses', () => {
  const pulsing = { pulseMs: 500 }

  it('marks the beginning of the state by one pulse of its length', () => {
    const { tell, at } = policyOf(pulsing)
    tell(0, 'closed')
    expect(tell(5000, 'open')).toBe(true)
    expect(at(5499)).toBe(true)
    expect(at(5500)).toBe(false)
    expect(at(60_000)).toBe(false)
  })

  it('is silent when a state is merely found: at the start, and again after unknown', () => {
    const { tell } = policyOf(pulsing)
    expect(tell(0, 'open')).toBe(false)
    expect(tell(5000, 'unknown')).toBe(false)
    expect(tell(8000, 'open')).toBe(false)
  })

  it('pulses when the door has changed behind the unknown', () => {
    const { tell } = policyOf(pulsing)
    tell(0, 'closed')
    tell(5000, 'unknown')
    expect(tell(8000, 'open')).toBe(true)
  })

  it('unknown cuts a pulse short', () => {
    const { tell } = policyOf(pulsing)
    tell(0, 'closed')
    tell(5000, 'open')
    expect(tell(5100, 'unknown')).toBe(false)
  })

  it('drops and counts what exceeds the rate, and does not make up for it', () => {
    const { policy, tell, at } = policyOf(pulsing)
    tell(0, 'closed')
    for (const second of [10, 20, 30]) {
      expect(tell(second * 1000, 'open')).toBe(true)
      expect(at(second * 1000 + 600)).toBe(false)
      tell(second * 1000 + 5000, 'closed')
    }
    expect(tell(40_000, 'open')).toBe(false)
    expect(policy.limited).toBe(1)
    for (let ms = 40_000; ms < 120_000; ms += 50) expect(at(ms)).toBe(false)
  })
})

it('keeps every limit whatever it is told', () => {
  const event = fc.record({
    afterMs: fc.integer({ min: 0, max: 5000 }),
    state: fc.constantFrom<State>('closed', 'open', 'ajar', 'opening', 'unknown'),
  })
  const settings = fc.record({
    pulseMs: fc.constantFrom(0, 300),
    holdMs: fc.constantFrom(0, 700, 60_000),
    minHoldMs: fc.constantFrom(RELAY.minHoldMs, 20_000),
    onStates: fc.subarray<(typeof RELAY.onStates)[number]>(['closed', 'open', 'ajar', 'opening'], {
      minLength: 1,
    }),
  })
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), settings, (events, limits) => {
      const { tell, at } = policyOf(limits)
      const risesMs: number[] = []
      let now = 0
      let fellMs = -Infinity
      let on = false
      let known: State | undefined
      let unknownMs = 0
      const mayHold = (): boolean =>
        limits.pulseMs === 0 &&
        now - unknownMs < limits.holdMs &&
        limits.onStates.some((state) => state === known) &&
        !limits.onStates.includes('closed')
      const note = (energised: boolean, state: State): void => {
        if (state === 'unknown' && !(on && mayHold())) expect(energised).toBe(false)
        if (energised && !on) {
          expect(now - fellMs).toBeGreaterThanOrEqual(limits.minHoldMs)
          risesMs.push(now)
        }
        if (!energised && on) fellMs = now
        on = energised
      }
      let before: State = 'unknown'
      for (const { afterMs, state } of events) {
        if (state !== 'unknown') known = state
        else if (before !== 'unknown') unknownMs = now
        before = state
        note(tell(now, state), state)
        for (const end = now + afterMs; now < end; now += 50) note(at(now), state)
      }
      for (const rise of risesMs)
        expect(risesMs.filter((other) => other >= rise && other < rise + 60_000).length).toBeLessThanOrEqual(
          RELAY.maxPerMinute,
        )
    }),
  )
})
