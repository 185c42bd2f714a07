import { z } from 'zod'
import type { ApiParts } from '../parts.js'
import { Problem } from '../problem.js'
import { reasonSchema } from '../reason-schema.js'
import { route, type Route } from '../route.js'

export function healthRoutes({ view }: ApiParts): Route[] {
  return [
    route({
      method: 'get',
      path: '/healthz',
      summary: 'The process is alive',
      answer: z.object({
        alive: z.boolean(),
        version: z.string().optional().describe('Not for other machines without the token'),
      }),
      handle: ({ ctx }) => ({ alive: true, ...(ctx.state.trusted && { version: view.version }) }),
    }),
    route({
      method: 'get',
      path: '/readyz',
      summary: 'The door is being sensed; else 503 with reasons, worst first',
      answer: z.object({ ready: z.boolean(), reasons: z.array(reasonSchema) }),
      handle: () => {
        const reasons = view.reasons()
        if (view.sensing()) return { ready: true, reasons: [...reasons] }
        const { text, hint } = reasons[0] ?? { text: 'No packets yet.', hint: 'Wait a moment.' }
        throw new Problem(503, `The door is not being sensed: ${text}`, hint, { ready: false, reasons })
      },
    }),
  ]
}
