import type { LinkHealth } from '../../domain/link.js'
import type { DoorReading, ReadingReason } from '../../domain/reading.js'

/** How a LED shines: alternating on and off times, ms, beginning with on. Empty = dark; one entry = steady. */
export type LedPattern = readonly number[]

const DARK: LedPattern = []
const STEADY: LedPattern = [Infinity]
/** Someone must look: two short flashes and a pause. */
const DOUBLE_BLINK: LedPattern = [100, 150, 100, 850]
const FAST_BLINK: LedPattern = [125, 125]
const SLOW_BLINK: LedPattern = [1000, 1000]

const FAULTS: readonly ReadingReason[] = ['link-stale', 'no-model', 'model-error', 'safe-mode']

export type LedRole = 'closed' | 'ajar' | 'open' | 'status'

/** What the LED of a role shows. A state's own LED is dark whenever that state is not certain. */
export function ledPattern(role: LedRole, reading: DoorReading, health: LinkHealth): LedPattern {
  if (role !== 'status') return reading.state === role ? STEADY : DARK
  if (!health.connected || FAULTS.includes(reading.reason)) return DOUBLE_BLINK
  if (reading.motion === 'moving' || reading.state === 'opening' || reading.state === 'closing')
    return FAST_BLINK
  return reading.state === 'unknown' ? SLOW_BLINK : STEADY
}

/** Whether a LED with this pattern is lit `elapsedMs` after the pattern began. */
export function isLit(pattern: LedPattern, elapsedMs: number): boolean {
  if (pattern.length < 2) return pattern.length === 1
  const period = pattern.reduce((sum, part) => sum + part, 0)
  let rest = elapsedMs % period
  for (let part = 0; part < pattern.length; part++) {
    if (rest < pattern[part]) return part % 2 === 0
    rest -= pattern[part]
  }
  return false
}
