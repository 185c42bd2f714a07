import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import type { State } from '../../../../src/domain/reading.js'
import { Scene, THREE, type Seen } from './decision-scene.js'

const CLOSED: Seen = { p: 0.97 }
const OPEN: Seen = { p: 0.03 }
const MOVING: Seen = { p: 0.5, moving: true }
const DISPLACED = { state: 'unknown', reason: 'displaced', confidence: 0 }

/** People pass a closed door: each stretch of quiet strengthens what is known. */
function passedBy(times: number, quiet = CLOSED): Scene {
  const scene = new Scene()
  for (let i = 0; i < times; i++) {
    scene.see(20_000, quiet)
    scene.see(1000, { ...quiet, moving: true })
  }
  scene.see(20_000, quiet)
  return scene
}

describe('a channel that changes without motion', () => {
  it.each([120, 900, 3600])('is displaced and no other place, for %i s', (seconds) => {
    const scene = new Scene()
    scene.see(600_000, CLOSED)
    scene.see(seconds * 1000, OPEN)
    expect(scene.last).toMatchObject(DISPLACED)
    expect(scene.states).toEqual(['unknown', 'closed', 'unknown'])
    scene.see(10_000, CLOSED)
    expect(scene.last).toMatchObject({ state: 'closed', reason: 'decided' })
  })

  it.each([
    [0, 0.03],
    [0, 0.3],
    [3, 0.03],
    [10, 0.03],
    [10, 0.2],
  ])('does not become right with time: known from %i stretches more, against at %f', (times, p) => {
    const scene = passedBy(times)
    expect(scene.last.state).toBe('closed')
    scene.see(10_000, { p })
    const displaced = scene.last
    expect(displaced).toMatchObject(DISPLACED)
    expect(scene.see(1_800_000, { p })).toBe(displaced)
  })

  it('does not make an open door closed, whatever was before its last motion', () => {
    const scene = passedBy(10)
    scene.see(2000, MOVING)
    scene.see(10_000, OPEN)
    expect(scene.last.state).toBe('open')
    const { length } = scene.readings
    scene.see(1_800_000, CLOSED)
    expect(scene.readings.slice(length).map(({ state }) => state)).not.toContain('closed')
    expect(scene.last).toMatchObject(DISPLACED)
  })

  it('is displaced where the old place is ruled out, though none of the others is found', () => {
    const scene = new Scene({ outputs: THREE })
    scene.see(60_000, { p: [0.96, 0.02, 0.02] })
    expect(scene.last.state).toBe('closed')
    expect(scene.see(600_000, { p: [0.02, 0.49, 0.49] })).toMatchObject(DISPLACED)
    expect(scene.see(600_000, { p: [1 / 3, 1 / 3, 1 / 3] })).toMatchObject(DISPLACED)
  })

  it('does not come and go with evidence that speaks for neither', () => {
    const scene = passedBy(3)
    scene.see(60_000, OPEN)
    const displaced = scene.last
    for (let i = 0; i < 20; i++) {
      scene.see(10_000, { p: 0.55 })
      expect(scene.see(10_000, OPEN)).toBe(displaced)
    }
  })

  it('out of distribution says more, and does not make it forgotten', () => {
    const scene = passedBy(3)
    scene.see(60_000, OPEN)
    expect(scene.see(10_000, { ...CLOSED, outOfDistribution: 2 }).reason).toBe('out-of-distribution')
    expect(scene.see(2000, { p: 0.5 })).toMatchObject(DISPLACED)
    expect(scene.see(10_000, CLOSED).state).toBe('closed')
  })

  it('decides anew after motion', () => {
    const scene = new Scene()
    scene.see(600_000, CLOSED)
    scene.see(60_000, OPEN)
    scene.see(1000, MOVING)
    expect(scene.last).toMatchObject({ state: 'unknown', reason: 'displaced' })
    expect(scene.see(2000, OPEN).state).toBe('open')
  })

  it('decides anew after a gap and after a new epoch', () => {
    const scene = passedBy(3)
    scene.see(60_000, OPEN)
    scene.skip(4200)
    expect(scene.see(10_000, OPEN).state).toBe('open')
    scene.see(60_000, CLOSED)
    expect(scene.last).toMatchObject(DISPLACED)
    expect(scene.see(2000, { ...CLOSED, epoch: 1 }).state).toBe('closed')
  })

  it('is not held to a place that was never found', () => {
    const scene = new Scene()
    scene.see(30_000, { p: 0.55 })
    expect(scene.last.reason).toBe('ambiguous')
    expect(scene.see(30_000, OPEN).state).toBe('open')
  })

  it('motion too short for a swing does not let the old place be shown against the evidence', () => {
    const scene = passedBy(10)
    scene.see(200, MOVING)
    const { length } = scene.readings
    scene.see(2000, OPEN)
    expect(scene.see(1_800_000, OPEN)).toMatchObject(DISPLACED)
    expect(scene.readings.slice(length + 1).map(({ state }) => state)).toEqual(['unknown'])
  })
})

describe('a first guess', () => {
  const FIRST_GUESS_MS = 5000

  it('is corrected within the first seconds where it was wrong', () => {
    const scene = new Scene()
    expect(scene.see(1200, CLOSED).state).toBe('closed')
    scene.see(20_000, OPEN)
    expect(scene.states).toEqual(['unknown', 'closed', 'unknown', 'open'])
    expect(scene.last.since.monotonicUs / 1000).toBeLessThanOrEqual(FIRST_GUESS_MS)
  })

  it('is so after a new epoch too', () => {
    const scene = passedBy(3)
    scene.see(1200, { ...OPEN, epoch: 1 })
    expect(scene.last.state).toBe('open')
    expect(scene.see(20_000, { ...CLOSED, epoch: 1 }).state).toBe('closed')
  })

  it('stands after that: what contradicts it then is a displacement', () => {
    const scene = new Scene()
    scene.see(FIRST_GUESS_MS, CLOSED)
    scene.see(1_800_000, OPEN)
    expect(scene.last).toMatchObject(DISPLACED)
    expect(scene.states).toEqual(['unknown', 'closed', 'unknown'])
  })
})

describe('half an hour without motion', () => {
  const probability = fc.constantFrom(0, 0.03, 0.2, 0.35, 0.5, 0.65, 0.8, 0.97, 1)
  const spell = fc.record({ p: probability, windows: fc.integer({ min: 1, max: 1500 }) })

  it('shows one place at most, and that only while the evidence does not speak against it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 }),
        probability,
        fc.array(spell, { minLength: 12, maxLength: 40, size: 'max' }),
        (times, before, spells) => {
          const scene = passedBy(times, { p: before })
          const shown = new Set<State>([scene.last.state])
          let left = 9000
          for (const { p, windows } of spells)
            for (let i = 0; i < Math.min(windows, left); i++, left--) {
              const { state } = scene.see(200, { p })
              shown.add(state)
              // By then the memory of 3 s has forgotten certainty to the contrary.
              if (i >= 50 && p <= 0.2) expect(state).not.toBe('closed')
              if (i >= 50 && p >= 0.8) expect(state).not.toBe('open')
            }
          shown.delete('unknown')
          expect(shown.size).toBeLessThanOrEqual(1)
        },
      ),
      { numRuns: 12 },
    )
  })
})
