import { describe, expect, it } from 'vitest'
import type { Burst } from '../../../../src/domain/burst.js'
import type { SignalWindow } from '../../../../src/domain/window.js'
import type { FeatureRow } from '../../../../src/learning/dataset/visit-reader.js'
import { labelAt, type LabelledBurst, type ReedEdge } from '../../../../src/learning/events/labelled-burst.js'
import { ReedLabeller } from '../../../../src/learning/events/reed-labeller.js'
import { featureExtractor } from '../../../../src/sensing/model/features.js'

const HOP = 0.2
const few = featureExtractor('five-numbers')

function window(atS: number, change: { moving?: boolean; epoch?: number } = {}): SignalWindow {
  const { moving = false, epoch = 0 } = change
  return {
    ...{ link: 'link-1', startUs: (atS - 2) * 1e6, endUs: atS * 1e6, epoch, layoutId: 2, rows: 2, bins: 52 },
    ...{
      gridRateHz: 1,
      shape: new Float32Array(104),
      levelDb: new Float32Array(2),
      rssiDbm: new Float32Array(2),
    },
    realShare: 1,
    motion: { lag1: 0, movingVariance: 0, moving },
    quality: { lossRatio: 0, saturatedRatio: 0, gainJump: false },
  }
}

function burst(fromS: number, toS: number, over: boolean): Burst {
  return {
    ...{ link: 'link-1', epoch: 0, layoutId: 2, startUs: fromS * 1e6, endUs: toS * 1e6, over, size: 53 },
    ...{ frames: new Float32Array(53 * 300), count: Math.round((toS - fromS) / HOP), quietFrames: 10 },
    before: new Float32Array(53),
  }
}

function bench(openAtFirst = false) {
  const bursts: LabelledBurst[] = []
  const quiet: FeatureRow[] = []
  const unseen: ReedEdge[] = []
  const labeller = new ReedLabeller(
    few,
    few,
    openAtFirst,
    {
      burst: (labelled) => bursts.push(labelled),
      quiet: (row) => quiet.push(row),
      unseen: (edge) => unseen.push(edge),
    },
    { session: 's1', day: 'd1', place: 'front' },
  )
  /** Windows up to a time; within [fromS, toS] there is motion; edges come when they are due. */
  const play = (
    toS: number,
    motions: readonly (readonly [number, number])[],
    edges: readonly ReedEdge[] = [],
    from = 0,
    epoch = 0,
  ): void => {
    const due = [...edges]
    for (let step = Math.round(from / HOP); step * HOP <= toS; step++) {
      const at = step * HOP
      while (due.length > 0 && due[0].atUs <= at * 1e6) labeller.edge(due.shift()!)
      const motion = motions.find(([a, b]) => at > a && at <= b + HOP / 2)
      labeller.window(window(at, { moving: motion !== undefined, epoch }))
      if (motion !== undefined) labeller.burst(burst(motion[0], at, at + HOP > motion[1] + HOP / 2))
    }
  }
  return { labeller, bursts, quiet, unseen, play }
}

const edge = (atS: number, open: boolean): ReedEdge => ({ atUs: atS * 1e6, open })
const ends = (bursts: readonly LabelledBurst[]) => bursts.map((one) => labelAt(one, one.burst.endUs))

describe('what a reed says of bursts', () => {
  it('opened, nothing, closed; and quiet between by what holds', () => {
    const { bursts, quiet, unseen, play } = bench()
    play(
      60,
      [
        [10, 14],
        [25, 28],
        [40, 44],
      ],
      [edge(10.6, true), edge(43, false)],
    )
    expect(ends(bursts)).toEqual(['opened', 'same', 'closed'])
    expect(bursts.map(({ openBefore }) => openBefore)).toEqual([false, true, true])
    expect(new Set(quiet.map(({ visit, marker }) => `${marker} ${visit}`)).size).toBe(4)
    expect(quiet.map(({ marker }) => marker).filter((marker, i, all) => marker !== all[i - 1])).toEqual([
      'closed',
      'open',
      'closed',
    ])
    expect(unseen).toEqual([])
  })

  it('someone passed through', () => {
    const { bursts, play } = bench()
    play(40, [[10, 17]], [edge(11, true), edge(15, false)])
    expect(ends(bursts)).toEqual(['passed'])
  })

  it('a change that the radio did not see is told as unseen', () => {
    const { unseen, play } = bench()
    play(40, [[30, 34]], [edge(11, true)])
    expect(unseen).toEqual([edge(11, true)])
  })

  it('a change in a burst that a gap cut off is neither seen nor unseen', () => {
    const { unseen, bursts, play } = bench()
    play(12, [[10, 16]], [edge(10.6, true)])
    play(80, [], [], 60)
    expect(unseen).toEqual([])
    expect(bursts).toEqual([])
  })

  it('quiet goes on after a gap that cut a burst off', () => {
    const { quiet, play } = bench()
    play(12, [[10, 16]])
    const before = quiet.length
    play(80, [], [], 60)
    expect(quiet.length).toBeGreaterThan(before)
  })

  it('what the reed said outlives a device that starts again', () => {
    const { quiet, play } = bench()
    play(200, [[110, 114]], [edge(110.6, true)], 100)
    play(30, [], [], 3, 1)
    expect(quiet.at(-1)!.marker).toBe('open')
  })

  it('is told anew after changes at times that are not known', () => {
    const { labeller, quiet, play } = bench()
    play(20, [])
    labeller.reseat(true)
    play(40, [], [], 20.2)
    expect(quiet.at(-1)!.marker).toBe('open')
  })

  it('names bursts and intervals apart when the program was started again within a session', () => {
    const names = [0, 100].flatMap((from) => {
      const { bursts, quiet, play } = bench()
      play(from + 30, [[from + 10, from + 13]], [], from)
      return [...bursts.map(({ name }) => name), ...new Set(quiet.map(({ visit }) => visit))]
    })
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBe(6)
  })
})
