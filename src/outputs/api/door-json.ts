import { z } from 'zod'
import { DOOR_EVENT_KINDS } from '../../domain/event.js'
import { READING_REASONS, STATES, type DoorReading } from '../../domain/reading.js'
import type { Instant } from '../../domain/time.js'

export const doorSchema = z.object({
  doorId: z.string(),
  state: z.enum(STATES),
  motion: z.enum(['still', 'moving', 'unknown']),
  confidence: z.number().min(0).max(1).describe('Posterior probability of the state; 0 when it is unknown'),
  since: z.iso.datetime().describe('When the state began to be known'),
  at: z.iso.datetime().describe('When this was last decided'),
  clockTrusted: z.boolean().describe('False where the clock that gave the times had not been set'),
  reason: z.enum(READING_REASONS),
  epoch: z.number().int(),
  provisional: z.boolean().describe('No verdict on the site backs this yet'),
  simulated: z.boolean(),
  engine: z.string(),
  model: z.string(),
  lastEvent: z
    .object({ kind: z.enum(DOOR_EVENT_KINDS), at: z.iso.datetime(), confidence: z.number().min(0).max(1) })
    .optional()
    .describe(
      'What the door was last found to have done; told once it is settled, with the time at which it was',
    ),
})

/** A reading as it is shown. `now` puts times right that were taken before the clock was set. */
export function doorJson(reading: DoorReading, now: Instant): z.infer<typeof doorSchema> {
  const { lastEvent } = reading
  const since = wallTime(reading.since, now)
  const at = wallTime(reading.at, now)
  return {
    doorId: reading.doorId,
    state: reading.state,
    motion: reading.motion,
    confidence: reading.confidence,
    since: new Date(since.ms).toISOString(),
    at: new Date(at.ms).toISOString(),
    clockTrusted: since.trusted && at.trusted,
    reason: reading.reason,
    epoch: reading.epoch,
    provisional: reading.provisional,
    simulated: reading.simulated,
    engine: reading.engine,
    model: reading.model,
    ...(lastEvent && {
      lastEvent: { ...lastEvent, at: new Date(wallTime(lastEvent.at, now).ms).toISOString() },
    }),
  }
}

/** A Pi has no clock of its own: within a boot the monotonic time says what the wall clock should have said. */
function wallTime(instant: Instant, now: Instant): { ms: number; trusted: boolean } {
  if (instant.wallTrusted || !now.wallTrusted || instant.bootId !== now.bootId)
    return { ms: instant.wallMs, trusted: instant.wallTrusted }
  return { ms: now.wallMs - (now.monotonicUs - instant.monotonicUs) / 1000, trusted: true }
}
