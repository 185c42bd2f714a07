import { describe, expect, it } from 'vitest'
import { layoutById } from '../../../../src/sensing/packet/layouts.js'
import { SignalStage } from '../../../../src/sensing/signal/stage.js'
import { seededRandom, signalSettings } from '../../../support/packets.js'
import { classic, decoder, fields, frame, packets, run, text } from './streams.js'

/** Time and boot of a line for each stamp. */
const times = (...stamps: number[]) =>
  packets(run(decoder(), text(...stamps.map((stamp, i) => classic(i, stamp | 0))))).map(
    ({ deviceTimeUs, bootId }) => [deviceTimeUs, bootId],
  )
const steps = (fromUs: number, count: number, everyUs = 10_000) =>
  Array.from({ length: count }, (_, i) => fromUs + i * everyUs)

describe('device time', () => {
  it('goes on over the sign and over the wrap', () => {
    for (const turn of [2 ** 31, 2 ** 32])
      expect(times(turn - 11_000, turn - 1000, turn + 9000)).toEqual([
        [turn - 11_000, 0],
        [turn - 1000, 0],
        [turn + 9000, 0],
      ])
  })
  it('shows a reset of the receiver as another boot, once a second stamp confirms it', () => {
    expect(times(3e9, 5000, 15_000)).toEqual([
      [3e9, 0],
      [NaN, 0],
      [15_000, 1],
    ])
    expect(times(2_000_000, 300_000, 310_000).map(([, boot]) => boot)).toEqual([0, 0, 1])
  })
  it('goes on behind a silence, however long, and over a wrap within it', () => {
    expect(times(1e6, 1e6 + 900e6, 1e6 + 900.01e6).at(-1)).toEqual([1e6 + 900.01e6, 0])
    expect(times(2 ** 32 - 5e6, 2 ** 32 + 5e6, 2 ** 32 + 5.01e6).at(-1)).toEqual([2 ** 32 + 5.01e6, 0])
  })
  it('does not take a reordered packet for a reset', () => {
    expect(times(5_000_000, 4_990_000, 5_010_000)).toEqual([
      [5_000_000, 0],
      [4_990_000, 0],
      [5_010_000, 0],
    ])
  })
  it('takes a new connection for another boot', () => {
    const one = decoder()
    run(one, text(classic(1, 1000)))
    one.reset()
    expect(run(one, text(classic(2, 2000)))[0]).toMatchObject({ bootId: 1, deviceTimeUs: 2000 })
  })
  it.each([-4_900_000, -900_000, 250_000, 900_000, 900_000_000])(
    'does not believe a stamp that is off by %i µs, and believes all others',
    (damageUs) => {
      const stamps = steps(5_000_000, 60)
      const damaged = stamps.with(30, stamps[30] + damageUs)
      expect(times(...damaged)).toEqual(stamps.map((us, i) => [i === 30 ? NaN : us, 0]))
    },
  )
  it('believes every stamp of a slow stream, and finds its way where all come at random', () => {
    expect(times(...steps(1e6, 20, 333_000)).filter(([us]) => Number.isNaN(us))).toHaveLength(1)
    const random = seededRandom(4)
    const rare = Array.from({ length: 200 }, () => 5e6 * random())
    rare.forEach((step, i) => (rare[i] = step + (rare[i - 1] ?? 1e6)))
    expect(times(...rare).filter(([us]) => us > 0).length).toBeGreaterThan(120)
  })
})

describe('windows behind a damaged stamp', () => {
  /** Windows and epochs of 10 s at 100 packets/s, whose 500th stamp is `damageUs` off. */
  const windows = (damageUs: number) => {
    const stage = new SignalStage({ link: 'l', settings: signalSettings, layoutOf: layoutById })
    const one = decoder()
    const epochs: number[] = []
    const discarded: string[] = []
    for (let i = 0; i < 1000; i++) {
      const bytes = text(classic(i, 1e6 + i * 10_000 + (i === 500 ? damageUs : 0)))
      one.push({ bytes, hostTimeUs: 7 }, (item) => {
        if (item.kind !== 'packet') return
        stage.push(
          item,
          (made) => void ('kind' in made ? discarded.push(made.reason) : epochs.push(made.epoch)),
        )
      })
    }
    return { count: epochs.length, epochs: new Set(epochs).size, discarded }
  }
  const whole = windows(0)

  it.each([-5_000_000, -900_000, 900_000, 900_000_000])('are as many as without: %i µs', (damageUs) => {
    expect(whole).toMatchObject({ count: 40, epochs: 1, discarded: [] })
    expect(windows(damageUs)).toEqual({ ...whole, discarded: ['no-time'] })
  })
})

it('binary frames: a stamp that jumps is doubted too', () => {
  const items = run(decoder(), frame(1), frame(2), frame(900), frame(4), frame(5))
  expect(packets(items).map(({ deviceTimeUs }) => deviceTimeUs)).toEqual([
    10_000,
    20_000,
    NaN,
    40_000,
    50_000,
  ])
  expect(fields(900).timeUs).toBe(9_000_000)
})
