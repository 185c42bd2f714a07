import { describe, expect, it } from 'vitest'
import { Cadence } from '../../../../src/sensing/signal/cadence.js'
import { seededRandom } from '../../../support/packets.js'

describe('Cadence', () => {
  it('finds rate, interval and loss from device time while a quarter is lost', () => {
    const random = seededRandom(3)
    const cadence = new Cadence()
    let lost = 0
    let missing = 0
    for (let i = 0; i < 2000; i++) {
      if (random() < 0.25) {
        missing++
        continue
      }
      lost += cadence.push(i * 10_000 + 2000 * (random() - 0.5), NaN)
    }
    expect(cadence.periodUs).toBeGreaterThan(9_000)
    expect(cadence.periodUs).toBeLessThan(11_000)
    expect(cadence.packetsPerSecond).toBeGreaterThan(65)
    expect(cadence.packetsPerSecond).toBeLessThan(85)
    expect(cadence.lossRatio).toBeCloseTo(0.25, 0)
    expect(Math.abs(lost - missing)).toBeLessThan(0.05 * missing)
  })

  it('believes the sequence of the transmitter over time, across its wrap', () => {
    const cadence = new Cadence()
    cadence.push(0, 2 ** 32 - 2)
    expect(cadence.push(10_000, 2 ** 32 - 1)).toBe(0)
    expect(cadence.push(20_000, 0)).toBe(0)
    expect(cadence.push(30_000, 4)).toBe(3)
  })

  it('does not take a restarted transmitter for loss', () => {
    const cadence = new Cadence()
    cadence.push(0, 5_000_000)
    expect(cadence.push(10_000, 1)).toBe(0)
  })

  it('knows nothing before packets came, nor after it was cleared', () => {
    const cadence = new Cadence()
    for (let i = 0; i < 20; i++) cadence.push(i * 10_000, NaN)
    cadence.clear()
    expect(cadence.periodUs).toBeNaN()
    expect(cadence.packetsPerSecond).toBeNaN()
    expect(cadence.lossRatio).toBe(0)
  })
})
