import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { Scene, SETTINGS, type Seen } from './decision-scene.js'

const CLOSED: Seen = { p: 0.97 }
const OPEN: Seen = { p: 0.03 }

describe('interruptions', () => {
  it('silence is unknown within 5 s, though nothing said so', () => {
    const scene = new Scene()
    scene.see(3000, CLOSED)
    const lastMs = scene.nowMs
    scene.wait(10_000)
    expect(scene.last).toMatchObject({
      state: 'unknown',
      motion: 'unknown',
      reason: 'link-stale',
      confidence: 0,
    })
    expect(scene.last.at.monotonicUs / 1000 - lastMs).toBeLessThanOrEqual(SETTINGS.staleMs + 500)
  })

  it('a start from which no window comes is sensor loss and no start any more', () => {
    const scene = new Scene()
    scene.wait(4500)
    expect(scene.last).toMatchObject({ state: 'unknown', reason: 'starting' })
    scene.wait(1500)
    expect(scene.last).toMatchObject({ state: 'unknown', reason: 'link-stale' })
    expect(scene.see(2000, OPEN).state).toBe('open')
  })

  it('a lost receiver is unknown at once, and after it everything is decided anew', () => {
    const scene = new Scene()
    scene.see(60_000, CLOSED)
    scene.keep(scene.decision.lost(scene.at()))
    expect(scene.last).toMatchObject({ state: 'unknown', reason: 'link-stale', motion: 'unknown' })
    scene.wait(3000)
    expect(scene.see(200, OPEN)).toMatchObject({ state: 'unknown', reason: 'starting' })
    expect(scene.see(2000, OPEN).state).toBe('open')
  })

  it('a gap in the windows: unknown until new evidence', () => {
    const scene = new Scene()
    scene.see(60_000, CLOSED)
    scene.skip(4200)
    expect(scene.see(200, OPEN)).toMatchObject({ state: 'unknown', reason: 'starting' })
    expect(scene.see(2000, OPEN).state).toBe('open')
  })

  it('a break that the windows bridge changes nothing', () => {
    const scene = new Scene()
    const reading = scene.see(60_000, CLOSED)
    scene.skip(3000) // 0.8 s lost, then 2.2 s until the next window is full
    expect(scene.see(200, CLOSED)).toBe(reading)
  })

  it('a new epoch: unknown until new evidence', () => {
    const scene = new Scene()
    scene.see(60_000, CLOSED)
    expect(scene.see(200, { ...CLOSED, epoch: 1 })).toMatchObject({
      state: 'unknown',
      reason: 'new-epoch',
      epoch: 1,
    })
    expect(scene.see(2000, { ...CLOSED, epoch: 1 })).toMatchObject({ state: 'closed', epoch: 1 })
  })
})

/** fc.double would draw by bits: hardly ever anything but 0. */
const probability = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100)
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('see'),
      p: probability,
      ms: fc.integer({ min: 1, max: 40 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('move'),
      p: probability,
      ms: fc.integer({ min: 1, max: 40 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('silence', 'gap', 'epoch', 'lost'),
      p: fc.constant(0.5),
      ms: fc.constant(1),
    }),
  },
)

describe('whatever happens', () => {
  it('no state without evidence, none after another without motion or unknown, times never run back', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), (steps) => {
        const scene = new Scene()
        let epoch = 0
        let evidenceMs = 0
        let moved = false
        const check = (): void => {
          const { last, readings } = scene
          const before = readings[readings.length - 2]
          expect(last.confidence).toBeGreaterThanOrEqual(0)
          expect(last.confidence).toBeLessThanOrEqual(1)
          expect(last.state === 'unknown' ? last.confidence : 1).toBe(last.state === 'unknown' ? 0 : 1)
          expect(last.since.monotonicUs).toBeLessThanOrEqual(last.at.monotonicUs)
          if (last.state !== 'unknown') expect(evidenceMs).toBeGreaterThanOrEqual(SETTINGS.minQuietMs)
          if (before === undefined) return
          expect(before.since.monotonicUs).toBeLessThanOrEqual(last.since.monotonicUs)
          if (before.state === last.state) expect(last.since).toBe(before.since)
          if (before.state !== last.state && before.state !== 'unknown' && last.state !== 'unknown')
            expect(moved).toBe(true)
        }
        for (const { kind, p, ms } of steps) {
          if (kind === 'see' || kind === 'move')
            for (let i = 0; i < ms; i++) {
              if (kind === 'move') moved = true
              evidenceMs += 200
              const { last } = scene
              scene.see(200, { p, moving: kind === 'move', epoch })
              if (scene.last === last) continue
              check()
              if (scene.last.state !== last?.state) moved = kind === 'move'
            }
          else {
            evidenceMs = 0
            if (kind === 'silence') scene.wait(4000)
            else if (kind === 'lost') scene.keep(scene.decision.lost(scene.at()))
            else if (kind === 'gap') scene.skip(4200)
            else epoch++
          }
        }
      }),
      { numRuns: 150 },
    )
  })
})
