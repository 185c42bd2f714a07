import { describe, expect, it } from 'vitest'
import { cutsOf, labelAt, type LabelledBurst } from '../../../../src/learning/events/labelled-burst.js'
import { burstOf } from './bursts.js'

const labelled = (
  openBefore: boolean,
  edges: readonly [s: number, open: boolean][],
  seconds = 20,
): LabelledBurst => ({
  burst: burstOf({ seconds, z: () => 0 }),
  openBefore,
  edges: edges.map(([s, open]) => ({ atUs: s * 1e6, open })),
  session: 's',
  day: 'd',
  place: 'p',
  name: 'n',
})

describe('what a reed says of a burst', () => {
  it.each([
    ['nothing happens', false, [], 5, 'same'],
    ['nothing happens to an open door', true, [], 5, 'same'],
    ['it is just about to open', false, [[5.1, true]], 5, undefined],
    ['it has begun to open', false, [[4.5, true]], 5, 'opening'],
    ['it may still swing', false, [[3, true]], 5, undefined],
    ['it has opened', false, [[2, true]], 5, 'opened'],
    ['it will soon be closed', true, [[5.5, false]], 5, 'closing'],
    ['it may be on its way to closed', true, [[7, false]], 5, undefined],
    ['it has only just closed', true, [[4.8, false]], 5, undefined],
    ['it has closed', true, [[4, false]], 5, 'closed'],
    [
      'someone passed through',
      false,
      [
        [1, true],
        [4, false],
      ],
      5,
      'passed',
    ],
    [
      'an open door was closed and opened',
      true,
      [
        [1, false],
        [2, true],
      ],
      5,
      'passed',
    ],
    [
      'opened after a pass-through',
      false,
      [
        [1, true],
        [2, false],
        [2.4, true],
      ],
      5,
      'opened',
    ],
  ] as const)('%s', (_, openBefore, edges, atS, expected) => {
    expect(labelAt(labelled(openBefore, edges as never), atS * 1e6)).toBe(expected)
  })

  it('cuts a burst at its end and on the way, not where the reed cannot say', () => {
    const cuts = cutsOf(labelled(false, [[3, true]], 10))
    expect(cuts[0]).toEqual({ count: 50, label: 'opened' })
    expect(cuts.map(({ label }) => label)).toContain('opening')
    expect(cuts.at(-1)?.label).toBe('same')
    const times = cuts.map(({ count }) => count / 5)
    expect(times.filter((s) => s > 4 && s < 5.5)).toEqual([])
  })
})
