import { describe, expect, it } from 'vitest'
import { isLit, ledPattern, type LedRole } from '../../../../src/outputs/gpio/led-patterns.js'
import { CONNECTED, readingOf } from './readings.js'

/** What a person sees in two seconds, one character for each 50 ms. */
function seen(
  role: LedRole,
  ...[reading, health]: [Parameters<typeof ledPattern>[1], Partial<typeof CONNECTED>?]
) {
  const pattern = ledPattern(role, reading, { ...CONNECTED, ...health })
  return Array.from({ length: 40 }, (_, i) => (isLit(pattern, i * 50) ? '#' : '.')).join('')
}
const on = '#'.repeat(40)
const off = '.'.repeat(40)
const flashes = (lit: string): number => lit.split('.').filter((run) => run !== '').length

describe('LED patterns', () => {
  it('the LED of a state is lit in that state alone', () => {
    expect(seen('closed', readingOf('closed'))).toBe(on)
    for (const state of ['opening', 'open', 'closing', 'ajar', 'unknown'] as const)
      expect(seen('closed', readingOf(state))).toBe(off)
    expect(seen('open', readingOf('open'))).toBe(on)
    expect(seen('ajar', readingOf('ajar'))).toBe(on)
  })

  it('status: steady when known, slow when unknown, fast when something moves, double when it is broken', () => {
    expect(seen('status', readingOf('closed'))).toBe(on)
    expect(seen('status', readingOf('unknown'))).toBe('#'.repeat(20) + '.'.repeat(20))
    expect(flashes(seen('status', readingOf('closed', { motion: 'moving' })))).toBe(8)
    expect(flashes(seen('status', readingOf('opening')))).toBe(8)
    const fault = seen('status', readingOf('unknown', { reason: 'model-error' }))
    expect(fault.slice(0, 24)).toBe('##...##.................')
    expect(seen('status', readingOf('closed'), { connected: false })).toBe(fault)
    expect(seen('status', readingOf('unknown', { reason: 'link-stale', motion: 'moving' }))).toBe(fault)
  })
})
