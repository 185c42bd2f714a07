import { describe, expect, it } from 'vitest'
import type { DoorEvent } from '../../../../src/domain/event.js'
import { EventTeller, supersedes } from '../../../../src/sensing/decision/event-teller.js'

const S = 1e6
const told = (events: readonly (DoorEvent | undefined)[]) =>
  events
    .filter((event) => event !== undefined)
    .map(({ kind, startUs, endUs }) => [kind, startUs / S, endUs / S])

describe('telling events', () => {
  it('tells an opening when it is found, once, with the time at which it was', () => {
    const teller = new EventTeller()
    const events = [
      teller.found('closed', 0, 1 * S, 1),
      teller.found('open', 10 * S, 12 * S, 0.9),
      teller.found('open', 10 * S, 13 * S, 1),
      teller.found('closed', 40 * S, 42 * S, 0.9),
    ]
    expect(told(events)).toEqual([
      ['opened', 10, 12],
      ['closed', 40, 42],
    ])
  })

  it('puts a pass-through in the place of an opening that was soon closed again', () => {
    const teller = new EventTeller()
    teller.found('closed', 0, 1 * S, 1)
    const opened = teller.found('open', 10 * S, 12 * S, 0.9)
    const passed = teller.found('closed', 10 * S, 15 * S, 0.9)
    expect(told([passed, teller.returned('closed', 0.99, 10 * S, 17 * S)])).toEqual([
      ['passed-through', 10, 15],
    ])
    expect(supersedes(passed!, opened)).toBe(true)
    expect(supersedes(opened!, undefined)).toBe(false)
  })

  it('tells a pass-through that was only seen when the burst was over, and no opening before it', () => {
    const teller = new EventTeller()
    teller.found('closed', 0, 1 * S, 1)
    const passed = teller.returned('closed', 0.8, 10 * S, 16 * S)
    expect(told([passed])).toEqual([['passed-through', 10, 16]])
    expect(teller.returned('closed', 0.4, 20 * S, 26 * S)).toBeUndefined()
    expect(supersedes(teller.found('open', 30 * S, 31 * S, 1)!, passed)).toBe(false)
  })

  it('says nothing of the first place, nor of a way between ajar and open', () => {
    const teller = new EventTeller()
    expect(told([teller.found('ajar', 0, 1 * S, 1), teller.found('open', 10 * S, 12 * S, 1)])).toEqual([])
  })

  it('begins anew after a gap: what was missed is not told', () => {
    const teller = new EventTeller()
    teller.found('closed', 0, 1 * S, 1)
    teller.forget()
    expect(
      told([teller.found('open', 20 * S, 21 * S, 1), teller.found('closed', 22 * S, 24 * S, 1)]),
    ).toEqual([['closed', 22, 24]])
  })
})
