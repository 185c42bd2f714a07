import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PacketFlag, type CsiPacket } from '../../../../src/domain/packet.js'
import { centred, csiPacket, range, seededNormal, seededRandom } from '../../../support/packets.js'
import { SignalBench, wide } from '../../../support/signal-bench.js'

describe('windows', () => {
  it('begin as soon as the first two seconds are full and follow every 200 ms', () => {
    const bench = new SignalBench()
    bench.quiet(1000, 4000, 10)
    expect(bench.windows.map(({ endUs }) => endUs)).toEqual([3e6, 3.2e6, 3.4e6, 3.6e6, 3.8e6])
    expect(bench.windows[0]).toMatchObject({ startUs: 1_020_000, rows: 100, epoch: 0, moving: false })
    expect(bench.discarded).toEqual({})
    expect(bench.finite).toBe(true)
  })

  it('resample a wide layout, and follow the packet rate down to 8 a second', () => {
    const wideBench = new SignalBench()
    wideBench.quiet(0, 3000, 10, { layoutId: wide.id })
    expect(wideBench.windows[0].rows).toBe(100)
    const slow = new SignalBench()
    slow.quiet(0, 6000, 120)
    expect(slow.windows.length).toBeGreaterThan(10)
    expect(slow.windows[0].rows).toBe(13)
  })

  it('are not made below 8 packets a second, and the reason says so; offline they are', () => {
    const live = new SignalBench()
    live.quiet(0, 20_000, 333)
    expect(live.windows).toEqual([])
    expect(live.stage.reason()).toMatchObject({ code: 'link.rate-low' })
    expect(live.stage.reason()?.text).toContain('3.0 packets a second: at least 8')
    const offline = new SignalBench({ minPacketsPerSecond: 0 })
    offline.quiet(0, 20_000, 333)
    expect(offline.windows.length).toBeGreaterThan(80)
    expect(offline.windows[0].rows).toBe(5)
  })

  it('bridge a gap of 200 ms, leave out hops over a longer one, and start again after 500 ms', () => {
    const ends = (gapMs: number): number[] => {
      const bench = new SignalBench()
      bench.quiet(0, 3000, 10)
      bench.quiet(2990 + gapMs, 8000, 10)
      return bench.windows.map(({ endUs }) => endUs / 1000)
    }
    const whole = ends(10)
    expect(ends(190)).toEqual(whole)
    const holed = ends(400)
    expect(holed.length).toBeLessThan(whole.length - 8)
    expect(holed.every((end) => whole.includes(end))).toBe(true)
    const broken = ends(510).filter((end) => end > 3000)
    expect(broken[0]).toBe(5500)
  })

  it('count what the transmitter sent and what never came', () => {
    const bench = new SignalBench()
    const random = seededRandom(12)
    for (let i = 0; i < 400; i++)
      if (random() >= 0.2) bench.quiet(i * 10, i * 10 + 1, 10, { transmitterSequence: i })
    expect(bench.windows.at(-1)?.lossRatio).toBeCloseTo(0.2, 1)
    expect(bench.stage.lossRatio).toBeCloseTo(0.2, 1)
    expect(bench.stage.packetsPerSecond).toBeGreaterThan(70)
  })

  it('show motion where the shape swings and none where it does not', () => {
    const bench = new SignalBench()
    bench.quiet(0, 4000, 10)
    expect(bench.windows.some(({ moving }) => moving)).toBe(false)
    const normal = seededNormal(13)
    for (let ms = 4000; ms < 7000; ms += 10)
      bench.push(
        csiPacket(
          { deviceTimeUs: ms * 1000, sequence: ms },
          (n) => 40 * (1 + 0.3 * Math.sin(ms / 100 + n / 4) + 0.03 * normal()),
        ),
      )
    const began = bench.windows.find(({ moving }) => moving)
    expect(began && began.endUs).toBeLessThanOrEqual(4_700_000)
    bench.quiet(7000, 12_000, 10)
    expect(bench.windows.filter(({ endUs }) => endUs > 9.2e6).some(({ moving }) => moving)).toBe(false)
  })
})

describe('discards', () => {
  it('name the reason, one for each packet that is not used', () => {
    const bench = new SignalBench()
    bench.quiet(0, 100, 10)
    const at = { deviceTimeUs: 100_000, sequence: 100 }
    bench.push(csiPacket(at))
    bench.push(csiPacket(at))
    bench.push(csiPacket({ deviceTimeUs: 50_000, sequence: 7 }))
    bench.push(csiPacket({ deviceTimeUs: NaN }))
    bench.push(csiPacket({ deviceTimeUs: 110_000, flags: PacketFlag.rxErr }))
    bench.push(csiPacket({ deviceTimeUs: 110_000, flags: PacketFlag.estInvalid }))
    bench.push(csiPacket({ deviceTimeUs: 110_000, layoutId: 0 }))
    bench.push(csiPacket({ deviceTimeUs: 110_000, transmitter: '1a:00:00:00:00:01' }))
    const loud = csiPacket({ deviceTimeUs: 110_000 })
    for (const bin of centred.usable.slice(0, 3)) loud.iq[2 * bin] = 127
    bench.push(loud)
    expect(bench.discarded).toEqual({
      duplicate: 1,
      'no-time': 2,
      'rx-state': 2,
      layout: 1,
      foreign: 1,
      saturated: 1,
    })
  })

  it('refuse any layout but the expected one, and say which came', () => {
    const bench = new SignalBench({}, wide.id)
    bench.quiet(0, 3000, 10)
    expect(bench.discarded).toEqual({ layout: 300 })
    expect(bench.windows).toEqual([])
    expect(bench.stage.reason()).toMatchObject({ code: 'link.layout' })
    bench.quiet(3000, 6000, 10, { layoutId: wide.id })
    expect(bench.stage.reason()).toBeUndefined()
    expect(bench.windows.length).toBeGreaterThan(3)
  })

  it('refuse a layout that the data contradict', () => {
    const bench = new SignalBench()
    const shifted = { ...centred, usable: [...range(38, 63), ...range(1, 26)] }
    for (let ms = 0; ms < 3000; ms += 10)
      bench.push(csiPacket({ deviceTimeUs: ms * 1000, sequence: ms }, () => 30, shifted))
    expect(bench.windows).toEqual([])
    expect(bench.discarded.layout).toBe(285)
    expect(bench.stage.reason()).toMatchObject({ code: 'link.mask' })
  })

  it('say that a receiver is overdriven', () => {
    const bench = new SignalBench()
    for (let ms = 0; ms < 3000; ms += 10) {
      const packet = csiPacket({ deviceTimeUs: ms * 1000, sequence: ms }, () => 200)
      packet.iq.forEach((value, i) => (packet.iq[i] = Math.max(-128, Math.min(127, value))))
      bench.push(packet)
    }
    expect(bench.discarded).toEqual({ saturated: 300 })
    expect(bench.stage.reason()).toMatchObject({ code: 'link.saturated' })
  })
})

describe('epochs', () => {
  const epochs = (bench: SignalBench): number[] => [...new Set(bench.windows.map(({ epoch }) => epoch))]

  it('begin at a reboot, without a window across it', () => {
    const bench = new SignalBench()
    bench.quiet(100_000, 103_000, 10)
    bench.quiet(500, 3500, 10, { bootId: 1 })
    expect(epochs(bench)).toEqual([0, 1])
    expect(bench.windows.filter(({ epoch }) => epoch === 1)[0].endUs).toBe(2_500_000)
  })

  it.each<Partial<CsiPacket>>([
    { channel: 6 },
    { bandwidthMhz: 40 },
    { layoutId: wide.id },
    { transmitter: '1a:00:00:00:00:02' },
  ])('begin where the radio changes for good: %o', (change) => {
    const bench = new SignalBench()
    bench.quiet(0, 3000, 10)
    bench.quiet(3000, 3050, 10, change)
    bench.quiet(3050, 4000, 10)
    expect(epochs(bench)).toEqual([0])
    bench.quiet(4000, 7000, 10, change)
    expect(epochs(bench)).toEqual([0, 1])
    expect(Object.values(bench.discarded).reduce((a, b) => a + b)).toBe(5 + 9)
  })

  it('begin at a reported gain lock; the level stays what it was', () => {
    const bench = new SignalBench()
    bench.quiet(0, 5000, 10, { agcGain: 30, fftGain: 4 })
    bench.quiet(5000, 10_000, 10, { agcGain: 36, fftGain: 4 }, 10 ** (6 / 20))
    expect(epochs(bench)).toEqual([0, 1])
    expect(bench.windows.at(-1)!.levelDb).toBeCloseTo(bench.windows[0].levelDb, 0)
    expect(bench.stage.gainLocked).toBe(true)
  })

  it('begin once at a jump of the level that nobody reported', () => {
    const bench = new SignalBench()
    bench.quiet(0, 5000, 10)
    bench.quiet(5000, 10_000, 10, {}, 0.6)
    expect(epochs(bench)).toEqual([0, 1])
    const jumps = bench.windows.filter(({ gainJump }) => gainJump)
    expect(jumps.length).toBeGreaterThan(2)
    expect(jumps.every(({ epoch, endUs }) => epoch === 1 && endUs < 7.2e6)).toBe(true)
    expect(bench.windows.at(-1)!.levelDb - bench.windows[0].levelDb).toBeCloseTo(-4.4, 0)
  })

  it('do not begin at a jump of the level while the reported gains stand locked', () => {
    const bench = new SignalBench()
    bench.quiet(0, 5000, 10, { agcGain: 45, fftGain: -1 })
    bench.quiet(5000, 10_000, 10, { agcGain: 45, fftGain: -1 }, 0.6)
    expect(epochs(bench)).toEqual([0])
    expect(bench.windows.filter(({ gainJump }) => gainJump)).toEqual([])
    expect(bench.windows.at(-1)!.levelDb - bench.windows[0].levelDb).toBeCloseTo(-4.4, 0)
  })

  it.each([
    ['wander', (ms: number) => 30 + ((ms / 10) % 3)],
    ['are a field of zeros', () => 0],
  ])('begin once at such a jump where the reported gains %s', (_, agcGainAt) => {
    const bench = new SignalBench()
    for (let ms = 0; ms < 10_000; ms += 10) {
      const agcGain = agcGainAt(ms)
      const scale = (ms < 5000 ? 1 : 0.6) * 10 ** ((agcGain - 30) / 20)
      bench.quiet(ms, ms + 10, 10, { agcGain, fftGain: 0 }, agcGain === 0 ? scale * 10 ** (30 / 20) : scale)
    }
    expect(epochs(bench)).toEqual([0, 1])
    expect(bench.windows.filter(({ gainJump }) => gainJump).length).toBeGreaterThan(2)
  })

  it('begin once at a jump that is hardly one, though some of its windows do not show it', () => {
    let flickered = 0
    for (let step = 1.98; step < 2.02; step += 0.005) {
      const bench = new SignalBench()
      bench.quiet(0, 5000, 10)
      bench.quiet(5000, 10_000, 10, {}, 10 ** (-step / 20))
      const shown = bench.windows.map(({ gainJump }) => gainJump)
      const begun = shown.filter((jump, i) => jump && !shown[i - 1]).length
      if (begun > 1) flickered++
      expect(epochs(bench)).toEqual(begun === 0 ? [0] : [0, 1])
    }
    expect(flickered).toBeGreaterThan(0)
  })

  it('begin after a reset, and nothing of the old connection is left', () => {
    const bench = new SignalBench()
    bench.quiet(0, 3000, 10)
    bench.stage.reset('lost')
    expect(bench.stage).toMatchObject({ packetsPerSecond: 0, lossRatio: 0, rssiDbm: NaN, layoutId: NaN })
    bench.quiet(1000, 4000, 10)
    expect(epochs(bench)).toEqual([0, 1])
  })
})

it('never gives a number that is not one, whatever packets come', () => {
  const mostly = <T>(usual: T, seldom: fc.Arbitrary<T>): fc.Arbitrary<T> =>
    fc.oneof({ weight: 150, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: seldom })
  const field = fc.record({
    stepMs: mostly(10, fc.integer({ min: -20, max: 700 })),
    scale: fc.oneof(fc.constant(30), fc.integer({ min: 0, max: 140 })),
    flags: mostly(0, fc.constantFrom(PacketFlag.firstWordInvalid, PacketFlag.rxErr)),
    boot: mostly(0, fc.constant(1)),
    agcGain: fc.constantFrom(NaN, 20, 30),
    rssiDbm: fc.constantFrom(-50, -128),
    transmitterSequence: fc.oneof(fc.constant(NaN), fc.nat()),
    layoutId: mostly(2, fc.constantFrom(10, 99)),
  })
  let windows = 0
  fc.assert(
    fc.property(fc.array(field, { minLength: 50, maxLength: 300 }), fc.boolean(), (packets, offline) => {
      const bench = new SignalBench(offline ? { minPacketsPerSecond: 0 } : {})
      bench.quiet(0, 1900, 10)
      let ms = 1900
      let bootId = 0
      for (const { stepMs, scale, boot, layoutId, ...fields } of packets) {
        ms += stepMs
        bootId += boot
        const layout = layoutId === wide.id ? wide : centred
        bench.push(
          csiPacket(
            { ...fields, fftGain: fields.agcGain, bootId, layoutId, deviceTimeUs: ms * 1000, sequence: ms },
            () => scale,
            layout,
          ),
        )
      }
      windows += bench.windows.length
      const ends = bench.windows.map(({ epoch, endUs }) => [epoch, endUs])
      for (let i = 1; i < ends.length; i++) {
        expect(ends[i][0]).toBeGreaterThanOrEqual(ends[i - 1][0])
        if (ends[i][0] === ends[i - 1][0]) expect(ends[i][1]).toBeGreaterThan(ends[i - 1][1])
      }
      expect(bench.finite).toBe(true)
    }),
    { numRuns: 60, seed: 1 },
  )
  expect(windows).toBeGreaterThan(100)
})
