import { afterEach, beforeEach, expect, it } from 'vitest'
import type { LinkHealth } from '../../../../src/domain/link.js'
import { SystemClock } from '../../../../src/platform/clock.js'
import { ApiBench } from './api-bench.js'

let api: ApiBench
beforeEach(async () => void (api = await ApiBench.start()))
afterEach(() => api.stop())

const status = async () => (await api.ask('GET', '/api/v1/placement', { authorised: false })).json()

it('is started by a command and then asked', async () => {
  expect((await api.ask('GET', '/api/v1/placement')).status).toBe(404)
  expect((await api.ask('POST', '/api/v1/placement/start', { authorised: false })).status).toBe(401)
  expect((await api.ask('POST', '/api/v1/placement/start', { body: '{"x":1}' })).status).toBe(400)
  const answer = await api.ask('POST', '/api/v1/placement/start')
  expect(answer.status).toBe(202)
  const live = { packetsPerSecond: 0, lossRatio: null, levelDb: null, gainLocked: null, motion: 'unknown' }
  expect(await answer.json()).toMatchObject({ id: 1, step: 'link', live })
  expect(await (await api.ask('POST', '/api/v1/placement/start')).json()).toMatchObject({ id: 2 })
  expect(await status()).toMatchObject({ id: 2, step: 'link', secondsLeft: 10 })
})

it('gives the result without what JSON cannot say', async () => {
  await api.ask('POST', '/api/v1/placement/start')
  const health = { packetsPerSecond: 3, lossRatio: 0, rssiDbm: NaN, simulated: true, reasons: [] }
  const counters = { received: 9, used: 9, other: 0, control: 0, discarded: {} }
  const later = new SystemClock().monotonicUs() + 11e6
  api.placement.tick({ ...health, counters } as unknown as LinkHealth, later)
  expect(await status()).toMatchObject({
    step: 'done',
    simulated: true,
    result: {
      works: false,
      text: expect.stringContaining('3.0 packets a second') as string,
      reasons: [{ code: 'placement.rate-low' }],
      figures: { packetsPerSecond: 3, rssiDbm: null, doorChange: null },
    },
  })
})
