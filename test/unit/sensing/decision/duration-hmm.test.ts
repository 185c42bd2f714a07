import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { DurationHmm } from '../../../../src/sensing/decision/duration-hmm.js'
import type { Place } from '../../../../src/sensing/decision/places.js'
import { SETTINGS } from './decision-scene.js'

const certain = (places: readonly Place[], place: Place): Float64Array =>
  Float64Array.from(places, (each) => (each === place ? 0 : -700))

/** A model that is certain of `place`, and the way to read it. */
function at(places: readonly Place[], place: Place, settings = SETTINGS) {
  const hmm = new DurationHmm(places, settings)
  hmm.advance(1000, false) // the motion that follows is seen to begin
  hmm.absorb(certain(places, place))
  const none = new Float64Array(places.length)
  const into = new Float64Array(hmm.states.length)
  return {
    hmm,
    read: (): Record<string, number> => {
      hmm.posterior(none, into)
      return Object.fromEntries(hmm.states.map((state, i) => [state, into[i]]))
    },
  }
}

describe('the explicit-duration HMM', () => {
  it('begins with every place equally likely', () => {
    const hmm = new DurationHmm(['closed', 'ajar', 'open'], SETTINGS)
    const into = new Float64Array(5)
    hmm.posterior(new Float64Array(3), into)
    expect([...into]).toEqual([1 / 3, 1 / 3, 1 / 3, 0, 0])
  })

  it('moves without motion by the jump probability only', () => {
    const { hmm, read } = at(['closed', 'open'], 'closed')
    hmm.advance(1000, false)
    expect(read().open).toBeCloseTo(1e-6, 9)
    for (let i = 0; i < 5 * 3600; i++) hmm.advance(200, false)
    expect(read().open).toBeCloseTo(1e-6 * 3601, 4)
  })

  it('a door opens by opening, and not before the shortest swing', () => {
    const { hmm, read } = at(['closed', 'open'], 'closed')
    hmm.advance(600, true)
    expect(read().opening).toBeGreaterThan(0.1)
    expect(read().closing).toBeLessThan(1e-9)
    expect(read().open).toBeLessThan(1e-9)
    hmm.advance(200, false)
    expect(read().closed).toBeGreaterThan(0.999) // too short: it fell back
  })

  it('motion that lasts carries it to open, through opening', () => {
    const { hmm, read } = at(['closed', 'open'], 'closed')
    hmm.advance(3000, true)
    hmm.advance(200, false)
    const { open, opening, closing } = read()
    expect(opening + closing).toBe(0)
    // Swings begun in the first 2.2 s count, less those that turned round.
    expect(open).toBeGreaterThan(0.2)
    expect(open).toBeLessThan(1 - Math.exp(-0.2 * 3))
  })

  it('a swing that turns round is closing on its way back, and never arrives elsewhere', () => {
    const { hmm, read } = at(['closed', 'open'], 'closed', { ...SETTINGS, reversalShare: 1 })
    hmm.advance(4000, true)
    expect(read().closing).toBeGreaterThan(0)
    expect(read().open).toBeLessThan(1e-9)
    hmm.advance(200, false)
    expect(read().closed).toBeGreaterThan(0.999)
  })

  it('expects fewer swings once motion has lasted longer than any', () => {
    const early = at(['closed', 'open'], 'closed')
    early.hmm.advance(600, true)
    const late = new DurationHmm(['closed', 'open'], SETTINGS) // motion that was there before the windows
    late.absorb(certain(['closed', 'open'], 'closed'))
    late.advance(600, true)
    const into = new Float64Array(4)
    late.posterior(new Float64Array(2), into)
    expect(into[2]).toBeLessThan(early.read().opening / 5)
  })

  it('no swing is longer than the longest', () => {
    const settings = { ...SETTINGS, swingsPerSecond: 1e-9, reversalShare: 0 }
    const { hmm, read } = at(['closed', 'open'], 'closed', settings)
    hmm.advance(200, true)
    const begun = read().opening
    hmm.advance(settings.swingMaxMs + 200, true)
    expect(read().open).toBeGreaterThan(begun * 0.99)
  })

  it('shares a swing between ajar and open', () => {
    const { hmm, read } = at(['closed', 'ajar', 'open'], 'closed')
    hmm.advance(3000, true)
    hmm.advance(200, false)
    const { ajar, open } = read()
    expect(ajar / (ajar + open)).toBeGreaterThan(0.2)
    expect(ajar / (ajar + open)).toBeLessThan(0.3)
  })

  it('always sums to 1', () => {
    const places = fc.constantFrom<Place[]>(
      ['closed', 'open'],
      ['closed', 'ajar'],
      ['closed', 'ajar', 'unknown', 'open'],
      ['ajar', 'unknown'],
    )
    const share = fc.constantFrom(0, 0.2, 1)
    const steps = fc.array(
      fc.record({
        ms: fc.integer({ min: 0, max: 3000 }),
        moving: fc.boolean(),
        seed: fc.integer({ min: -50, max: 0 }).map((tenths) => tenths / 10),
      }),
    )
    fc.assert(
      fc.property(places, share, share, steps, (known, reversalShare, ajarShare, all) => {
        const hmm = new DurationHmm(known, { ...SETTINGS, reversalShare, ajarShare })
        const into = new Float64Array(hmm.states.length)
        for (const { ms, moving, seed } of all) {
          hmm.advance(ms, moving)
          const evidence = Float64Array.from(known, (_, i) => (i === 0 ? seed : 0))
          // Without evidence nothing is normalised away: lost probability would show here.
          hmm.posterior(evidence, into)
          expect(into.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9)
          expect(Math.min(...into)).toBeGreaterThanOrEqual(0)
          if (!moving) hmm.absorb(evidence)
        }
      }),
    )
  })
})
