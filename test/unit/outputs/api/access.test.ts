import { spawnSync } from 'node:child_process'
import { get } from 'node:http'
import { rmSync, statSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { ApiBench } from './api-bench.js'

const ADDRESS = '10.99.99.1'

let api: ApiBench
afterEach(() => api.stop())

describe('the token', () => {
  it('stands in a file for its owner alone and is not in the database', async () => {
    api = await ApiBench.start()
    expect(statSync(api.tokenFile).mode & 0o777).toBe(0o600)
    const token = api.bearer().authorization.slice('Bearer '.length)
    expect(token).toMatch(/^[\w-]{43}$/)
    expect(api.store.get('api.token')).not.toContain(token)
  })

  it('stays over a restart, and is made anew where its file is gone or of another database', async () => {
    api = await ApiBench.start()
    const restart = async (): Promise<string> => {
      await api.server.stop()
      await api.server.start()
      return api.bearer().authorization
    }
    const first = api.bearer().authorization
    expect(await restart()).toBe(first)
    rmSync(api.tokenFile)
    const second = await restart()
    expect(second).not.toBe(first)
    writeFileSync(api.tokenFile, 'of another database\n')
    expect(await restart()).not.toContain('another')
    expect((await api.ask('PATCH', '/api/v1/log-level', { body: '{"level":"info"}' })).status).toBe(200)
  })
})

// Another address needs the right to change the loopback interface.
const added = spawnSync('ip', ['addr', 'add', `${ADDRESS}/32`, 'dev', 'lo']).status === 0
const skipped = added ? '' : ` (skipped: ${ADDRESS} cannot be added to lo)`

describe.skipIf(!added)(`from another machine${skipped}`, () => {
  afterAll(() => void spawnSync('ip', ['addr', 'del', `${ADDRESS}/32`, 'dev', 'lo']))

  const ask = async (method: string, resource: string, authorised: boolean): Promise<number> =>
    (await api.ask(method, resource, { authorised, address: ADDRESS })).status

  it('needs the token for everything but liveness', async () => {
    api = await ApiBench.start({ host: '0.0.0.0' })
    expect(await ask('GET', '/healthz', false)).toBe(200)
    for (const resource of ['/readyz', '/metrics', '/api/v1/door', '/api/v1/events', '/nothing']) {
      expect(await ask('GET', resource, false), resource).toBe(401)
    }
    expect(await ask('GET', '/api/v1/door', true)).toBe(200)
    for (const authorization of ['Bearer', 'Bearer x', 'Basic x', api.bearer().authorization.slice(0, -1)]) {
      const answer = await fetch(`http://${ADDRESS}:${api.port}/metrics`, { headers: { authorization } })
      expect(answer.status, authorization).toBe(401)
    }
  })

  it('tells the version only to who has the token', async () => {
    api = await ApiBench.start({ host: '0.0.0.0' })
    const healthz = async (authorised: boolean) =>
      (await api.ask('GET', '/healthz', { authorised, address: ADDRESS })).json()
    expect(await healthz(false)).toEqual({ alive: true })
    expect(await healthz(true)).toEqual({ alive: true, version: '1.2.3' })
  })

  it('counts requests under a wrong name too', async () => {
    api = await ApiBench.start({ host: '0.0.0.0', requestsPerMinute: 5 })
    const misnamed = (): Promise<number> =>
      new Promise((resolve, reject) => {
        const headers = { host: 'evil.example' }
        get({ host: ADDRESS, port: api.port, path: '/healthz', headers, agent: false }, (answer) => {
          answer.resume()
          resolve(answer.statusCode ?? 0)
        }).on('error', reject)
      })
    for (let n = 0; n < 5; n++) expect(await misnamed()).toBe(421)
    expect(await misnamed()).toBe(429)
  })

  it("shows the door's state, and no more, where publicStatus says so", async () => {
    api = await ApiBench.start({ host: '0.0.0.0', publicStatus: true })
    expect(await ask('GET', '/api/v1/door', false)).toBe(200)
    expect(await ask('GET', '/api/v1/door/history', false)).toBe(401)
    expect(await ask('POST', '/api/v1/door', false)).toBe(401)
  })

  it('counts its requests, guesses of the token too, and says when to come back', async () => {
    api = await ApiBench.start({ host: '0.0.0.0', requestsPerMinute: 5 })
    for (let n = 0; n < 5; n++) expect(await ask('GET', '/metrics', false)).toBe(401)
    const answer = await api.ask('GET', '/healthz', { address: ADDRESS })
    expect(answer.status).toBe(429)
    const seconds = Number(answer.headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(50)
    expect(seconds).toBeLessThanOrEqual(60)
    expect((await api.ask('GET', '/healthz')).status).toBe(200) // loopback is exempt
  })
})
