import { describe, expect, it } from 'vitest'
import { simulateVisits, type VisitPlan } from '../../../../src/learning/simulator/visits.js'
import { receive } from './received-visit.js'

const plan: VisitPlan = {
  site: 'metal-doorway',
  seed: 3,
  sessions: 3,
  secondsPerVisit: 2,
  markers: ['closed', 'ajar', 'open'],
}

describe('simulateVisits', () => {
  it('visits every marker twice a session, in an order of its own', () => {
    const visits = [...simulateVisits(plan)]
    expect(new Set(visits.map(({ visit }) => visit)).size).toBe(18)
    const orders = ['session-1', 'session-2', 'session-3'].map((name) =>
      visits.filter(({ session }) => session === name).map(({ marker }) => marker),
    )
    for (const order of orders)
      expect(order.toSorted()).toEqual(['ajar', 'ajar', 'closed', 'closed', 'open', 'open'])
    expect(new Set(orders.map(String)).size).toBe(3)
    for (const { marker, angleDeg, place } of visits) {
      expect(place).toBe('metal-doorway')
      if (marker === 'closed') expect(angleDeg).toBeLessThan(1)
      if (marker === 'ajar') expect(Math.abs(angleDeg - 27.5)).toBeLessThanOrEqual(7.5)
      if (marker === 'open') expect(Math.abs(angleDeg - 85)).toBeLessThanOrEqual(5)
    }
  })

  it('gives the same bytes each time, of the stated length, in pieces that may be kept', () => {
    const [visit] = simulateVisits(plan)
    const pieces = [...visit.chunks()]
    expect(Buffer.concat([...visit.chunks()]).equals(Buffer.concat(pieces))).toBe(true)
    const { deviceTimeUs } = receive(pieces)
    expect((deviceTimeUs.at(-1)! - deviceTimeUs[0]) / 1e6).toBeGreaterThan(1.7)
    expect((deviceTimeUs.at(-1)! - deviceTimeUs[0]) / 1e6).toBeLessThan(2.01)
  })

  it('lets the clock and the sequence of a session go on from visit to visit', () => {
    const [first, second] = [...simulateVisits({ ...plan, sessions: 1 })].map(({ chunks }) =>
      receive(chunks()),
    )
    expect((second.deviceTimeUs[0] - first.deviceTimeUs[0]) / 1e6).toBeCloseTo(22, 0)
    expect(second.sequences[0] - first.sequences[0]).toBeGreaterThan(2150)
    expect(second.sequences[0] - first.sequences[0]).toBeLessThan(2250)
  })

  it('refuses a marker that the door does not have', () => {
    expect(() => [...simulateVisits({ ...plan, markers: ['closed', 'wide'] })]).toThrowError(
      expect.objectContaining({ code: 'simulator.marker', hint: 'Use closed, ajar, open.' }),
    )
  })
})
