import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultConfig } from '../../src/config/load.js'
import type { DoorReading } from '../../src/domain/reading.js'
import type { Clock, Instant } from '../../src/domain/time.js'
import { Pipeline } from '../../src/pipeline.js'
import { DoorDecision } from '../../src/sensing/decision/decision.js'
import { loadArtefact } from '../../src/sensing/model/artefact.js'
import { Int8JsEngine } from '../../src/sensing/model/engine-int8-js.js'
import { BurstStage } from '../../src/sensing/burst/stage.js'
import { ModelStage } from '../../src/sensing/model/stage.js'
import { PacketDecoder } from '../../src/sensing/packet/decoder.js'
import { layoutById } from '../../src/sensing/packet/layouts.js'
import { SignalStage } from '../../src/sensing/signal/stage.js'
import { FrameType, FrameWriter, type CsiFields } from '../../src/sensing/wire/frame.js'
import { wireBytes } from './learning/dataset/wire-bytes.js'
import { fields as wireFields } from './sensing/packet/streams.js'

const OURS = 1
const THEIRS = 9
const macOf = (last: number) => `02:00:00:00:00:0${last}`

class TestClock implements Clock {
  us = 0
  monotonicUs(): number {
    return this.us
  }
  now(): Instant {
    return { bootId: 'boot', monotonicUs: this.us, wallMs: this.us / 1000, wallTrusted: true }
  }
}

interface Options {
  transmitters?: readonly string[]
  /** The model of the demonstration, which was made for layout 1: windows of any other make it throw. */
  model?: boolean
}

/** A pipeline of the real parts whose clock is the test's. Frames are of layout 2. */
class Bench {
  readonly clock = new TestClock()
  readonly readings: DoorReading[] = []
  readonly failures: string[] = []
  controls = 0
  progress = 0
  readonly pipeline: Pipeline
  private readonly writer = new FrameWriter()
  private sent = 0

  constructor({ transmitters = [], model = false }: Options = {}) {
    const { signal, decision } = defaultConfig()
    const artefact = model ? loadArtefact(path.resolve('models/demo')) : undefined
    this.pipeline = new Pipeline(
      {
        link: 'link-1',
        simulated: false,
        clock: this.clock,
        packet: new PacketDecoder({ transmitters, tablePacketsPerSecond: 3 }),
        signal: new SignalStage({ link: 'link-1', settings: signal, layoutOf: layoutById }),
        model: artefact && new ModelStage(artefact, new Int8JsEngine(artefact, artefact.network)),
        burst: new BurstStage(signal.bins, { ...signal, ...decision }),
        decision: new DoorDecision({
          doorId: 'front',
          outputs: artefact?.outputs ?? [],
          settings: decision,
          simulated: false,
          provisional: true,
          engine: '',
          model: '',
          siteVerdict: 'none',
        }),
      },
      {
        reading: (reading) => void this.readings.push(reading),
        progress: () => void this.progress++,
        control: () => void this.controls++,
        modelFailed: (error) => void this.failures.push(error.code),
      },
    )
    this.open()
  }

  open(): void {
    this.pipeline.sourceEvent({ type: 'open', detail: '/dev/ttyUSB0' })
  }

  bytes(bytes: Uint8Array): void {
    this.pipeline.bytes(bytes, this.clock.us)
  }

  /** A frame of a quiet room, now. */
  frame(from = OURS, fields: Partial<CsiFields> = {}): Uint8Array {
    const sequence = this.sent++
    const iq = Int8Array.from({ length: 128 }, (_, i) =>
      Math.round(40 * Math.sin(0.2 * i) + 3 * Math.sin(17.3 * sequence * (i + 1))),
    )
    return this.writer.csi({
      ...wireFields(sequence),
      timeUs: 5_000_000 + this.clock.us,
      mac: Uint8Array.of(2, 0, 0, 0, 0, from),
      agcGain: 30,
      iq,
      ...fields,
    })
  }

  /** Time passes; `each` runs 100 times a second. */
  pass(seconds: number, each: () => void = () => undefined): void {
    for (let i = 0; i < seconds * 100; i++) {
      this.clock.us += 10_000
      each()
      if (i % 50 === 49) this.pipeline.tick()
    }
  }

  quiet(seconds: number): void {
    this.pass(seconds, () => this.bytes(this.frame()))
  }

  /** Once a second: the receiver lives. */
  status(seconds: number): void {
    for (let i = 0; i < seconds; i++) {
      this.pass(1)
      this.bytes(this.writer.control(FrameType.status, new Uint8Array(40)))
      this.pipeline.tick()
    }
  }

  get codes(): string[] {
    return this.pipeline.health().reasons.map(({ code }) => code)
  }

  expectBalanced(): void {
    const { received, used, discarded } = this.pipeline.health().counters
    expect(received).toBe(used + Object.values(discarded).reduce((sum, n) => sum + n, 0))
  }
}

describe('counts', () => {
  it('lose nothing where two stages discard for the same reason', () => {
    const transmitters = [1, 2].map(macOf)
    const bench = new Bench({ transmitters })
    bench.pipeline.bytes(wireBytes({ seconds: 8, senders: [1, 2, 3, 1] }), 1e6)
    const { received, used, discarded } = bench.pipeline.health().counters
    expect(received).toBe(800)
    expect(discarded.foreign).toBeGreaterThan(200) // a quarter is the stranger's; the second transmitter comes on top
    expect(used + Object.values(discarded).reduce((sum, n) => sum + n, 0)).toBe(received)
  })

  it('balance with a filter, foreign packets and damage of all kinds', () => {
    const bench = new Bench({ transmitters: [macOf(OURS)] })
    const iq = new Int8Array(128).fill(127)
    bench.pass(4, () => {
      bench.bytes(bench.frame())
      bench.bytes(bench.frame(THEIRS))
    })
    for (let i = 0; i < 10; i++) {
      bench.bytes(bench.frame(OURS, { timeUs: 4_000_000 }))
      bench.bytes(bench.frame(OURS, { flags: 128 }))
      bench.pass(0.01, () => bench.bytes(bench.frame(OURS, { iq })))
      bench.pass(0.01, () => bench.bytes(bench.frame(OURS, { layoutId: 99 })))
      bench.bytes(bench.frame().map((byte, at) => (at === 40 ? byte ^ 1 : byte)))
    }
    const { counters } = bench.pipeline.health()
    expect(counters).toMatchObject({ received: 850, used: 400 })
    expect(counters.discarded).toMatchObject({
      foreign: 400,
      'rx-state': 10,
      saturated: 10,
      layout: 10,
      crc: 10,
    })
    bench.expectBalanced()
  })

  it('balance whatever the bytes', () => {
    const damage = fc.record({ at: fc.nat(30_000), byte: fc.nat(255) })
    fc.assert(
      fc.property(fc.array(damage, { maxLength: 30 }), fc.integer({ min: 1, max: 3000 }), (damages, size) => {
        const bench = new Bench()
        const frames: Buffer[] = []
        bench.pass(2, () => frames.push(Buffer.from(bench.frame())))
        const stream = Buffer.concat(frames)
        for (const { at, byte } of damages) stream[at % stream.length] = byte
        for (let at = 0; at < stream.length; at += size) bench.bytes(stream.subarray(at, at + size))
        bench.pipeline.sourceEvent({ type: 'end' })
        bench.expectBalanced()
        expect(bench.pipeline.health().counters.used).toBeGreaterThanOrEqual(200 - 3 * damages.length)
      }),
      { numRuns: 30 },
    )
  })

  it('hand control frames on, and tell the source of every packet', () => {
    const bench = new Bench()
    bench.quiet(1)
    bench.status(3)
    expect(bench).toMatchObject({ controls: 3, progress: 100 })
    expect(bench.pipeline.health().counters).toMatchObject({ received: 100, used: 100, control: 3 })
  })
})

describe('a model that throws', () => {
  it('is said once and not asked again; motion stays live, the state unknown', () => {
    const bench = new Bench({ model: true })
    bench.quiet(6)
    expect(bench.failures).toEqual(['model.failed'])
    expect(bench.pipeline.current()).toMatchObject({
      state: 'unknown',
      motion: 'still',
      reason: 'model-error',
    })
    bench.expectBalanced()
  })
})

describe('the source', () => {
  it('lost: unknown at once, with what happened; open again: as new', () => {
    const bench = new Bench()
    bench.quiet(4)
    expect(bench.pipeline.current()).toMatchObject({ motion: 'still', reason: 'no-model', epoch: 0 })
    bench.pipeline.sourceEvent({ type: 'lost', detail: 'unplugged', hint: 'Plug it in.' })
    expect(bench.pipeline.current()).toMatchObject({
      state: 'unknown',
      motion: 'unknown',
      reason: 'link-stale',
    })
    expect(bench.pipeline.health()).toMatchObject({
      connected: false,
      packetsPerSecond: 0,
      reasons: [{ code: 'link.lost', text: 'unplugged', hint: 'Plug it in.' }],
    })
    bench.pass(5)
    bench.open()
    bench.quiet(4)
    expect(bench.pipeline.health()).toMatchObject({ connected: true, source: '/dev/ttyUSB0', reasons: [] })
    expect(bench.pipeline.current()).toMatchObject({ motion: 'still', epoch: 1 })
  })

  it('at its end: what stands without a line end still counts, and no port is called dead', () => {
    const bench = new Bench()
    bench.quiet(4)
    bench.bytes(Buffer.from('CSI_DATA,1,1a:00'))
    bench.pipeline.sourceEvent({ type: 'end' })
    bench.pass(20)
    expect(bench.pipeline.health()).toMatchObject({
      connected: false,
      packetsPerSecond: 0,
      counters: { received: 401, used: 400 },
      reasons: [{ code: 'link.ended', text: 'The recording is over.' }],
    })
    expect(bench.pipeline.current()).toMatchObject({ state: 'unknown', reason: 'link-stale' })
  })
})

describe('health', () => {
  it('before any packet: no figures', () => {
    const { packetsPerSecond, lossRatio, rssiDbm, lastPacketUs } = new Bench().pipeline.health()
    expect([packetsPerSecond, lossRatio, rssiDbm, lastPacketUs]).toEqual([0, NaN, NaN, NaN])
  })

  it('a transmitter that dies: figures go, and the reason says where to look', () => {
    const bench = new Bench()
    bench.quiet(10)
    expect(bench.pipeline.health()).toMatchObject({ lossRatio: 0, rssiDbm: -48, reasons: [] })
    expect(bench.pipeline.health().packetsPerSecond).toBeCloseTo(100, 0)
    bench.status(3)
    expect(bench.pipeline.health()).toMatchObject({ packetsPerSecond: 0, lossRatio: NaN, rssiDbm: NaN })
    bench.status(27)
    expect(bench.codes).toEqual(['link.no-packets'])
    expect(bench.pipeline.current()).toMatchObject({ state: 'unknown', reason: 'link-stale' })
    bench.quiet(4)
    expect(bench.codes).toEqual([])
    expect(bench.pipeline.health().packetsPerSecond).toBeGreaterThan(4)
  })

  it('does not repeat what was wrong with the packets before', () => {
    const bench = new Bench()
    bench.pass(10, () => bench.bytes(bench.frame(OURS, { iq: new Int8Array(128).fill(127) })))
    expect(bench.codes).toEqual(['link.saturated'])
    bench.status(10)
    expect(bench.codes).toEqual(['link.no-packets'])
  })

  it('is of packets that were used, not of those that came', () => {
    const bench = new Bench()
    bench.quiet(4)
    const { lastPacketUs } = bench.pipeline.health()
    expect(lastPacketUs).toBe(bench.clock.us)
    bench.pass(3, () => bench.bytes(bench.frame(OURS, { iq: new Int8Array(128).fill(127) })))
    for (let i = 0; i < 9; i++) bench.bytes(bench.frame(THEIRS))
    expect(bench.pipeline.health()).toMatchObject({
      lastPacketUs,
      transmitter: macOf(OURS),
      packetsPerSecond: 0,
      dialect: 'ajar-1',
    })
  })
})
