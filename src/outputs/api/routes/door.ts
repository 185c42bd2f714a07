import { z } from 'zod'
import { doorJson, doorSchema } from '../door-json.js'
import type { ApiParts } from '../parts.js'
import { route, type Route } from '../route.js'

const whole = z.coerce.number().int().min(0)

export function doorRoutes({ view, store, clock }: ApiParts): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/door',
      summary: "The door's state",
      answer: doorSchema.extend({ name: z.string().describe('For people') }),
      handle: () => {
        const [doorId] = view.doors()
        return { name: view.doorName(doorId), ...doorJson(view.reading(doorId), clock.now()) }
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/door/history',
      summary: 'Changes of state, oldest first; the next page begins after the last id',
      query: z.strictObject({
        fromMs: whole.optional().describe('Wall clock, ms since 1970'),
        toMs: whole.optional().describe('Wall clock, ms since 1970, inclusive'),
        afterId: whole.optional().describe('Only changes with a higher id'),
        limit: whole.min(1).max(1000).default(100),
      }),
      answer: z.object({ events: z.array(doorSchema.extend({ id: z.number().int() })) }),
      handle: ({ query }) => {
        const now = clock.now()
        const events = store.events({ doorId: view.doors()[0], ...query })
        return { events: events.map(({ id, reading }) => ({ id, ...doorJson(reading, now) })) }
      },
    }),
  ]
}
