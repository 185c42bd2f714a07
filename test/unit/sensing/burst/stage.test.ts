import { describe, expect, it } from 'vitest'
import type { Burst } from '../../../../src/domain/burst.js'
import type { SignalWindow } from '../../../../src/domain/window.js'
import { BurstStage, MOST_FRAMES } from '../../../../src/sensing/burst/stage.js'

const BINS = 4
const HOP_US = 200_000
const ROWS = 10

/** A link whose shape is 0 but for one bin, and whose level is given; ten rows a window, five a second. */
class Link {
  readonly bursts: Burst[] = []
  readonly stage = new BurstStage(BINS, { hopMs: 200, minQuietMs: 600, gapResetMs: 2000 })
  endUs = 10_000_000
  private readonly levels: number[] = new Array<number>(ROWS).fill(0)

  /** One window; `skip` windows before it are missing although their rows are known. */
  see(level: number, moving: boolean, { skip = 0, epoch = 0, unseenUs = 0 } = {}): void {
    for (let i = 0; i <= skip; i++) {
      this.levels.push(level)
      this.levels.shift()
    }
    this.endUs += (skip + 1) * HOP_US + unseenUs
    this.stage.push(this.window(moving, epoch), (burst) =>
      this.bursts.push({
        ...burst,
        frames: burst.frames.slice(0, burst.count * burst.size),
        before: burst.before.slice(),
      }),
    )
  }

  many(count: number, level: number, moving: boolean): void {
    for (let i = 0; i < count; i++) this.see(level, moving)
  }

  get last(): Burst {
    return this.bursts[this.bursts.length - 1]
  }

  levelsOf({ frames, count, size }: Burst): number[] {
    return Array.from({ length: count }, (_, i) => Math.round(frames[i * size + BINS] * 1000) / 1000)
  }

  private window(moving: boolean, epoch: number): SignalWindow {
    const shape = new Float32Array(ROWS * BINS)
    for (let row = 0; row < ROWS; row++) shape[row * BINS + 1] = this.levels[row]
    return {
      link: 'l',
      startUs: this.endUs - 2_000_000,
      endUs: this.endUs,
      epoch,
      layoutId: 7,
      rows: ROWS,
      bins: BINS,
      gridRateHz: 5,
      shape,
      levelDb: Float32Array.from(this.levels, (level) => (level * 20) / Math.LN10),
      rssiDbm: new Float32Array(ROWS),
      realShare: 1,
      motion: { lag1: 0, movingVariance: 0, moving },
      quality: { lossRatio: 0, saturatedRatio: 0, gainJump: false },
    }
  }
}

describe('bursts', () => {
  it('says nothing while nothing moves', () => {
    const link = new Link()
    link.many(100, 1, false)
    expect(link.bursts).toEqual([])
  })

  it('begins before motion was noticed and is over once quiet has lasted', () => {
    const link = new Link()
    link.many(30, 1, false)
    link.many(10, 2, true)
    link.many(3, 3, false)
    expect(link.bursts.map(({ over }) => over)).toEqual([...new Array<boolean>(12).fill(false), true])
    // Five quiet frames of lead, then what moved, then the quiet that ended it; level and shape alike.
    expect(link.levelsOf(link.last)).toEqual([1, 1, 1, 1, 1, ...new Array<number>(10).fill(2), 3, 3, 3])
    expect(link.last.frames[1]).toBeCloseTo(1)
    expect(link.last.endUs - link.last.startUs).toBe(link.last.count * HOP_US)
    expect([...link.last.before].map((value) => Math.round(value * 100) / 100)).toEqual([0, 1, 0, 0, 1])
    expect(link.last.quietFrames).toBe(20)
    expect(link.last.layoutId).toBe(7)
  })

  it('takes the median of the quiet before, so that a single frame does not count', () => {
    const link = new Link()
    link.many(20, 1, false)
    link.see(50, false)
    link.many(10, 1, false)
    link.many(5, 2, true)
    expect(link.last.before[BINS]).toBeCloseTo(1)
  })

  it('fills in from the next window what missing windows would have shown', () => {
    const link = new Link()
    link.many(30, 0, false)
    link.many(3, 1, true)
    link.see(4, true, { skip: 5 })
    expect(link.levelsOf(link.last)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 4, 4, 4, 4, 4, 4])
  })

  it('goes on where packets were missing: motion has to be found anew before it can be over', () => {
    const link = new Link()
    link.many(30, 0, false)
    link.many(5, 1, true)
    link.see(2, false, { skip: 9, unseenUs: 400_000 })
    link.many(4, 2, false)
    expect(link.bursts.some(({ over }) => over)).toBe(false)
    link.many(3, 2, false)
    expect(link.last.over).toBe(true)
  })

  it('forgets a burst over a gap of which no window holds anything, and at a new epoch', () => {
    for (const change of [{ unseenUs: 4_000_000 }, { epoch: 1 }]) {
      const link = new Link()
      link.many(30, 0, false)
      link.many(5, 1, true)
      link.see(9, true, change)
      expect(link.last.count).toBe(1)
      expect(link.last.quietFrames).toBe(0)
    }
  })

  it('cuts a motion without end, and compares the next part with the end of the one before', () => {
    const link = new Link()
    link.many(30, 0, false)
    link.many(MOST_FRAMES + 20, 3, true)
    const cut = link.bursts.findIndex(({ over }) => over)
    expect(link.bursts[cut].count).toBe(MOST_FRAMES)
    expect(link.bursts[cut + 1].quietFrames).toBe(0)
    expect(link.bursts[cut + 1].before[BINS]).toBeCloseTo(3)
    expect(link.last.count).toBeLessThan(30)
  })

  it('knows the quiet between two bursts, however short', () => {
    const link = new Link()
    link.many(30, 0, false)
    link.many(5, 1, true)
    link.many(6, 2, true) // motion is seen until the window is empty of it
    link.many(4, 2, false)
    link.many(3, 3, true)
    expect(link.last.before[BINS]).toBeCloseTo(2)
    expect(link.last.quietFrames).toBeGreaterThan(0)
  })
})
