import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import type { State } from '../../../../src/domain/reading.js'
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
/** Mostly shorter than what is waited for anywhere, sometimes minutes. */
const quietWindows = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: 40 }) },
  { weight: 1, arbitrary: fc.integer({ min: 41, max: 1500 }) },
)
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('see'),
      p: probability,
      windows: quietWindows,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('move'),
      p: probability,
      windows: fc.integer({ min: 1, max: 40 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('silence', 'gap', 'epoch', 'lost'),
      p: fc.constant(0.5),
      windows: fc.constant(1),
    }),
  },
)

/** Within so long of a start, a gap or a new epoch the first guess may be corrected. */
const FIRST_GUESS_MS = 5000
/** Quiet after which evidence has been seen, one window more than it takes. */
const CONFIRMED_MS = SETTINGS.settleMs + SETTINGS.minQuietMs + 400

describe('whatever happens', () => {
  it('no state without evidence, none after another without motion, times never run back', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), (steps) => {
        const scene = new Scene()
        let epoch = 0
        let evidenceMs = 0
        let certain: State | undefined
        let moved = false
        let quietMs = 0
        let beganMs = NaN
        /** `unknown` between two places is no excuse: only motion, an interruption or a first guess is one. */
        const checkPlace = (moving: boolean): void => {
          const { state } = scene.last
          if (Number.isNaN(beganMs)) beganMs = scene.nowMs
          quietMs = moving ? 0 : quietMs + 200
          moved ||= moving
          if (state === 'unknown') return
          if (state !== (certain ?? state) && scene.nowMs - beganMs >= FIRST_GUESS_MS)
            expect(moved).toBe(true)
          certain = state
          if (quietMs >= CONFIRMED_MS) moved = false
        }
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
        }
        for (const { kind, p, windows } of steps) {
          if (kind === 'see' || kind === 'move')
            for (let i = 0; i < windows; i++) {
              evidenceMs += 200
              const { last } = scene
              scene.see(200, { p, moving: kind === 'move', epoch })
              checkPlace(kind === 'move')
              if (scene.last !== last) check()
            }
          else {
            evidenceMs = quietMs = 0
            certain = undefined
            beganMs = NaN
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
