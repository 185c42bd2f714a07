import path from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { bench, readable } from '../../../src/commands/bench.js'

const positive = z.number().positive()
const engine = z.strictObject({ p50Ms: positive, p99Ms: positive })

/** What other programs read of `ajar bench --json`; more keys may come. */
const figures = z.object({
  decodeText: z.object({ packetsPerSecond: positive, naivePacketsPerSecond: positive, ratio: positive }),
  decodeBinary: z.object({ framesPerSecond: positive }),
  pipeline: z.object({ microsecondsPerPacket: positive }),
  inference: z.object({ 'int8-js': engine, ratioToOnnxruntime: positive }).catchall(engine),
  store: z.object({ bytesPerDay: positive }),
  memory: z.object({
    residentMb: positive,
    cpuPercent: z.number().min(0),
    seconds: positive,
    source: z.enum(['pseudo-terminal', 'simulator']),
  }),
})

const tiny = {
  roundMs: 2,
  packets: 1000,
  memory: { settleMs: 1500, measureMs: 1000, cli: path.resolve('dist/cli.js') },
}

it('prints one line of JSON, and what it is at on the side', { timeout: 60_000 }, async () => {
  const out: string[] = []
  const progress: string[] = []
  const io = { out: (line: string) => out.push(line), progress: (line: string) => progress.push(line) }
  const code = await bench({ json: true, soak: false }, () => new AbortController().signal, io, tiny)
  expect(code).toBe(0)
  expect(out).toHaveLength(1)
  const { memory } = figures.parse(JSON.parse(out[0]))
  expect(memory.residentMb).toBeGreaterThan(30)
  expect(progress).toContain('Inference …')
})

it('prints a readable line for each figure', () => {
  const lines = readable({
    decodeText: { packetsPerSecond: 900_000, naivePacketsPerSecond: 90_000, ratio: 10 },
    decodeBinary: { framesPerSecond: 1_600_000 },
    pipeline: { microsecondsPerPacket: 9.5 },
    inference: { 'int8-js': { p50Ms: 0.1, p99Ms: 0.2 }, ratioToOnnxruntime: null },
    store: { bytesPerDay: 19_890_176 },
    memory: {
      residentMb: 85.5,
      cpuPercent: 1.5,
      seconds: 20,
      packetsPerSecond: 100,
      source: 'pseudo-terminal',
    },
  })
  expect(lines).toEqual([
    'Text decode      900000 packets/s, 10 times a plain decoder',
    'Binary decode    1600000 frames/s',
    'Bytes to window  9.5 µs a packet',
    'Inference        0.1 ms, 99 % below 0.2 ms (int8-js)',
    '                 not compared with onnxruntime',
    'Store            19.9 MB written a day',
    'Appliance        85.5 MB resident, 1.5 % of a core at 100 packets/s, 20 s (pseudo-terminal)',
  ])
})
