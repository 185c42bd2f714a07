import { describe, expect, it } from 'vitest'
import { Household, type HouseholdOptions } from '../../../../src/learning/simulator/household.js'
import { mean, quantile, receive } from './received-visit.js'

const HOUR_US = 3600e6
const nothing = { people: false, furniture: false, drift: false, reboots: false, levelSteps: false }

const household = (options: Partial<HouseholdOptions>) =>
  new Household({ site: 'metal-doorway', seed: 4, days: 1, packetsPerSecond: 100, ...nothing, ...options })

/** What is received over some seconds from `atUs`, with all earlier skipped. */
function heard(home: Household, atUs: number, seconds = 4) {
  home.skipTo(atUs)
  const frames: Uint8Array[] = []
  while (home.nextUs < atUs + seconds * 1e6) frames.push(home.next().slice())
  const { shape, levelDb } = receive(frames)
  return { shape, levelDb: mean(levelDb) }
}

/** rms of the difference, relative to the rms. */
function change(a: { shape: Float64Array }, b: { shape: Float64Array }): number {
  const square = mean(a.shape.map((value, i) => (value - b.shape[i]) ** 2))
  return Math.sqrt(square / mean(a.shape.map((value) => value ** 2)))
}

const first = (home: Household, kind: string) =>
  home.happenings().find((happening) => happening.kind === kind)!

/** Nights, when the door is closed and nobody is about: 3 h of each day. */
const night = (day: number) => (24 * day + 3) * HOUR_US

describe('what changes in a household', () => {
  it('is nothing where nothing is wanted', () => {
    const home = household({ days: 3 })
    expect(change(heard(home, night(0)), heard(home, night(0) + 60e6))).toBeLessThan(0.004)
  })

  it('drifts little in a minute, and over days as much as sessions differ', () => {
    const minutes: number[] = []
    const days: number[] = []
    for (const site of ['metal-doorway', 'hollow-doorway', 'solid-wood-doorway'])
      for (const seed of [1, 2, 3]) {
        const home = household({ site, seed, days: 8, drift: true, furniture: true })
        const nights = [0, 2, 4, 6].map((day) => {
          const before = heard(home, night(day))
          minutes.push(change(before, heard(home, night(day) + 60e6)))
          return before
        })
        days.push(...nights.slice(1).map((later, i) => change(later, nights[i])))
      }
    expect(Math.max(...minutes)).toBeLessThan(0.008)
    expect(quantile(days, 0.5)).toBeGreaterThan(0.08)
    expect(quantile(days, 0.5)).toBeLessThan(0.18)
    expect(Math.min(...days)).toBeGreaterThan(0.02)
    expect(Math.max(...days)).toBeLessThan(0.45)
  })

  it('jumps where furniture is moved, and stays so', () => {
    const jumps: number[] = []
    for (const site of ['metal-doorway', 'hollow-doorway'])
      for (const seed of [1, 2, 3]) {
        const home = household({ site, seed, furniture: true })
        const { startUs, endUs } = first(home, 'furniture')
        // The door must not have moved in between.
        if (home.angleDeg(startUs - 5e6) !== home.angleDeg(endUs + 5e6)) continue
        const before = heard(home, startUs - 5e6)
        const after = heard(home, endUs)
        jumps.push(change(before, after))
        expect(change(after, heard(home, endUs + 5e6))).toBeLessThan(0.006)
      }
    expect(jumps.length).toBeGreaterThan(3)
    expect(quantile(jumps, 0.5)).toBeGreaterThan(0.01)
    expect(Math.max(...jumps)).toBeLessThan(0.4)
  })

  it('steps in level with no change of shape', () => {
    const home = household({ days: 6, levelSteps: true })
    const { startUs } = first(home, 'level')
    const before = heard(home, startUs - 5e6)
    const after = heard(home, startUs + 1e6)
    expect(Math.abs(after.levelDb - before.levelDb)).toBeGreaterThan(0.6)
    expect(Math.abs(after.levelDb - before.levelDb)).toBeLessThan(2.6)
    expect(change(before, after)).toBeLessThan(0.006)
  })

  it('is another channel after a nudge, which somebody does', () => {
    const atUs = night(0)
    const changes = [1, 2, 3].map((seed) => {
      const home = household({ seed, people: true, nudgesAtUs: [atUs, atUs + HOUR_US] })
      const nudges = home.happenings().filter(({ kind }) => kind === 'nudge')
      expect(nudges.length).toBe(2)
      expect(nudges[0].startUs).toBeLessThan(atUs)
      expect(nudges[0].endUs).toBeGreaterThan(atUs)
      const quiet = [atUs - 60e6, atUs + 60e6, atUs + HOUR_US + 60e6].map((timeUs) => heard(home, timeUs))
      return [change(quiet[0], quiet[1]), change(quiet[1], quiet[2])]
    })
    // 0.5 to 2 cm are up to a sixth of a wave.
    for (const nudge of changes.flat()) {
      expect(nudge).toBeGreaterThan(0.006)
      expect(nudge).toBeLessThan(0.6)
    }
  })

  it('is other while someone sits in the room, and as before when they have gone', () => {
    const home = household({ people: true })
    const alone = household({})
    const { endUs } = home.happenings().at(-1)!
    // After the last has left the two are byte for byte the same but for loss and noise.
    expect(change(heard(home, endUs + 60e6), heard(alone, endUs + 60e6))).toBeLessThan(0.006)
    const noon = Array.from({ length: 12 }, (_, i) => (10 + i / 2) * HOUR_US)
    const other = household({ people: true })
    const quiet = household({})
    const changes = noon.map((atUs) => change(heard(other, atUs), heard(quiet, atUs)))
    expect(Math.max(...changes)).toBeGreaterThan(0.03)
  })
})
