import { describe, expect, it } from 'vitest'
import type { Counters } from '../../../../src/domain/packet.js'
import { LinkDiagnosis } from '../../../../src/sensing/decision/link-diagnosis.js'

interface EverySecond {
  bytes?: number
  used?: number
  control?: number
  discarded?: Record<string, number>
}

/** A diagnosis of an open port, sampled every half second. */
class Bench {
  readonly diagnosis = new LinkDiagnosis()
  private nowUs = 0
  private readonly counters: Counters = { received: 0, used: 0, other: 0, control: 0, discarded: {} }

  constructor() {
    this.diagnosis.open()
    this.diagnosis.sample({ ...this.counters, discarded: {} }, 0)
  }

  pass(seconds: number, { bytes = 0, used = 0, control = 0, discarded = {} }: EverySecond): string[] {
    for (let half = 0; half < 2 * seconds; half++) {
      const { counters } = this
      this.diagnosis.bytes(bytes / 2)
      counters.used += used / 2
      counters.control += control / 2
      for (const [reason, n] of Object.entries(discarded))
        counters.discarded[reason] = (counters.discarded[reason] ?? 0) + n / 2
      this.nowUs += 500_000
      this.diagnosis.sample({ ...counters, discarded: { ...counters.discarded } }, this.nowUs)
    }
    return this.codes()
  }

  codes(): string[] {
    return this.diagnosis.reasons().map(({ code }) => code)
  }
}

describe('LinkDiagnosis', () => {
  it('has nothing to say while packets are used, and patience with a receiver that starts', () => {
    const bench = new Bench()
    expect(bench.pass(3, { bytes: 1500 })).toEqual([])
    expect(bench.pass(10, { bytes: 15_000, used: 100, control: 1 })).toEqual([])
    expect(bench.diagnosis.reasons()).toEqual([])
  })

  it('knows a receiver that lives but hears nothing, from start and later', () => {
    const status = { bytes: 80, control: 1 }
    expect(new Bench().pass(6, status)).toEqual(['link.no-packets'])
    const bench = new Bench()
    bench.pass(20, { bytes: 15_000, used: 100, control: 1 })
    expect(bench.pass(6, status)).toEqual(['link.no-packets'])
    expect(bench.diagnosis.reasons()[0]).toMatchObject({
      text: expect.stringContaining('receiver lives') as string,
      hint: expect.stringMatching(/transmitter.*same channel/) as string,
    })
    expect(bench.pass(1, { bytes: 15_000, used: 100 })).toEqual([])
  })

  it('tells the chatter of a receiver from bytes that nobody can read', () => {
    expect(new Bench().pass(6, { bytes: 9000, control: 50 })).toEqual(['link.no-packets'])
    expect(new Bench().pass(6, { bytes: 100 })).toEqual(['link.no-packets'])
    expect(new Bench().pass(1, { bytes: 9000 })).toEqual(['link.not-csi'])
    expect(new Bench().pass(6, { bytes: 9000, discarded: { crc: 40 } })).toEqual(['link.not-csi'])
    expect(new Bench().pass(6, {})).toEqual(['link.silent'])
  })

  it('says why packets are not used, all or most of them', () => {
    for (const reason of ['foreign', 'saturated', 'layout', 'rx-state', 'no-time'])
      for (const used of [0, 10])
        expect(new Bench().pass(6, { bytes: 9000, used, discarded: { [reason]: 50 } })).toEqual([
          `link.${reason}`,
        ])
    expect(new Bench().pass(6, { bytes: 9000, used: 60, discarded: { foreign: 50 } })).toEqual([])
  })

  it('explains times that are missing and times that go back', () => {
    const bench = new Bench()
    bench.pass(6, { bytes: 9000, discarded: { 'no-time': 50 } })
    const [{ text, hint }] = bench.diagnosis.reasons()
    expect(text).toMatch(/no time.*goes back/)
    expect(hint).toMatch(/local_timestamp.*baud rate/)
  })

  it('knows a recording that is over from a port that is dead, and damage from either', () => {
    const bench = new Bench()
    bench.pass(6, { bytes: 9000, used: 100 })
    bench.diagnosis.ended()
    expect(bench.pass(20, {})).toEqual(['link.ended'])
    const damaged = new Bench()
    damaged.diagnosis.lost('The file is cut.')
    damaged.diagnosis.ended()
    expect(damaged.codes()).toEqual(['link.lost'])
    damaged.diagnosis.open()
    expect(damaged.codes()).toEqual([])
  })
})
