import { z } from 'zod'
import { LOG_LEVELS } from '../domain/control.js'
import { ENGINE_NAMES } from '../domain/model.js'
import { cron, line, mac, name, whole } from './fields.js'
import { decision, signal } from './sensing-schema.js'

/**
 * The only place of defaults and help texts. Strict: an unknown key is an error. What a value means in full, and
 * the source of its default, stands in the settings.ts of the part that uses it.
 */

const door = z.strictObject({
  id: name.default('front').describe('Short name in addresses and topics'),
  name: z.string().min(1).max(64).default('Front door').describe('Name that people see'),
})

const receiver = z.strictObject({
  link: name.default('link-1').describe('Name of the link in health and metrics'),
  port: z
    .string()
    .min(1)
    .default('auto')
    .describe("Serial device, 'usb:VID:PID', or 'auto' for the first known USB bridge"),
  baudRate: whole(9600, 3_000_000).default(921_600).describe('Bits per second; 115200 on old firmware'),
  silenceTimeoutMs: whole(500, 600_000)
    .default(3000)
    .describe('An open port without a byte for this long is opened again'),
  reconnectMinMs: whole(10, 60_000).default(1000).describe('Shortest wait before the port is opened again'),
  reconnectMaxMs: whole(10, 600_000).default(30_000).describe('Longest wait before the port is opened again'),
  transmitters: z.array(mac).max(4).default([]).describe('Only these transmitters are used; empty = any'),
  tablePacketsPerSecond: z
    .number()
    .positive()
    .max(1000)
    .default(3)
    .describe('Rate of labelled tables, which carry no time'),
})

const gpio = z.strictObject({
  driver: z
    .enum(['auto', 'onoff', 'none'])
    .default('auto')
    .describe('auto: onoff where a known chip is found'),
  chipLabels: z
    .array(z.string().min(1))
    .default(['pinctrl-bcm2835', 'pinctrl-bcm2711', 'pinctrl-rp1'])
    .describe('Labels of the chip that carries the lines'),
  leds: z
    .strictObject({
      closed: line.optional().describe('LED that lights while the door is closed (BCM number)'),
      ajar: line.optional().describe('LED that lights while the door is ajar'),
      open: line.optional().describe('LED that lights while the door is open'),
      status: line.optional().describe('One LED for everything, by patterns'),
      activeLow: z.boolean().default(false).describe('The LEDs light at low level'),
    })
    .prefault({}),
  relay: z
    .strictObject({
      line: line.describe('Line of the relay (BCM number)'),
      activeLow: z.boolean().default(false).describe('The relay board energises at low level'),
      onStates: z
        .array(z.enum(['closed', 'opening', 'open', 'closing', 'ajar']))
        .min(1)
        .default(['open'])
        .describe('States that energise the relay'),
      pulseMs: whole(0, 60_000).default(0).describe('0: as long as the state lasts; else one pulse'),
      minHoldMs: whole(0, 600_000).default(1000).describe('Least time between two switchings'),
      maxPerMinute: whole(1, 60).default(10).describe('Most times it is energised within a minute'),
      holdMs: whole(0, 60_000)
        .default(0)
        .describe(
          'How long it stays energised after the state became unknown; not where closed energises it',
        ),
      allowProvisional: z.boolean().default(false).describe('Act on readings without a full verdict'),
      allowSimulated: z.boolean().default(false).describe("Act on the simulator's readings"),
    })
    .optional()
    .describe('Absent: no relay'),
})

const store = z.strictObject({
  retentionDays: whole(1, 3650).default(90).describe('How long readings are kept'),
  telemetryRetentionDays: whole(1, 3650).default(30).describe('How long telemetry is kept'),
  maxBytes: whole(1 << 20, 8 * 2 ** 30)
    .default(128 << 20)
    .describe('Cap of the database file'),
  telemetryIntervalMs: whole(1000, 3_600_000).default(60_000).describe('How often telemetry is written'),
  outboxMaxItems: whole(1, 1_000_000).default(10_000).describe('Items kept for the trainer'),
  outboxMaxBytes: whole(1 << 16, 4 * 2 ** 30)
    .default(32 << 20)
    .describe('Bytes of their bodies'),
})

const recordings = z.strictObject({
  maxBytes: whole(1 << 20, 2 ** 40)
    .default(512 << 20)
    .describe('Of all together that the API made; at the cap no more are begun'),
})

const flags = z.strictObject({
  seconds: whole(10, 600)
    .default(120)
    .describe('How much of the past a flag keeps; until then it is in memory'),
  memoryBytes: whole(1 << 20, 256 << 20)
    .default(12 << 20)
    .describe('Of that memory; when it is full the oldest bytes go'),
  maxFlags: whole(1, 1000).default(20).describe('How many are kept; a new one takes the place of the oldest'),
  maxBytes: whole(1 << 20, 2 ** 40)
    .default(128 << 20)
    .describe('Of all together; a new one takes the place of the oldest'),
})

const api = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('Address to listen on; 0.0.0.0 opens it to the LAN'),
  port: whole(0, 65_535).default(8080).describe('TCP port; 0 = any free one'),
  publicStatus: z
    .boolean()
    .default(false)
    .describe("Other machines may read the door's state without a token"),
  allowedHosts: z.array(z.string().min(1)).default([]).describe('Host names served besides the own ones'),
  bodyLimitBytes: whole(1024, 1 << 20)
    .default(65_536)
    .describe('Longest request body'),
  requestsPerMinute: whole(1, 100_000).default(120).describe('From one address; loopback is exempt'),
  maxStreams: whole(1, 1000).default(32).describe('Most event streams at once'),
  tls: z
    .strictObject({ certFile: z.string().min(1), keyFile: z.string().min(1) })
    .optional()
    .describe('PEM files: with them the API speaks TLS'),
})

const log = z.strictObject({
  level: z.enum(LOG_LEVELS).default('info').describe('trace, debug, info, warn or error'),
})

const model = z.strictObject({
  directory: z.string().default('').describe('Directory of the model; empty = none: motion only'),
  engine: z
    .enum(['auto', ...ENGINE_NAMES])
    .default('auto')
    .describe('What executes it; where it fails, the next of int8-simd and int8-js does'),
})

const commissioning = z.strictObject({
  reedPin: line.optional().describe('Line of the reed switch (BCM number); absent: named at the start'),
  debounceMs: whole(1, 1000).default(50).describe('A level of the reed counts once it has held for so long'),
  mostEdgesPerSecond: whole(2, 1000).default(20).describe('More movements of the reed are told as chatter'),
  trainAt: cron.default('47 2 * * *').describe('When the door is learned from what the reed has labelled'),
  resetHours: z
    .number()
    .min(0)
    .max(168)
    .default(4)
    .describe('The receiver is reset so often at quiet times, so that sessions are independent; 0 = never'),
  journalMaxBytes: whole(1 << 20, 2 ** 40)
    .default(128 << 20)
    .describe('Of what the reed has labelled; beyond it the oldest day goes'),
})

const schedules = z.strictObject({
  retention: cron.default('17 3 * * *').describe('When old rows are dropped'),
  backup: cron.default('37 3 * * 0').describe('When the database is backed up; each time costs its size'),
  healthLog: cron.default('*/10 * * * *').describe('When health is written to the log'),
})

export const schema = z.strictObject({
  version: z.literal(1).default(1).describe('Version of this file'),
  dataDirectory: z
    .string()
    .min(1)
    .default('/var/lib/ajar')
    .describe('Database, token, recordings and learned models'),
  door: door.prefault({}),
  receiver: receiver
    .refine(({ reconnectMinMs, reconnectMaxMs }) => reconnectMinMs <= reconnectMaxMs, {
      path: ['reconnectMaxMs'],
      message: 'must not be below reconnectMinMs',
    })
    .prefault({}),
  signal: signal
    .refine(({ motionWindowMs, windowMs }) => motionWindowMs <= windowMs, {
      path: ['motionWindowMs'],
      message: 'must not be above windowMs',
    })
    .refine(({ hopMs, windowMs }) => hopMs <= windowMs, {
      path: ['hopMs'],
      message: 'must not be above windowMs',
    })
    .refine(({ hampelWindow }) => hampelWindow % 2 === 1, {
      path: ['hampelWindow'],
      message: 'must be odd',
    })
    .prefault({}),
  model: model.prefault({}),
  decision: decision
    .refine(({ swingMinMs, swingMaxMs }) => swingMinMs < swingMaxMs, {
      path: ['swingMaxMs'],
      message: 'must be above swingMinMs',
    })
    .refine(({ keepConfidence, minConfidence }) => keepConfidence <= minConfidence, {
      path: ['keepConfidence'],
      message: 'must not be above minConfidence',
    })
    .prefault({}),
  store: store
    .refine(({ outboxMaxBytes, maxBytes }) => outboxMaxBytes <= maxBytes / 2, {
      path: ['outboxMaxBytes'],
      message: 'must not be above half of maxBytes',
    })
    .prefault({}),
  gpio: gpio.prefault({}),
  recordings: recordings.prefault({}),
  commissioning: commissioning.prefault({}),
  flags: flags
    .refine(({ memoryBytes, maxBytes }) => memoryBytes <= maxBytes, {
      path: ['memoryBytes'],
      message: 'must not be above maxBytes',
    })
    .prefault({}),
  api: api.prefault({}),
  log: log.prefault({}),
  schedules: schedules.prefault({}),
})

export type Config = z.infer<typeof schema>
