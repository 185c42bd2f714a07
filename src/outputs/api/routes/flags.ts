import { z } from 'zod'
import { READING_REASONS, STATES } from '../../../domain/reading.js'
import { AjarError } from '../../../platform/errors.js'
import type { ApiParts } from '../parts.js'
import { Problem } from '../problem.js'
import { route, type Route } from '../route.js'

const count = z.number().int()
const RETRY_SECONDS = 10

const flagSchema = z.object({
  id: z.string(),
  file: z.string().describe('On the machine; `ajar replay` shows what the pipeline makes of it'),
  bytes: count,
  seconds: z.number().describe("Of the link's bytes that it holds"),
  atMs: z.number().describe('Wall clock, ms since 1970'),
  note: z.string(),
  simulated: z.boolean(),
  reading: z
    .object({
      atUs: z.number().describe("When it was decided, by the machine's monotonic clock"),
      state: z.enum(STATES),
      motion: z.enum(['still', 'moving', 'unknown']),
      confidence: z.number(),
      reason: z.enum(READING_REASONS),
      epoch: count,
      provisional: z.boolean(),
    })
    .describe('What was shown at that moment'),
  model: z.string().describe('Empty = none'),
  engine: z.string(),
})

export function flagRoutes({ flags }: ApiParts): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/v1/door/flag',
      summary:
        'Says that the reading is wrong: keeps the last minutes of raw bytes and the readings with them',
      body: z.strictObject({ note: z.string().max(500).default('') }),
      answer: flagSchema,
      status: 201,
      handle: async ({ ctx, body }) => {
        try {
          return await flags.save(body)
        } catch (error) {
          if (!(error instanceof AjarError) || error.code !== 'flag.too-soon') throw error
          ctx.set('retry-after', String(RETRY_SECONDS))
          throw new Problem(429, error.message, error.hint, { code: error.code })
        }
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/flags',
      summary: 'Flags that are kept, oldest first',
      answer: z.object({
        flags: z.array(flagSchema).readonly(),
        dropped: count.describe('Flags that made room for newer ones, since the start'),
        unreadable: count.describe('Files in the folder that are no flag'),
        recent: z
          .object({ seconds: z.number(), bytes: count, droppedBytes: count })
          .describe('What could be flagged now, and what went before its time because the memory was full'),
      }),
      handle: () => flags.list(),
    }),
  ]
}
