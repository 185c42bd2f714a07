import { z } from 'zod'
import type { ApiParts } from '../parts.js'
import { Problem } from '../problem.js'
import { reasonSchema } from '../reason-schema.js'
import { route, type Route } from '../route.js'

const recordingSchema = z.object({
  id: z.string(),
  file: z.string().describe('On the machine'),
  seconds: z.number().int(),
  startedMs: z.number().describe('Wall clock, ms since 1970'),
  bytes: z.number().int(),
  done: z.boolean().describe('It runs no longer'),
  error: reasonSchema.optional().describe('Why there is no file although it is done'),
})

export function recordingRoutes({ recordings }: ApiParts): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/v1/recordings',
      summary: 'Records the raw bytes of the receiver into a file, one recording at a time',
      body: z.strictObject({
        seconds: z.number().int().min(1).max(3600).default(60),
        note: z.string().max(500).default(''),
      }),
      answer: recordingSchema,
      status: 202,
      handle: ({ body }) => recordings.start(body),
    }),
    route({
      method: 'get',
      path: '/api/v1/recordings/current',
      summary: 'The recording that runs, or the last one',
      answer: recordingSchema,
      handle: () => {
        const current = recordings.current()
        if (current === undefined)
          throw new Problem(404, 'Nothing has been recorded yet.', 'POST /api/v1/recordings starts one.')
        return current
      },
    }),
    route({
      method: 'delete',
      path: '/api/v1/recordings/current',
      summary: 'Ends the recording that runs and keeps nothing of it',
      query: z.strictObject({ id: z.string().describe('So that it is the one that is meant') }),
      answer: z.object({ cancelled: z.string().describe('Its id') }),
      handle: async ({ query: { id } }) => {
        await recordings.cancel(id)
        return { cancelled: id }
      },
    }),
  ]
}
