import { describe, expect, it } from 'vitest'
import type { DoorEvent } from '../../../../src/domain/event.js'
import { EventTeller } from '../../../../src/sensing/decision/event-teller.js'

const S = 1e6
const told = (events: readonly (DoorEvent | undefined)[]) =>
  events
    .filter((event) => event !== undefined)
    .map(({ kind, startUs, endUs }) => [kind, startUs / S, endUs / S])

describe('telling events', () => {
  it('tells an opening once it can no longer be a pass-through, with the time at which it was', () => {
    const teller = new EventTeller()
    teller.found('closed', 0, 1 * S, 1)
    expect(teller.found('open', 10 * S, 12 * S, 0.9)).toBeUndefined()
    expect(teller.tick(19.9 * S)).toBeUndefined()
    expect(told([teller.tick(20 * S), teller.tick(21 * S)])).toEqual([['opened', 10, 12]])
  })

  it('makes one pass-through of an opening and a closing soon after', () => {
    const teller = new EventTeller()
    teller.found('closed', 0, 1 * S, 1)
    const events = [teller.found('open', 10 * S, 12 * S, 0.9), teller.found('closed', 10 * S, 15 * S, 0.9)]
    expect(told([...events, teller.returned(0.99, 10 * S, 17 * S), teller.tick(60 * S)])).toEqual([
      ['passed-through', 10, 15],
    ])
  })

  it('tells a pass-through that was only seen when the burst was over', () => {
    const teller = new EventTeller()
    teller.found('closed', 0, 1 * S, 1)
    expect(told([teller.returned(0.8, 10 * S, 16 * S)])).toEqual([['passed-through', 10, 16]])
    expect(teller.returned(0.4, 20 * S, 26 * S)).toBeUndefined()
  })

  it('tells both where the door stays open longer', () => {
    const teller = new EventTeller()
    teller.found('closed', 0, 1 * S, 1)
    const events = [
      teller.found('open', 10 * S, 12 * S, 0.9),
      teller.tick(21 * S),
      teller.found('closed', 40 * S, 42 * S, 0.9),
      teller.tick(51 * S),
    ]
    expect(told(events)).toEqual([
      ['opened', 10, 12],
      ['closed', 40, 42],
    ])
  })

  it('says nothing of the first place, nor of a way between ajar and open', () => {
    const teller = new EventTeller()
    const events = [
      teller.found('ajar', 0, 1 * S, 1),
      teller.found('open', 10 * S, 12 * S, 1),
      teller.tick(100 * S),
    ]
    expect(told(events)).toEqual([])
  })

  it('does not lose an opening to a gap, and begins anew after it', () => {
    const teller = new EventTeller()
    teller.found('closed', 0, 1 * S, 1)
    teller.found('open', 10 * S, 12 * S, 0.9)
    expect(told([teller.forget(), teller.found('closed', 20 * S, 21 * S, 1), teller.tick(90 * S)])).toEqual([
      ['opened', 10, 12],
    ])
  })
})
