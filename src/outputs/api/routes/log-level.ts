import { z } from 'zod'
import { LOG_LEVELS } from '../../../domain/control.js'
import type { ApiParts } from '../parts.js'
import { route, type Route } from '../route.js'

export function logLevelRoute({ logLevel }: ApiParts): Route {
  return route({
    method: 'patch',
    path: '/api/v1/log-level',
    summary: 'Sets the log level for a time; then the configured one comes back',
    body: z.strictObject({
      level: z.enum(LOG_LEVELS),
      seconds: z.number().int().min(1).max(86_400).default(600),
    }),
    answer: z.object({
      level: z.enum(LOG_LEVELS),
      untilMs: z.number().describe('Wall clock, ms since 1970'),
    }),
    handle: ({ body }) => logLevel.set(body.level, body.seconds * 1000),
  })
}
