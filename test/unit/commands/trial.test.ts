import { expect, test } from 'vitest'
import { trial } from '../../../src/commands/trial.js'

/** Simulated: what is asked of it is that the way from a reed to a live reading works, with room for another seed. */
test('a simulated home teaches a reader of events that then does well in days it has not seen', async () => {
  const out: string[] = []
  const progress: string[] = []
  const options = { site: 'metal-doorway', seed: 101, learnDays: 4, days: 1, packetsPerSecond: 100 }
  const io = { out: (line: string) => out.push(line), progress: (line: string) => progress.push(line) }
  expect(await trial({ ...options, json: true }, io)).toBe(0)
  expect(out).toHaveLength(1)
  const { simulated, certificate, score } = JSON.parse(out[0])
  expect(simulated).toBe(true)
  expect(certificate.simulated).toBe(true)
  expect(certificate.text).toMatch(/^SIMULATED/)
  expect(certificate.events.labelled).toBeGreaterThan(10)
  expect(certificate.unseen).toBeLessThanOrEqual(2)
  expect(progress.some((line) => line.includes('reed'))).toBe(true)
  expect(score.recall).toBeGreaterThan(0.8)
  expect(score.precision).toBeGreaterThan(0.8)
  expect(score.motionLatencyP50).toBeLessThanOrEqual(0.7)
  expect(score.unknownShare).toBeLessThan(0.1)
}, 240_000)
