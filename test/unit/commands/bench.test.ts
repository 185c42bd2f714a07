import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { bench, readable } from '../../../src/commands/bench.js'
import { benchEngines } from '../../../src/commands/bench/engines.js'
import { tfjsNodeInstalled } from '../../support/tfjs-node.js'

const positive = z.number().positive()
const engine = z.strictObject({
  p50Ms: positive,
  p99Ms: positive,
  loadMs: positive,
  residentMb: positive,
  diskMb: z.number().min(0),
})
const epoch = z.strictObject({ secondsPerEpoch: positive })
const [tfjsNode, tfjsNodeEpoch] = tfjsNodeInstalled() ? [engine, epoch] : [z.undefined(), z.undefined()]

/** What other programs read of `ajar bench --json`; more keys may come. */
const figures = z.object({
  decodeText: z.object({ packetsPerSecond: positive, naivePacketsPerSecond: positive, ratio: positive }),
  decodeBinary: z.object({ framesPerSecond: positive }),
  pipeline: z.object({ microsecondsPerPacket: positive }),
  inference: z.object({
    'int8-simd': engine,
    'int8-js': engine,
    'tfjs-wasm': engine,
    'tfjs-node': tfjsNode,
    ratioToOnnxruntime: positive,
  }),
  training: z.object({ 'tfjs-wasm': epoch, 'tfjs-node': tfjsNodeEpoch }),
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
  engine: { measureMs: 2, epochWindows: 3 },
  memory: { settleMs: 1500, measureMs: 1000 },
  cli: path.resolve('dist/cli.js'),
}

it('prints one line of JSON, and what it is at on the side', { timeout: 60_000 }, async () => {
  const out: string[] = []
  const progress: string[] = []
  const io = { out: (line: string) => out.push(line), progress: (line: string) => progress.push(line) }
  const code = await bench({ json: true, soak: false }, () => new AbortController().signal, io, tiny)
  expect(code).toBe(0)
  expect(out).toHaveLength(1)
  const { inference, memory } = figures.parse(JSON.parse(out[0]))
  expect(memory.residentMb).toBeGreaterThan(30)
  expect(inference['int8-simd'].diskMb).toBe(0)
  expect(inference['tfjs-wasm'].diskMb).toBeGreaterThan(50)
  expect(progress).toContain('Inference …')
})

it('leaves out an engine that does not work, and says why', { timeout: 60_000 }, async () => {
  // As where the processor has no SIMD and nothing optional is installed: no WebAssembly at all.
  const cli = path.join(mkdtempSync(path.join(tmpdir(), 'ajar-bench-')), 'cli.mjs')
  writeFileSync(cli, `delete globalThis.WebAssembly\nawait import(${JSON.stringify(tiny.cli)})\n`)
  const progress: string[] = []
  const { inference, training } = await benchEngines(tiny.engine, cli, new AbortController().signal, (line) =>
    progress.push(line),
  )
  expect(inference).toHaveProperty('int8-js')
  expect(inference).not.toHaveProperty('int8-simd')
  expect(inference).not.toHaveProperty('tfjs-wasm')
  expect(training).not.toHaveProperty('tfjs-wasm')
  expect(progress.join('\n')).toMatch(/int8-simd …\nLeft out: .*needs WebAssembly SIMD/)
  expect(progress.join('\n')).toMatch(/tfjs-wasm …\nLeft out: ./)
})

it('prints a readable line for each figure', () => {
  const lines = readable({
    decodeText: { packetsPerSecond: 900_000, naivePacketsPerSecond: 90_000, ratio: 10 },
    decodeBinary: { framesPerSecond: 1_600_000 },
    pipeline: { microsecondsPerPacket: 9.5 },
    inference: {
      'int8-js': { p50Ms: 1.8, p99Ms: 3, loadMs: 6.5, residentMb: 73.5, diskMb: 0 },
      ratioToOnnxruntime: null,
    },
    training: { 'tfjs-wasm': { secondsPerEpoch: 3.64 } },
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
    'Inference        1.8 ms, 99 % below 3 ms; loaded in 6.5 ms, 73.5 MB resident, 0 MB on disk (int8-js)',
    '                 not compared with onnxruntime',
    'Training         3.64 s an epoch of 2000 windows (tfjs-wasm)',
    'Store            19.9 MB written a day',
    'Appliance        85.5 MB resident, 1.5 % of a core at 100 packets/s, 20 s (pseudo-terminal)',
  ])
})
