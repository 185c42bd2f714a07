import { describe, expect, it } from 'vitest'
import { measuredText } from '../../../../src/learning/commissioning/certificate.js'
import { RunningScore } from '../../../../src/learning/commissioning/running-score.js'

const S = 1e6
const day = '2026-06-01'
const fresh = (): RunningScore => new RunningScore({})

describe('the running score', () => {
  it('finds openings, closings and both of a pass-through, each once', () => {
    const score = fresh()
    score.edge({ open: true, atUs: 10 * S }, day)
    score.told({ kind: 'opened', startUs: 9.5 * S, endUs: 12 * S }, day)
    score.edge({ open: false, atUs: 60 * S }, day)
    score.told({ kind: 'closed', startUs: 58 * S, endUs: 61 * S }, day)
    score.edge({ open: true, atUs: 100 * S }, day)
    score.edge({ open: false, atUs: 104 * S }, day)
    score.told({ kind: 'passed-through', startUs: 99 * S, endUs: 105 * S }, day)
    score.tick(200 * S)
    expect(score.total()).toEqual({ reed: 4, found: 4, told: 4, false: 0, days: 1 })
  })

  it('takes a pass-through that stands in the place of an opening for its other half', () => {
    const score = fresh()
    score.edge({ open: true, atUs: 10 * S }, day)
    score.told({ kind: 'opened', startUs: 9.5 * S, endUs: 12 * S }, day)
    score.edge({ open: false, atUs: 15 * S }, day)
    score.told({ kind: 'passed-through', startUs: 9.5 * S, endUs: 16 * S }, day)
    score.edge({ open: true, atUs: 300 * S }, day)
    score.tick(200 * S)
    expect(score.total()).toEqual({ reed: 2, found: 2, told: 2, false: 0, days: 1 })
  })

  it('counts what was missed once nothing can tell of it any more', () => {
    const score = fresh()
    score.edge({ open: true, atUs: 10 * S }, day)
    score.tick(50 * S)
    expect(score.total().reed).toBe(0)
    score.tick(56 * S)
    expect(score.total()).toMatchObject({ reed: 1, found: 0 })
  })

  it('calls false what no edge confirms, but only once the reed is known to be there still', () => {
    const score = fresh()
    score.told({ kind: 'opened', startUs: 10 * S, endUs: 12 * S }, day)
    score.tick(1000 * S)
    expect(score.total()).toMatchObject({ told: 1, false: 0 })
    score.edge({ open: true, atUs: 2000 * S }, '2026-06-02')
    expect(score.total()).toMatchObject({ told: 1, false: 1 })
    expect(score.days[day].false).toBe(1)
  })

  it('an opening is not found by a closing, nor by one that was long before', () => {
    const score = fresh()
    score.edge({ open: true, atUs: 10 * S }, day)
    score.told({ kind: 'closed', startUs: 9 * S, endUs: 12 * S }, day)
    score.told({ kind: 'opened', startUs: 20 * S, endUs: 22 * S }, day)
    score.tick(100 * S)
    score.edge({ open: false, atUs: 200 * S }, day)
    expect(score.total()).toMatchObject({ reed: 1, found: 0, told: 2, false: 2 })
  })

  it('goes on from what was kept, and settles what is open when the device starts again', () => {
    const score = new RunningScore({ [day]: { reed: 5, found: 4, told: 6, false: 1 } })
    score.edge({ open: true, atUs: 10 * S }, '2026-06-02')
    score.reset()
    expect(score.total()).toEqual({ reed: 6, found: 4, told: 6, false: 1, days: 2 })
  })
})

it('is told in words, with days as what is independent', () => {
  expect(measuredText({})).toBeUndefined()
  const one = { reed: 50, found: 49, told: 50, false: 1 }
  expect(measuredText({ a: one })).toContain('50 openings and closings, 1 missed (one day only: no interval)')
  expect(measuredText({ a: one, b: one, c: one })).toMatch(
    /at least \d\d\.\d % are told\), 3 of 150 told were false, on 3 days/,
  )
})
