import { describe, expect, it } from 'vitest'
import { PlacementAssessor } from '../../../../src/learning/commissioning/placement.js'
import type { LinkHealth } from '../../../../src/domain/link.js'
import type { SignalWindow } from '../../../../src/domain/window.js'
import { FrameWriter } from '../../../../src/sensing/wire/frame.js'
import { fields } from '../../sensing/packet/streams.js'
import { packetsOf, place, SECOND, twice, type Packet } from './placed-link.js'

const codes = (placed: ReturnType<typeof place>) => placed.status.result!.reasons.map(({ code }) => code)

/** Of `of` packets the first `kept` pass: what is lost is lost in bursts, as on the air. */
function* passing(packets: Iterable<Packet>, kept: number, of: number): Generator<Packet> {
  let n = 0
  for (const packet of packets) if (n++ % of < kept) yield packet
}

function* until(packets: Iterable<Packet>, us: number): Generator<Packet> {
  for (const packet of packets) {
    if (packet.us > us) return
    yield packet
  }
}

// Thresholds were chosen on seeds 1 to 24: these are others.
describe('a position that can work', () => {
  it.each([31, 32, 33, 34, 35])('is a metal door between the ends, seed %d', (seed) => {
    const placed = place(packetsOf({ site: 'metal-doorway', swings: twice(30), seed }))
    expect(codes(placed)).toEqual([])
    const { result, simulated } = placed.status
    expect(result).toMatchObject({ works: true, text: expect.stringContaining('can work') as string })
    expect(result!.figures.doorLevelDb).toBeGreaterThan(6)
    expect(result!.figures).toMatchObject({ gainLocked: true, saturatedRatio: 0 })
    expect(simulated).toBe(true)
    expect(placed.steps).toEqual(['link', 'quiet', 'swing', 'done'])
    expect(placed.seconds).toBeLessThan(60)
  })

  it('is solid wood, and a modest rate is said to be one', () => {
    const placed = place(packetsOf({ site: 'solid-wood-doorway', swings: twice(30), packetsPerSecond: 30 }))
    expect(placed.status.result).toMatchObject({ works: true, notes: [{ code: 'placement.rate-modest' }] })
  })
})

describe('a position that cannot', () => {
  it.each([31, 32, 33, 34])('is a hollow door beside the link, seed %d: far side, metal strip', (seed) => {
    const placed = place(packetsOf({ site: 'hollow-in-room', swings: twice(30), seed }))
    const { result } = placed.status
    expect(result?.works).toBe(false)
    expect(result?.reasons[0].hint).toMatch(/far side of the doorway.*metal strip/)
    expect(placed.seconds).toBeLessThan(120)
  })

  it('is one where no movement was seen: nobody swung the door, maybe', () => {
    const placed = place(packetsOf({ site: 'metal-doorway', swings: [] }))
    expect(codes(placed)).toEqual(['placement.no-movement'])
    expect(placed.status.result!.text).toContain('No movement was seen')
    expect(placed.status.result!.reasons[0].hint).toContain('If nobody swung the door, start again.')
  })

  it('has too few packets, and is told so after ten seconds', () => {
    const placed = place(packetsOf({ site: 'metal-doorway', swings: [], packetsPerSecond: 5 }))
    expect(codes(placed)).toEqual(['placement.rate-low'])
    expect(placed.seconds).toBeLessThan(12)
    expect(placed.steps).toEqual(['link', 'done'])
  })

  it('loses too many', () => {
    const placed = place(passing(packetsOf({ site: 'metal-doorway', swings: [] }), 6, 10))
    expect(codes(placed)).toEqual(['placement.loss-high'])
    expect(placed.status.result!.figures.lossRatio).toBeGreaterThan(0.35)
  })

  it.each([
    ['overdriven', { iq: new Int8Array(128).fill(127) }, 'placement.saturated'],
    ['too weak', { rssiDbm: -80 }, 'placement.too-weak'],
    ['too near', { rssiDbm: -20 }, 'placement.too-strong'],
  ])('is %s', (_, change, code) => {
    const writer = new FrameWriter()
    const iq = Int8Array.from({ length: 128 }, (__, i) => Math.round(40 * Math.sin(0.2 * i)))
    const packets = Array.from({ length: 1200 }, (__, n) => ({
      us: n * 10_000,
      bytes: writer.csi({ ...fields(n), iq, ...change }).slice(),
    }))
    expect(codes(place(packets))).toEqual([code])
  })

  it('has no packets at all', () => {
    const placed = place([])
    expect(placed.status.result!.reasons[0]).toMatchObject({
      code: 'placement.no-packets',
      hint: expect.stringContaining('transmitter') as string,
    })
  })

  it('is not quiet', () => {
    const swings = Array.from({ length: 60 }, (_, n) => ({
      startUs: n * 2 * SECOND,
      durationUs: 1.5 * SECOND,
      toDeg: n % 2 === 0 ? 60 : 0.1,
    }))
    const placed = place(packetsOf({ site: 'metal-doorway', swings }))
    expect(codes(placed)).toEqual(['placement.not-quiet'])
    expect(placed.seconds).toBeLessThan(52)
  })

  it('does not come back: the door, or an end of the link', () => {
    const placed = place(packetsOf({ site: 'metal-doorway', swings: twice(30, 30) }))
    expect(codes(placed)).toEqual(['placement.not-back'])
    expect(placed.status.result!.reasons[0].hint).toContain('fix both rigidly')
  })

  it('does not become quiet again', () => {
    const swings = [...Array(60).keys()].map((n) => ({
      startUs: (30 + 3 * n) * SECOND,
      durationUs: 2 * SECOND,
      toDeg: n % 2 === 0 ? 60 : 0.1,
    }))
    const placed = place(packetsOf({ site: 'metal-doorway', swings }))
    expect(codes(placed)).toEqual(['placement.still-moving'])
    expect(placed.seconds).toBeLessThan(120)
  })

  it('loses its link on the way', () => {
    const placed = place(until(packetsOf({ site: 'metal-doorway', swings: [] }), 18 * SECOND))
    expect(codes(placed)).toEqual(['placement.link-lost'])
    expect(placed.seconds).toBeLessThan(120)
  })
})

describe('the assessor', () => {
  const bins = 52
  const health = {
    ...{ packetsPerSecond: 100, lossRatio: 0, rssiDbm: -50, simulated: false, reasons: [] },
    counters: { received: 0, used: 0, other: 0, control: 0, discarded: {} },
  } as unknown as LinkHealth

  /** 0.2 s a step; `shape` says what a bin shows, `moving` whether it moves. */
  function run(
    shape: (seconds: number, bin: number) => number,
    moving: (seconds: number) => boolean,
    most = 120,
  ) {
    const assessor = new PlacementAssessor({ id: 1, simulated: false, leastPacketsPerSecond: 8 }, 0)
    for (let step = 0; step < most * 5; step++) {
      const us = step * 200_000
      const rows = new Float32Array(20 * bins).map((_, i) => shape(us / SECOND, i % bins))
      const window = {
        ...{ startUs: us - 2 * SECOND, endUs: us, rows: 20, bins, gridRateHz: 10, shape: rows },
        levelDb: new Float32Array(20),
        motion: { lag1: 0, movingVariance: 0, moving: moving(us / SECOND) },
      } as unknown as SignalWindow
      assessor.window(window, us)
      if (step % 2 === 0) assessor.tick(health, us)
      if (assessor.status(us).step === 'done') return { ...assessor.status(us).result!, seconds: us / SECOND }
    }
    throw new Error('it did not come to an end')
  }
  const wobble = (size: number) => (seconds: number, bin: number) => size * Math.sin(9.1 * seconds + bin)
  const swung = (seconds: number): boolean => seconds > 30 && seconds < 40

  it('tells a mount that moved from a door that came back', () => {
    const door = (seconds: number, bin: number) => (swung(seconds) ? 0.1 * Math.sin(bin) : 0)
    const nudged = (seconds: number, bin: number) => (seconds > 35 ? 0.13 * Math.cos(0.4 * bin) : 0)
    const quiet = wobble(0.004)
    expect(run((s, bin) => quiet(s, bin) + door(s, bin), swung)).toMatchObject({ works: true })
    const { reasons } = run((s, bin) => quiet(s, bin) + door(s, bin) + nudged(s, bin), swung)
    expect(reasons.map(({ code }) => code)).toEqual(['placement.not-back'])
  })

  it('tells a door that moves and hardly shows', () => {
    const { reasons } = run((s, bin) => wobble(0.004)(s, bin) + (swung(s) ? 0.015 * Math.sin(bin) : 0), swung)
    expect(reasons.map(({ code }) => code)).toEqual(['placement.door-weak'])
  })

  it('tells a channel that is not steady in quiet', () => {
    const { reasons, seconds } = run(wobble(0.1), () => false)
    expect(reasons.map(({ code }) => code)).toEqual(['placement.noisy'])
    expect(seconds).toBeLessThan(30)
  })

  it('waits for quiet without a break', () => {
    const moving = (seconds: number) => swung(seconds + 12) || (seconds > 40 && seconds < 48)
    const door = (seconds: number, bin: number) =>
      wobble(0.004)(seconds, bin) + (moving(seconds) ? 0.1 * Math.sin(bin) : 0)
    expect(run(door, moving)).toMatchObject({ works: true })
  })
})
