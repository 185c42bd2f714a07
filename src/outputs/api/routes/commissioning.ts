import { z } from 'zod'
import type { ApiParts } from '../parts.js'
import { reasonSchema } from '../reason-schema.js'
import { route, type Route } from '../route.js'

const count = z.number().int()

const commissioningSchema = z.object({
  phase: z
    .enum(['idle', 'learning', 'live'])
    .describe('idle: not begun, or stopped; live: a model of this door decides'),
  reed: z
    .object({ pin: count, inverted: z.boolean(), door: z.enum(['open', 'closed', 'unknown']) })
    .optional()
    .describe('Absent: none is watched'),
  sinceMs: z.number().optional().describe('Wall clock, ms since 1970; absent where the clock was not set'),
  counts: z.object({
    bursts: count.describe('Motions, whatever moved'),
    openings: count.describe('Of the reed'),
    quiet: count.describe('Windows of quiet intervals'),
    unseen: count.describe('Changes of the reed without any motion on the radio'),
    sessions: count,
    days: count,
  }),
  journal: z.object({ bytes: count, droppedDays: count, droppedRecords: count }),
  training: z.object({
    running: z.boolean(),
    next: z.string().describe('Cron'),
    failed: reasonSchema.optional().describe('Why the last one came to nothing'),
  }),
  verdict: z
    .object({
      model: z.string(),
      verdict: z.string(),
      sentence: z.string(),
      advice: z.array(z.string()).readonly(),
      text: z.string().describe('The certificate in words'),
    })
    .optional()
    .describe('Of the last training'),
  measured: z
    .object({ reed: count, found: count, told: count, false: count, days: count })
    .describe('Openings and closings of a reed that stayed, and what the live model told of them'),
  reasons: z.array(reasonSchema).readonly(),
})

export function commissioningRoutes({ commissioning }: ApiParts): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/commissioning',
      summary: 'How far learning this door from its reed switch has come',
      answer: commissioningSchema,
      handle: () => commissioning.status(),
    }),
    route({
      method: 'post',
      path: '/api/v1/commissioning',
      summary: 'Begins to learn this door from a reed switch, with the door closed; or stops',
      body: z.strictObject({
        action: z.enum(['start', 'stop']).default('start'),
        reedPin: count.min(0).max(53).optional().describe('BCM number; default: commissioning.reedPin'),
        inverted: z.boolean().default(false).describe('The line is low while the door is open'),
      }),
      answer: commissioningSchema,
      handle: ({ body: { action, ...wiring } }) =>
        action === 'stop' ? commissioning.stop() : commissioning.start(wiring),
    }),
  ]
}
