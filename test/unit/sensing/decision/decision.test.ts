import { describe, expect, it } from 'vitest'
import { Scene, THREE, TWO, type Seen } from './decision-scene.js'

const CLOSED: Seen = { p: 0.97 }
const OPEN: Seen = { p: 0.03 }
const MOVING: Seen = { p: 0.5, moving: true }

describe('a calm door', () => {
  it('is starting before the first window', () => {
    const scene = new Scene()
    scene.keep(scene.decision.tick(scene.at()))
    expect(scene.last).toMatchObject({
      state: 'unknown',
      motion: 'unknown',
      reason: 'starting',
      confidence: 0,
    })
    scene.wait(4500)
    expect(scene.readings).toHaveLength(1)
  })

  it('is decided from standing evidence alone within ten windows', () => {
    const scene = new Scene()
    expect(scene.see(2000, CLOSED)).toMatchObject({ state: 'closed', reason: 'decided', motion: 'still' })
    expect(scene.last.at.monotonicUs).toBeLessThanOrEqual(1_000_000)
    expect(scene.states).toEqual(['unknown', 'closed'])
  })

  it('stays in the same reading while nothing changes, however long', () => {
    const scene = new Scene()
    const reading = scene.see(2000, CLOSED)
    expect(scene.see(600_000, CLOSED)).toBe(reading)
    expect(Object.isFrozen(reading)).toBe(true)
  })

  it('counts the evidence of an interval once: an hour of weak evidence is still weak', () => {
    const scene = new Scene()
    scene.see(3_600_000, { p: 0.6 })
    expect(scene.last).toMatchObject({ state: 'unknown', reason: 'ambiguous', confidence: 0 })
    expect(new Set(scene.states)).toEqual(new Set(['unknown']))
  })

  it('does not believe certainty beyond the floor', () => {
    const scene = new Scene()
    expect(scene.see(10_000, { p: 1 }).confidence).toBeLessThan(0.985)
  })

  it('does not keep a wrong first guess', () => {
    const scene = new Scene()
    expect(scene.see(1200, CLOSED).state).toBe('closed')
    scene.see(20_000, OPEN)
    expect(scene.last.state).toBe('open')
    expect(scene.states).toEqual(['unknown', 'closed', 'unknown', 'open'])
  })
})

describe('motion', () => {
  it('a door that opens: closed, then open', () => {
    const scene = new Scene()
    scene.see(10_000, CLOSED)
    scene.see(3000, MOVING)
    scene.see(3000, OPEN)
    expect(scene.last).toMatchObject({ state: 'open', motion: 'still', reason: 'decided' })
    expect(scene.states.filter((state) => state !== 'unknown')).toEqual(['closed', 'open'])
  })

  it('decides within 1.2 s after the motion ended', () => {
    const scene = new Scene()
    scene.see(10_000, CLOSED)
    scene.see(3000, MOVING)
    const endMs = scene.nowMs
    scene.see(3000, OPEN)
    expect(scene.last.since.monotonicUs / 1000 - endMs).toBeLessThanOrEqual(1200)
  })

  it('a swing that turns round ends where it began', () => {
    const scene = new Scene()
    scene.see(10_000, CLOSED)
    scene.see(2000, MOVING)
    scene.see(3000, CLOSED)
    expect(scene.last.state).toBe('closed')
    expect(scene.states).not.toContain('open')
  })

  it('is live at once, and the state outlasts a short motion', () => {
    const scene = new Scene()
    scene.see(10_000, CLOSED)
    expect(scene.see(200, MOVING)).toMatchObject({ state: 'closed', motion: 'moving' })
    expect(scene.last.at.monotonicUs).toBe(scene.nowMs * 1000)
  })

  it('makes the state unknown when it lasts and nothing is seen in it', () => {
    const scene = new Scene()
    scene.see(10_000, CLOSED)
    expect(scene.see(30_000, MOVING)).toMatchObject({
      state: 'unknown',
      motion: 'moving',
      reason: 'ambiguous',
    })
  })

  it('people about all day: the state is read among them', () => {
    const scene = new Scene()
    scene.see(8000, { ...OPEN, moving: true })
    expect(scene.last).toMatchObject({ state: 'open', motion: 'moving', reason: 'decided' })
  })

  it('a window that begins before the motion does not speak in it', () => {
    const scene = new Scene()
    scene.see(10_000, CLOSED)
    scene.see(1000, { ...OPEN, moving: true })
    expect(scene.states).not.toContain('open')
  })

  it('what was seen during motion is not taken into the prior', () => {
    const scene = new Scene()
    scene.see(10_000, CLOSED)
    scene.see(10_000, { ...CLOSED, moving: true })
    expect(scene.last.state).toBe('closed')
    expect(scene.see(2000, { p: 0.2 }).state).toBe('open')
  })

  it('a pause in the motion is no end of it', () => {
    const scene = new Scene()
    scene.see(4000, { ...CLOSED, moving: true })
    for (let i = 0; i < 20; i++) {
      scene.see(400, CLOSED)
      scene.see(1000, { ...CLOSED, moving: true })
      expect(scene.last.state).toBe('closed')
    }
  })

  it('ajar is found where the model knows it', () => {
    const scene = new Scene({ outputs: THREE })
    scene.see(10_000, { p: [0.96, 0.02, 0.02] })
    scene.see(3000, { ...MOVING, p: [0.3, 0.3, 0.4] })
    expect(scene.see(3000, { p: [0.02, 0.02, 0.96] }).state).toBe('ajar')
  })
})

describe('what is not known', () => {
  it.each([
    ['collect-more', 'unknown'],
    ['move-transmitter', 'unknown'],
    ['fix-mount', 'unknown'],
    ['merge-markers', 'unknown'],
    ['a verdict of a later version', 'unknown'],
    ['usable', 'closed'],
    ['provisional', 'closed'],
    ['none', 'closed'],
  ])('verdict %s: %s, and motion stays live', (siteVerdict, state) => {
    const scene = new Scene({ siteVerdict })
    scene.see(3000, CLOSED)
    expect(scene.last).toMatchObject({ state, reason: state === 'closed' ? 'decided' : 'site-not-usable' })
    expect(scene.last.provisional).toBe(siteVerdict !== 'usable')
    expect(scene.see(400, MOVING).motion).toBe('moving')
  })

  it('out of distribution for most of the time, and back', () => {
    const scene = new Scene()
    scene.see(3000, { ...CLOSED, outOfDistribution: 1.3 })
    expect(scene.last).toMatchObject({ state: 'unknown', reason: 'out-of-distribution' })
    expect(scene.see(10_000, { ...CLOSED, outOfDistribution: 0.8 }).state).toBe('closed')
    expect(scene.see(10_000, { ...CLOSED, outOfDistribution: NaN }).reason).toBe('out-of-distribution')
  })

  it('a marker without a state never becomes one', () => {
    const outputs = [...TWO, { marker: 'person', state: 'unknown' as const }]
    const scene = new Scene({ outputs })
    scene.see(10_000, { p: [0.01, 0.01, 0.98] })
    expect(scene.states).toEqual(['unknown'])
    expect(scene.last.reason).toBe('ambiguous')
    scene.see(2000, MOVING)
    expect(scene.see(3000, { p: [0.96, 0.02, 0.02] }).state).toBe('closed')
  })

  it('several markers of one state count by their mean', () => {
    const outputs = [...TWO, { marker: 'closed-with-chair', state: 'closed' as const }]
    const scene = new Scene({ outputs })
    expect(scene.see(3000, { p: [0.1, 0.8, 0.1] }).state).toBe('open')
  })

  it('a model of one place cannot find the door anywhere', () => {
    const scene = new Scene({ outputs: TWO.slice(0, 1) })
    expect(scene.see(3000, { p: [1] })).toMatchObject({ state: 'unknown', reason: 'model-error' })
  })

  it('no model: unknown with live motion', () => {
    const scene = new Scene({ outputs: [] })
    expect(scene.see(3000, { unscored: true })).toMatchObject({ reason: 'no-model', motion: 'still' })
    expect(scene.see(200, { unscored: true, moving: true })).toMatchObject({
      reason: 'no-model',
      motion: 'moving',
    })
  })

  it('a model that fails takes the state with it', () => {
    const scene = new Scene()
    scene.see(3000, CLOSED)
    scene.keep(scene.decision.fail('model-error', scene.at()))
    expect(scene.last).toMatchObject({
      state: 'unknown',
      confidence: 0,
      reason: 'model-error',
      motion: 'still',
    })
    expect(scene.see(3000, { unscored: true }).reason).toBe('model-error')
  })
})
