import { connect } from 'node:net'
import { hostname } from 'node:os'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ApiBench } from './api-bench.js'

let api: ApiBench
beforeEach(async () => void (api = await ApiBench.start()))
afterEach(() => api.stop())

/** Sends bytes as they are and resolves with the first answer's status: fetch would tidy the path. */
function raw(request: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(api.port, '127.0.0.1', () => socket.write(request))
    socket.on('error', reject)
    socket.once('data', (answer) => {
      socket.destroy()
      resolve(Number(answer.toString().split(' ')[1]))
    })
  })
}

async function problem(
  answer: Response,
): Promise<{ status: number; hint: string; errors?: { path: string }[] }> {
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  const body = (await answer.json()) as { status: number; title: string; hint: string }
  expect(body.status).toBe(answer.status)
  expect(body.title.length * body.hint.length).toBeGreaterThan(0)
  return body
}

describe('what loopback reads without a token', () => {
  it.each([
    ['/healthz', { alive: true, version: '1.2.3' }],
    ['/readyz', { ready: true }],
    [
      '/api/v1/link',
      { connected: true, simulated: true, lossRatio: null, store: { ok: true }, indicator: { ok: true } },
    ],
    ['/api/v1/model', { id: 'm', verdict: 'usable', simulated: true }],
    ['/api/v1/door', { doorId: 'front', name: 'Front door', state: 'closed', clockTrusted: true }],
  ])('%s', async (resource, expected) => {
    const answer = await api.ask('GET', resource, { authorised: false })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.json()).toMatchObject(expected)
  })

  it('/readyz says no while nothing is sensed', async () => {
    api.sensing = false
    expect((await api.ask('GET', '/readyz')).status).toBe(503)
  })

  it('/metrics', async () => {
    const text = await (await api.ask('GET', '/metrics', { authorised: false })).text()
    expect(text).toContain('ajar_door_state{door="front",state="closed"} 1')
    expect(text).toContain('ajar_link_packets_total{link="link-1",result="crc"} 2')
    expect(text).toContain('ajar_door_simulated{door="front"} 1')
    expect(text).toContain('ajar_link_simulated{link="link-1"} 1')
    expect(text).toMatch(/ajar_model_info\{.*simulated="true"\} 1/)
    expect(text).not.toContain('ajar_link_loss_ratio{') // it is not known
  })

  it('/api/v1/door/history, a page at a time', async () => {
    const ids = (['open', 'closed', 'open'] as const).map((state, n) => api.publish(state, n))
    const page = async (query: string) =>
      ((await (await api.ask('GET', `/api/v1/door/history?${query}`)).json()) as { events: { id: number }[] })
        .events
    expect((await page('')).map(({ id }) => id)).toEqual(ids)
    expect((await page(`afterId=${ids[0]}&limit=1`)).map(({ id }) => id)).toEqual([ids[1]])
    expect(await page('toMs=1')).toEqual([])
  })
})

describe('commands', () => {
  it('sets the log level for a time', async () => {
    const answer = await api.ask('PATCH', '/api/v1/log-level', { body: '{"level":"debug","seconds":5}' })
    expect(answer.status).toBe(200)
    expect(api.level.level()).toBe('debug')
  })

  it('records, and shows the recording', async () => {
    expect((await api.ask('GET', '/api/v1/recordings/current')).status).toBe(404)
    const answer = await api.ask('POST', '/api/v1/recordings', { body: '{"seconds":7}' })
    expect(answer.status).toBe(202)
    expect(await (await api.ask('GET', '/api/v1/recordings/current')).json()).toMatchObject({ seconds: 7 })
    expect((await api.ask('DELETE', '/api/v1/recordings/current')).status).toBe(400)
    const ended = await api.ask('DELETE', '/api/v1/recordings/current?id=r1')
    expect(await ended.json()).toEqual({ cancelled: 'r1' })
    expect((await api.ask('GET', '/api/v1/recordings/current')).status).toBe(404)
  })

  it.each(['PATCH /api/v1/log-level', 'POST /api/v1/recordings', 'DELETE /api/v1/door', 'OPTIONS /healthz'])(
    'needs the token for %s even from loopback',
    async (line) => {
      const [method, resource] = line.split(' ')
      const answer = await api.ask(method, resource, { authorised: false })
      expect((await problem(answer)).status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    },
  )
})

describe('mistakes', () => {
  it('404 for what there is not, 405 with Allow for what it cannot do', async () => {
    expect((await problem(await api.ask('GET', '/nothing'))).status).toBe(404)
    const answer = await api.ask('DELETE', '/api/v1/door')
    expect((await problem(answer)).status).toBe(405)
    expect(answer.headers.get('allow')).toContain('GET')
  })

  it.each([
    ['JSON cut off', '{"level":', 'application/json', 400],
    ['a bare value', '5', 'application/json', 400],
    ['an unknown level', '{"level":"loud"}', 'application/json', 400],
    ['an unknown key', '{"level":"info","x":1}', 'application/json', 400],
    ['another type', '{"level":"info"}', 'text/plain', 415],
  ])('refuses %s', async (_, body, type, status) => {
    expect((await problem(await api.ask('PATCH', '/api/v1/log-level', { body, type }))).status).toBe(status)
    expect(api.level.level()).toBe('info')
  })

  it.each(['limit=0', 'limit=1001', 'afterId=x', 'limit=1&limit=2', 'unknown=1'])(
    '400 for ?%s',
    async (query) => {
      const answer = await problem(await api.ask('GET', `/api/v1/door/history?${query}`))
      expect(answer.status).toBe(400)
      expect(answer.errors).toHaveLength(1)
    },
  )

  it('413 for ten megabytes, before they are read', async () => {
    const before = performance.now()
    const { authorization } = api.bearer()
    const head = `PATCH /api/v1/log-level HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\n`
    const lengths = `Content-Type: application/json\r\nContent-Length: ${10 << 20}\r\n\r\n`
    expect(await raw(head + lengths + ' '.repeat(1 << 20))).toBe(413)
    expect(performance.now() - before).toBeLessThan(1000)
    expect((await api.ask('GET', '/healthz')).status).toBe(200)
  })

  it.each([
    '/../../etc/passwd',
    '/api/v1/../../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/%',
    '//etc/passwd',
  ])('404 for %s', async (target) => {
    expect(await raw(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`)).toBe(404)
  })

  it.each([
    ['evil.example', 421],
    ['127.0.0.1.evil.example:80', 421],
    ['localhost:8080', 200],
    [`${hostname().split('.')[0].toUpperCase()}.local.:80`, 200],
    ['192.168.1.7', 200],
    ['[::1]:8080', 200],
  ])('answers Host: %s with %d', async (host, status) => {
    expect(await raw(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).toBe(status)
  })
})
