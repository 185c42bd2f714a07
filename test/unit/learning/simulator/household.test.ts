import { describe, expect, it } from 'vitest'
import { Household, type HouseholdOptions } from '../../../../src/learning/simulator/household.js'
import { Simulator } from '../../../../src/learning/simulator/simulator.js'
import { PacketDecoder } from '../../../../src/sensing/packet/decoder.js'
import { mean } from './received-visit.js'

const DAY_US = 86_400e6

const household = (options: Partial<HouseholdOptions> = {}) =>
  new Household({ site: 'metal-doorway', seed: 4, days: 1, packetsPerSecond: 50, ...options })

const bare = { people: false, furniture: false, drift: false, reboots: false, levelSteps: false }

describe('the plan of a household', () => {
  it('uses the door some 20 to 60 times a day, and passes through in at least 70 % of the openings', () => {
    const home = household({ days: 30 })
    const events = home.events()
    const perDay = Array.from(
      { length: 30 },
      (_, day) => events.filter(({ startUs }) => Math.floor(startUs / DAY_US) === day).length,
    )
    expect(Math.min(...perDay)).toBeGreaterThanOrEqual(14)
    expect(Math.max(...perDay)).toBeLessThanOrEqual(64)
    expect(mean(perDay)).toBeGreaterThan(25)
    const count = (kind: string) => events.filter((event) => event.kind === kind).length
    const opened = count('opened')
    const passed = count('passed-through')
    expect(passed / (passed + opened)).toBeGreaterThan(0.7)
    expect(opened - count('closed')).toBeLessThanOrEqual(1)
    expect(opened).toBeGreaterThan(60)
  })

  it('tells of events in order, and of the state before, within and after each', () => {
    const home = household({ days: 3 })
    const ajarOrOpen = ['ajar', 'open']
    let lastUs = 0
    for (const { kind, startUs, endUs } of home.events()) {
      expect(startUs).toBeGreaterThan(lastUs + 4e6)
      lastUs = endUs
      const before = home.state(startUs - 1)
      const after = home.state(endUs)
      if (kind === 'closed') expect(ajarOrOpen).toContain(before)
      else expect(before).toBe('closed')
      if (kind === 'opened') expect(ajarOrOpen).toContain(after)
      else expect(after).toBe('closed')
      expect(home.state(startUs + 1)).toBe(kind === 'closed' ? 'closing' : 'opening')
    }
    expect(home.state(home.events()[0].startUs - 1)).toBe('closed')
  })

  it('moves furniture 1 to 3 times a day, reboots every 1 to 3 days, and sleeps at night', () => {
    const home = household({ days: 30 })
    const starts = (kind: string) =>
      home.happenings().flatMap((happening) => (happening.kind === kind ? [happening.startUs] : []))
    expect(starts('furniture').length).toBeGreaterThanOrEqual(30)
    expect(starts('furniture').length).toBeLessThanOrEqual(90)
    const reboots = starts('reboot')
    expect(reboots.length).toBeGreaterThanOrEqual(9)
    expect(reboots.length).toBeLessThanOrEqual(30)
    expect(starts('level').length).toBeGreaterThan(4)
    expect(starts('nudge')).toEqual([])
    for (const kind of ['door', 'person', 'furniture'])
      for (const startUs of starts(kind)) {
        const hour = (startUs % DAY_US) / 3600e6
        expect(hour > 6 || hour < 0.5, `${kind} at ${hour}`).toBe(true)
      }
  })

  it('has eventful stretches that hold all that happens, apart, in about a twentieth of the time', () => {
    const home = household({ days: 10 })
    const stretches = home.stretches()
    const total = stretches.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0)
    expect(total / home.endUs).toBeGreaterThan(0.03)
    expect(total / home.endUs).toBeLessThan(0.1)
    for (const [i, { startUs }] of stretches.slice(1).entries())
      expect(startUs).toBeGreaterThan(stretches[i].endUs)
    for (const { startUs, endUs } of [...home.events(), ...home.happenings()])
      expect(
        stretches.some((stretch) => stretch.startUs <= startUs && stretch.endUs >= endUs),
        `${startUs}`,
      ).toBe(true)
  })
})

describe('Household', () => {
  it('plays so great a share of the time as is asked for, with quiet minutes beside what happens', () => {
    const home = household({ days: 4 })
    const share = (stretches: { startUs: number; endUs: number }[]) =>
      stretches.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0) / home.endUs
    expect(share(home.stretches({ leastShare: 0.1 }))).toBeGreaterThan(0.098)
    expect(share(home.stretches({ leastShare: 0.1 }))).toBeLessThan(0.11)
    expect(home.stretches({ leastShare: 0.01 })).toEqual(home.stretches())
    const asleep = home.stretches({ leastShare: 0.1 }).filter(({ startUs }) => startUs % DAY_US < 5 * 3600e6)
    expect(asleep.length).toBeGreaterThan(20)
    const times = [...home.play([{ startUs: 10e6, endUs: 11e6 }])].map(({ atUs }) => atUs)
    expect(times.length).toBeGreaterThan(35)
    expect(times[0]).toBeGreaterThan(9.9e6)
    expect(times.at(-1)).toBeLessThan(11e6)
  })

  it('is byte for byte the door alone where there is nothing else in it', () => {
    const home = household(bare)
    const { startUs, endUs } = home.events().find(({ kind }) => kind === 'opened')!
    const swing = { startUs, durationUs: endUs - startUs, toDeg: home.angleDeg(endUs) }
    const plan = { restDeg: home.angleDeg(startUs - 1), swings: [swing] }
    const options = { site: 'metal-doorway', seed: 4, session: 0, packetsPerSecond: 50 }
    const alone = new Simulator({ ...options, script: plan })
    alone.skipTo(startUs - 2e6)
    home.skipTo(startUs - 2e6)
    for (let i = 0; i < 200; i++) expect(home.next()).toEqual(alone.next())
  })

  it('repeats with its seed, and differs by people, furniture, drift and with another seed', () => {
    const bytes = (options: Partial<HouseholdOptions>) => {
      const home = household(options)
      const [{ startUs }] = home.events()
      home.skipTo(startUs)
      return Buffer.from(home.next()).toString('hex')
    }
    const first = bytes({})
    expect(bytes({})).toBe(first)
    const others = [{ people: false }, { furniture: false }, { drift: false }, { seed: 5 }]
    expect(new Set([first, ...others.map(bytes)]).size).toBe(5)
  })

  it('shows reboots as new boots to the decoder, and nothing else, over days of which most is skipped', () => {
    const home = household({ days: 2, seed: 7, packetsPerSecond: 20 })
    const decoder = new PacketDecoder({ transmitters: [], tablePacketsPerSecond: 1 })
    const boots = new Set<number>()
    const agcGains = new Set<string>()
    let lastSent = 0
    let inOrder = true
    for (const { atUs, bytes } of home.play())
      decoder.push({ bytes, hostTimeUs: 0 }, (packet) => {
        if (packet.kind !== 'packet') throw new Error(packet.kind)
        boots.add(packet.bootId)
        agcGains.add(`${packet.agcGain} ${packet.fftGain}`)
        const offset = packet.transmitterSequence - atUs / 50_000
        if (packet.transmitterSequence <= lastSent || Math.abs(offset) > 2) inOrder = false
        lastSent = packet.transmitterSequence
      })
    expect(home.boots).toBeGreaterThanOrEqual(1)
    expect(boots.size).toBe(home.boots + 1)
    expect(inOrder).toBe(true)
    // Locked anew, mostly on other values.
    expect(agcGains.size).toBeGreaterThan(1)
  })

  it('hides what is skipped where that is wanted: no gap in time or number', () => {
    const home = household({ skipsShow: false, reboots: false })
    const decoder = new PacketDecoder({ transmitters: [], tablePacketsPerSecond: 1 })
    let lastUs = NaN
    let lastSent = NaN
    let packets = 0
    for (const { bytes } of home.play()) {
      if (packets++ > 20_000) break
      decoder.push({ bytes, hostTimeUs: 0 }, (packet) => {
        if (packet.kind !== 'packet') throw new Error(packet.kind)
        // A long burst of losses: the clock waits for the next stamp.
        if (Number.isNaN(packet.deviceTimeUs)) return
        if (!Number.isNaN(lastUs)) {
          expect(packet.deviceTimeUs - lastUs).toBeLessThan(1e6)
          expect(packet.transmitterSequence - lastSent).toBeLessThan(50)
        }
        lastUs = packet.deviceTimeUs
        lastSent = packet.transmitterSequence
      })
    }
    expect(home.nextUs).toBeGreaterThan(3600e6)
  })
})
