import { describe, expect, it } from 'vitest'
import type { Output } from '../../../../src/domain/model.js'
import { BurstTransition } from '../../../../src/sensing/decision/burst-transition.js'
import { SETTINGS } from './decision-scene.js'

const CLASSES: Output[] = [
  { marker: 'same', state: 'unknown' },
  { marker: 'opening', state: 'opening' },
  { marker: 'opened', state: 'open' },
  { marker: 'closing', state: 'closing' },
  { marker: 'closed', state: 'closed' },
  { marker: 'passed', state: 'unknown' },
]
const scores = (name: string, p = 0.95, outOfDistribution = 0.5) => ({
  outputs: CLASSES,
  probabilities: Float32Array.from(CLASSES, ({ marker }) => (marker === name ? p : (1 - p) / 5)),
  outOfDistribution,
})

/** States: closed, open, opening, closing. */
function after(seconds: number, name: string, prior = [1, 0], { grounded = true, ood = 0.5 } = {}): number[] {
  const transition = new BurstTransition(['closed', 'open'], SETTINGS)
  const posterior = new Float64Array(4)
  transition.begin(prior)
  for (let i = 0; i < seconds * 5; i++) transition.advance(200, true)
  transition.observe({ scores: scores(name, 0.95, ood), over: false, grounded })
  if (!transition.speaks) return []
  transition.posterior(posterior)
  return [...posterior]
}

describe('one burst', () => {
  it('takes a closed door to open where it opened, and leaves it where nothing happened', () => {
    expect(after(4, 'opened')[1]).toBeGreaterThan(0.9)
    expect(after(4, 'same')[0]).toBeGreaterThan(0.9)
    expect(after(4, 'passed')[0]).toBeGreaterThan(0.9)
    expect(after(2, 'opening')[2]).toBeGreaterThan(0.8)
  })

  it('counts once however long it lasts: windows replace one another', () => {
    const transition = new BurstTransition(['closed', 'open'], SETTINGS)
    const [once, often] = [new Float64Array(4), new Float64Array(4)]
    transition.begin([1, 0])
    for (let i = 0; i < 20; i++) transition.advance(200, true)
    transition.observe({ scores: scores('opened', 0.6), over: false, grounded: true })
    transition.posterior(once)
    for (let i = 0; i < 50; i++)
      transition.observe({ scores: scores('opened', 0.6), over: false, grounded: true })
    transition.posterior(often)
    expect([...often]).toEqual([...once])
  })

  it('does not let an open door open, nor a closed one close', () => {
    const open = after(4, 'opened', [0, 1])
    expect(open[0]).toBeLessThan(0.2)
    expect(after(4, 'closed', [1, 0])[1]).toBeLessThan(0.2)
  })

  it('finds out where a door is whose place was not known, by what it does', () => {
    expect(after(4, 'opened', [0.5, 0.5])[1]).toBeGreaterThan(0.9)
    expect(after(4, 'closed', [0.5, 0.5])[0]).toBeGreaterThan(0.9)
    const unchanged = after(4, 'same', [0.5, 0.5])
    expect(unchanged[0]).toBeGreaterThan(0.3)
    expect(unchanged[1]).toBeGreaterThan(0.3)
  })

  it('believes little of what lies outside the training', () => {
    expect(after(4, 'opened', [1, 0], { ood: 10 })[1]).toBeLessThan(after(4, 'opened')[1] - 0.2)
  })

  it('says nothing without quiet before it', () => {
    expect(after(4, 'opened', [1, 0], { grounded: false })).toEqual([])
  })
})
