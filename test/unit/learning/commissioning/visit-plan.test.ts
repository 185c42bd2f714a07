import { describe, expect, it } from 'vitest'
import { markerStates } from '../../../../src/learning/commissioning/marker-states.js'
import {
  beginTake,
  nextVisit,
  reopen,
  visitOrder,
  withSession,
  type VisitPlan,
} from '../../../../src/learning/commissioning/visit-plan.js'
import { Random } from '../../../../src/learning/random.js'

const empty: VisitPlan = {
  version: 1,
  name: 'hall',
  place: 'hall',
  markers: ['closed', 'ajar', 'open'],
  states: { closed: 'closed', ajar: 'ajar', open: 'open' },
  visitsPerMarker: 2,
  secondsPerVisit: 60,
  sessions: [],
}

describe('the order of visits', () => {
  it.each([
    [3, 2],
    [7, 2],
    [3, 8],
    [2, 2],
  ])('of %i markers %i times: all of them, in orders that differ, none twice in a row', (count, times) => {
    const markers = Array.from({ length: count }, (_, index) => `m${index}`)
    const orders = Array.from({ length: 30 }, (_, seed) => visitOrder(markers, times, new Random(seed)))
    for (const order of orders) {
      expect(order.toSorted()).toEqual(markers.flatMap((marker) => Array<string>(times).fill(marker)))
      expect(order.every((marker, index) => marker !== order[index - 1])).toBe(true)
    }
    expect(new Set(orders.map(String)).size).toBeGreaterThan(1)
  })
})

describe('a plan', () => {
  it('goes through its visits, and through those that were opened again, and has sessions of its own names', () => {
    let plan = withSession(empty, { startedMs: 1, receiverReset: true })
    const [session] = plan.sessions
    const taken: string[] = []
    for (let next = nextVisit(plan); next !== undefined; next = nextVisit(plan)) {
      const name = beginTake(next.session)
      taken.push(name)
      if (taken.length === 2) continue // refused
      next.session.visits[next.index].visit = name
      if (taken.length === 5) reopen(session, [taken[0]])
    }
    expect(taken).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((take) => `session-1-take-${take}`))
    expect(session.visits.map(({ marker }) => marker).toSorted()).toEqual(
      ['ajar', 'ajar', 'closed', 'closed', 'open', 'open'], // prettier-ignore
    )
    plan = withSession(plan, { startedMs: 2, receiverReset: false })
    expect(plan.sessions.map(({ name }) => name)).toEqual(['session-1', 'session-2'])
    expect(nextVisit(plan)?.session.name).toBe('session-2')
    expect(empty.sessions).toEqual([])
  })
})

describe('a visit that is opened again', () => {
  it('does not come just after another of its marker, where a third is open', () => {
    const plan = withSession(empty, { startedMs: 1, receiverReset: true })
    const [session] = plan.sessions
    session.visits = ['closed', 'open', 'closed', 'open'].map((marker) => ({ marker }))
    for (const [place, take] of [1, 2, 3].entries()) session.visits[place].visit = `session-1-take-${take}`
    reopen(session, ['session-1-take-1'])
    expect(session.visits.map(({ marker }) => marker)).toEqual(['open', 'closed', 'open', 'closed'])
    session.visits[2].visit = 'session-1-take-10'
    expect(nextVisit(plan)?.marker).toBe('closed')
    session.visits.push({ marker: 'open' })
    session.visits[3].visit = 'session-1-take-11'
    expect(nextVisit(plan)?.marker).toBe('open')
    session.visits[3] = { marker: 'open' }
    session.visits[4] = { marker: 'closed' }
    expect(nextVisit(plan)?.marker).toBe('closed')
  })
})

describe('what markers mean', () => {
  it('states mean themselves, degrees their position, and both can be overruled', () => {
    expect(markerStates(['closed', 'open'], [])).toEqual({ closed: 'closed', open: 'open' })
    expect(markerStates(['0', '15', '60', '90'], [])).toEqual({
      ...{ 0: 'closed', 15: 'ajar', 60: 'open', 90: 'open' },
    })
    expect(markerStates(['0', '45', 'wide'], ['45=open', 'wide=open'])).toEqual({
      ...{ 0: 'closed', 45: 'open', wide: 'open' },
    })
  })

  it.each([
    [['closed'], []],
    [['closed', 'closed'], []],
    [['closed', 'wide'], []],
    [['ajar', 'open'], []],
    [['closed', 'open'], ['ajar=open']],
    [['closed', 'open'], ['open=shut']],
    [['closed', '../open'], []],
  ])('%j with %j is refused', (markers, states) => {
    expect(() => markerStates(markers, states)).toThrowError(
      expect.objectContaining({ code: 'usage.markers' }),
    )
  })
})
