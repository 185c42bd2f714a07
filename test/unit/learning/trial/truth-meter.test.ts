import { describe, expect, it } from 'vitest'
import type { Motion, State } from '../../../../src/domain/reading.js'
import { TruthMeter } from '../../../../src/learning/trial/truth-meter.js'

const S = 1e6
/** Closed, opened from 100 to 102 s, closed from 200 to 202 s. */
const truth = {
  state: (us: number): State => {
    const s = us / S
    if (s < 100 || s >= 202) return 'closed'
    if (s < 102) return 'opening'
    return s < 200 ? 'open' : 'closing'
  },
}
const happened = [
  { kind: 'opened', startUs: 100 * S, endUs: 102 * S },
  { kind: 'closed', startUs: 200 * S, endUs: 202 * S },
] as const

function measured(
  read: (s: number) => { state: State; motion?: Motion },
  told: readonly (typeof happened)[number][],
) {
  const meter = new TruthMeter(truth)
  for (let i = 0; i <= 5 * 300; i++) meter.sample((i / 5) * S, { motion: 'still', ...read(i / 5) })
  return meter.score(happened, told)
}

describe('comparing with the truth', () => {
  it('finds nothing wrong where all is right, with its latency', () => {
    const score = measured(
      (s) => ({
        state: s < 103 ? 'closed' : s < 204 ? 'open' : 'closed',
        motion: (s > 100.4 && s < 103) || (s > 200.4 && s < 203) ? 'moving' : 'still',
      }),
      happened,
    )
    expect(score).toMatchObject({
      precision: 1,
      recall: 1,
      falseClosed: 0,
      unknownShare: 0,
      wrongMinutesPerDay: 0,
    })
    expect(score.stateLatencyP50).toBeCloseTo(2)
    expect(score.stateLatencyP95).toBeCloseTo(2)
    expect(score.motionLatencyP95).toBeCloseTo(0.6)
  })

  it('counts an open door that is read as closed, once for each time, and its minutes', () => {
    const score = measured(() => ({ state: 'closed' }), [])
    expect(score.falseClosed).toBe(1)
    expect(score.wrongMinutesPerDay).toBeCloseTo(((98 - 3) / 60) * (86_400 / 300), -1)
    expect(score.recall).toBe(0)
    expect(score.stateLatencyP95).toBe(Infinity)
  })

  it('counts what is told and did not happen, and what is told at another time or as another kind', () => {
    const strange = { kind: 'opened', startUs: 50 * S, endUs: 52 * S } as const
    const score = measured(() => ({ state: 'unknown' }), [strange, happened[1]])
    expect(score.events.opened).toEqual({ happened: 1, found: 0, told: 1, right: 0 })
    expect(score.events.closed).toEqual({ happened: 1, found: 1, told: 1, right: 1 })
    expect(score.precision).toBe(0.5)
    expect(score.falseAlarmsPerDay).toBeCloseTo(288)
    expect(score.unknownShare).toBe(1)
  })

  it('lets one telling stand for one event only', () => {
    const twice = [happened[0], { ...happened[0] }] as const
    expect(measured(() => ({ state: 'closed' }), twice).events.opened).toMatchObject({
      found: 1,
      told: 2,
      right: 1,
    })
  })
})
