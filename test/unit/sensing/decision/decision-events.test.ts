import { describe, expect, it } from 'vitest'
import type { BurstReading } from '../../../../src/domain/burst.js'
import type { Output } from '../../../../src/domain/model.js'
import type { DoorReading } from '../../../../src/domain/reading.js'
import { Scene } from './decision-scene.js'

const CLASSES: Output[] = ['same', 'opening', 'opened', 'closing', 'closed', 'passed'].map((marker) => ({
  marker,
  state: 'unknown',
}))
const QUIET_S = 0.6

/** A scene whose motions are scored by a model of events. */
class EventScene extends Scene {
  /** Motion for so many seconds in which the model says this, sure to `p`; then the quiet that ends it. */
  burst(
    says: string,
    { seconds = 4, p = 0.98, standing = 0.5, grounded = true, ends = true } = {},
  ): DoorReading {
    const scores = {
      outputs: CLASSES,
      probabilities: Float32Array.from(CLASSES, ({ marker }) => (marker === says ? p : (1 - p) / 5)),
      outOfDistribution: 0.5,
    }
    for (let s = 0; s < seconds; s += 0.2) this.step(true, { scores, over: false, grounded }, standing)
    if (ends)
      for (let s = 0.2; s <= QUIET_S + 0.01; s += 0.2)
        this.step(false, { scores, over: s > QUIET_S - 0.1, grounded }, standing)
    return this.last
  }

  private step(moving: boolean, burst: BurstReading, p: number): void {
    this.nextBurst = burst
    this.see(200, { moving, p })
    this.nextBurst = undefined
  }
}

function closedScene(): EventScene {
  const scene = new EventScene()
  scene.see(10_000, { p: 0.95 })
  expect(scene.last.state).toBe('closed')
  return scene
}

describe('a door whose events are read', () => {
  it('is open after it opened and closed after it closed, each told once with its time', () => {
    const scene = closedScene()
    expect(scene.burst('opened')).toMatchObject({ state: 'open', reason: 'decided' })
    scene.see(20_000, { p: 0.1 })
    expect(scene.last.lastEvent).toMatchObject({ kind: 'opened' })
    const [opened, ...more] = scene.decision.takeEvents()
    expect(more).toEqual([])
    expect(opened.kind).toBe('opened')
    expect(opened.startUs).toBe(10_200_000)
    expect(scene.burst('closed').state).toBe('closed')
    expect(scene.last.lastEvent?.kind).toBe('closed')
    expect(scene.decision.takeEvents().map(({ kind }) => kind)).toEqual(['closed'])
  })

  it('stays what it was where somebody only walked by', () => {
    const scene = closedScene()
    expect(scene.burst('same').state).toBe('closed')
    expect(scene.decision.takeEvents()).toEqual([])
  })

  it('was passed through where it came back within one motion', () => {
    const scene = closedScene()
    scene.burst('passed')
    expect(scene.last).toMatchObject({ state: 'closed', lastEvent: { kind: 'passed-through' } })
    expect(scene.decision.takeEvents().map(({ kind }) => kind)).toEqual(['passed-through'])
  })

  it('is shown as open before motion ends only where that is sure', () => {
    const unsure = closedScene()
    expect(unsure.burst('opened', { p: 0.6, ends: false }).state).not.toBe('open')
    const sure = closedScene()
    expect(sure.burst('opened', { p: 0.99, ends: false })).toMatchObject({ state: 'open', motion: 'moving' })
  })

  it('is not called closed because the channel looks so once it was seen to open', () => {
    const scene = closedScene()
    scene.burst('opened')
    expect(scene.see(60_000, { p: 0.9 }).state).toBe('open')
  })

  it('is not called closed because people walk by while the channel looks so', () => {
    const scene = closedScene()
    scene.burst('opened')
    for (let i = 0; i < 9; i++) {
      scene.see(8_000, { p: 0.9 })
      scene.burst('same', { standing: 0.9 })
    }
    expect(scene.last.state).toBe('open')
  })

  it('is told nothing of where only its first guess was corrected', () => {
    const scene = new EventScene()
    scene.see(1_400, { p: 0.9 })
    scene.see(8_000, { p: 0.02 })
    expect(scene.decision.takeEvents()).toEqual([])
  })

  it('is corrected by what it does next', () => {
    const scene = closedScene()
    scene.burst('same') // it opened in truth, and nobody saw it
    scene.see(10_000, { p: 0.3 })
    scene.burst('closed')
    scene.see(5_000, { p: 0.95 })
    expect(scene.last.state).toBe('closed')
  })

  it('is decided by the standing channel where there was no quiet to compare with', () => {
    const scene = closedScene()
    scene.burst('opened', { grounded: false, standing: 0.02 })
    scene.see(5_000, { p: 0.02 })
    expect(scene.last.state).toBe('open')
  })

  it('is what the channel says again after a gap', () => {
    const scene = closedScene()
    scene.burst('opened')
    scene.skip(10_000)
    scene.see(10_000, { p: 0.95 })
    expect(scene.last.state).toBe('closed')
    expect(scene.decision.takeEvents().map(({ kind }) => kind)).toEqual(['opened'])
  })
})
