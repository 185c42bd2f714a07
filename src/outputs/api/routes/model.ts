import { z } from 'zod'
import type { ApiParts } from '../parts.js'
import { reasonSchema } from '../reason-schema.js'
import { route, type Route } from '../route.js'

const modelSchema = z.object({
  id: z.string().describe('Empty = none'),
  family: z.string(),
  engine: z.string().describe('What executes it; empty = nothing'),
  engineReason: reasonSchema.optional().describe('Why this engine, and what became of those before it'),
  layoutId: z.number().int(),
  outputs: z.array(z.object({ marker: z.string(), state: z.string() })).readonly(),
  verdict: z.string(),
  provisional: z.boolean(),
  simulated: z.boolean().describe('Trained on simulated data: every reading that it gives is simulated'),
  reason: reasonSchema.optional().describe('Why there is none, or none that works'),
})

export function modelRoute({ view }: ApiParts): Route {
  return route({
    method: 'get',
    path: '/api/v1/model',
    summary: 'The model that decides',
    answer: modelSchema,
    handle: () => view.model(),
  })
}
