import { z } from 'zod'
import { known } from '../known.js'
import type { ApiParts } from '../parts.js'
import { reasonSchema } from '../reason-schema.js'
import { route, type Route } from '../route.js'

const count = z.number().int()
const stated = z.number().nullable()

/** Null stands where nothing is known yet. */
const linkSchema = z.object({
  link: z.string(),
  connected: z.boolean(),
  source: z.string(),
  simulated: z.boolean().describe('The packets come from the simulator, directly or out of a recording'),
  dialect: z.string(),
  transmitter: z.string().describe('MAC address; empty = not stated'),
  layoutId: count.nullable(),
  packetsPerSecond: stated,
  lossRatio: stated,
  rssiDbm: stated,
  gainLocked: z.boolean().nullable().describe('Null where the receiver does not report its gain'),
  lastPacketAgeMs: stated.describe('Time since the last used packet'),
  counters: z
    .object({
      received: count,
      used: count,
      other: count.describe('Lines of text that were never CSI'),
      control: count,
      discarded: z.record(z.string(), count).describe('By reason'),
    })
    .describe('received = used + sum of discarded'),
  reasons: z.array(reasonSchema),
  store: z.object({
    ok: z.boolean(),
    bytes: count,
    dropped: z.object({ events: count, telemetry: count, outbox: count }),
    reason: reasonSchema.optional(),
  }),
  indicator: z.object({
    driver: z.enum(['onoff', 'gpiod', 'none']),
    ok: z.boolean(),
    reason: reasonSchema.optional(),
  }),
})

export function linkRoute({ view, store, indicator, clock }: ApiParts): Route {
  return route({
    method: 'get',
    path: '/api/v1/link',
    summary: 'Health of the radio link, the database and the indicator',
    answer: linkSchema,
    handle: () => {
      const { lastPacketUs, packetsPerSecond, lossRatio, rssiDbm, gainLocked = null, ...link } = view.link()
      return {
        ...link,
        packetsPerSecond: known(packetsPerSecond),
        lossRatio: known(lossRatio),
        rssiDbm: known(rssiDbm),
        gainLocked,
        lastPacketAgeMs: known((clock.monotonicUs() - lastPacketUs) / 1000),
        store: store.health(),
        indicator: indicator.health(),
      }
    },
  })
}
