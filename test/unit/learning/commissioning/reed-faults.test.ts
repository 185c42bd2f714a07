import { describe, expect, it } from 'vitest'
import { ReedFaults } from '../../../../src/learning/commissioning/reed-faults.js'

const SECOND = 1e6
const HOUR = 3600 * SECOND
const codes = (faults: ReedFaults, nowUs: number): string[] => faults.reasons(nowUs).map(({ code }) => code)
const motions = (faults: ReedFaults, count: number): void => {
  for (let i = 0; i < count; i++) faults.motion()
}

describe('what is wrong with a reed', () => {
  it('nothing, where people pass through and the door stands open for an afternoon', () => {
    const faults = new ReedFaults(4, false, 0)
    for (let i = 1; i <= 30; i++) {
      faults.edge(true, i * 600 * SECOND)
      faults.edge(false, (i * 600 + 4) * SECOND)
      motions(faults, 3)
    }
    faults.edge(true, 6 * HOUR)
    motions(faults, 50)
    expect(codes(faults, 12 * HOUR)).toEqual([])
  })

  it('it is the other way round, where who passes through seems to close the door for moments', () => {
    const faults = new ReedFaults(4, true, 0)
    for (let i = 1; i <= 8; i++) {
      faults.edge(false, i * 600 * SECOND)
      faults.edge(true, (i * 600 + 4) * SECOND)
    }
    expect(codes(faults, 2 * HOUR)).toEqual([])
    for (let i = 9; i <= 12; i++) {
      faults.edge(false, i * 600 * SECOND)
      faults.edge(true, (i * 600 + 4) * SECOND)
    }
    expect(codes(faults, 3 * HOUR)).toEqual(['reed.inverted'])
  })

  it('its magnet fell off: open for more than a night while there is motion', () => {
    const faults = new ReedFaults(4, false, 0)
    faults.edge(true, HOUR)
    motions(faults, 19)
    expect(codes(faults, 20 * HOUR)).toEqual([])
    motions(faults, 1)
    expect(codes(faults, 14 * HOUR)).toEqual([])
    expect(codes(faults, 20 * HOUR)).toEqual(['reed.magnet'])
    faults.edge(false, 20 * HOUR)
    expect(codes(faults, 21 * HOUR)).toEqual([])
  })

  it('it never changes; an empty house proves nothing', () => {
    const faults = new ReedFaults(4, false, 0)
    expect(codes(faults, 100 * HOUR)).toEqual([])
    motions(faults, 20)
    expect(codes(faults, 23 * HOUR)).toEqual([])
    expect(codes(faults, 25 * HOUR)).toEqual(['reed.silent'])
  })
})
