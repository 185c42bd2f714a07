import { expect, test } from 'vitest'
import { SystemClock } from '../../src/platform/clock.js'
import { pipelineOf } from '../support/pipeline.js'
import { wireBytes } from './learning/dataset/wire-bytes.js'

test('nothing is lost from the count where two stages discard for the same reason', () => {
  const transmitters = ['02:00:00:00:00:01', '02:00:00:00:00:02']
  const pipeline = pipelineOf(new SystemClock(), { receiver: { transmitters } })
  pipeline.bytes(wireBytes({ seconds: 8, senders: [1, 2, 3, 1] }), 1e6)
  const { received, used, discarded } = pipeline.health().counters
  expect(received).toBe(800)
  expect(discarded.foreign).toBeGreaterThan(200) // a quarter is the stranger's; the second transmitter comes on top
  expect(used + Object.values(discarded).reduce((sum, n) => sum + n, 0)).toBe(received)
})
