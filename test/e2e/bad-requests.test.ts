import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Appliance, until } from '../support/appliance-process.js'
import { expectAllCounted, linkOf } from '../support/link-health.js'
import { openPty, type Pty } from '../support/pty.js'
import { streamFrames } from '../support/stream.js'

interface Answer {
  status: number
  type: string
  body: string
}

describe('requests that are no good, to an appliance at work', () => {
  let pty: Pty
  let appliance: Appliance
  let feed: { stop(): Promise<void> }

  beforeAll(async () => {
    pty = await openPty()
    appliance = await Appliance.start(['--port', pty.device])
    feed = streamFrames(pty)
    await appliance.reads(({ motion }) => motion === 'still', 10_000)
  })

  afterAll(async () => {
    const before = (await linkOf(appliance)).counters.used
    await until(async () => (await linkOf(appliance)).counters.used > before, 3000)
    await feed.stop()
    expectAllCounted(await linkOf(appliance))
    expect(await appliance.stop(), appliance.output().slice(-1000)).toBe(0)
    await pty.close()
    expect(appliance.output()).not.toContain('"level":"error"')
  })

  /** Exactly this text to the server, past whatever a client would make of it. */
  const raw = (text: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(appliance.url)
      const socket = connect(Number(port), hostname, () => socket.write(text))
      let received = ''
      socket.setTimeout(5000, () => socket.destroy(new Error(`no answer; so far: ${received}`)))
      socket.on('data', (bytes) => (received += bytes.toString()))
      socket.on('error', reject)
      socket.on('close', () => {
        const [head, ...body] = received.split('\r\n\r\n')
        resolve({
          status: Number(head.split(' ')[1]),
          type: /^content-type: (.*)$/im.exec(head)?.[1] ?? '',
          body: body.join('\r\n\r\n'),
        })
      })
    })

  const get = (target: string, host = new URL(appliance.url).host): Promise<Answer> =>
    raw(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)

  function expectProblem(answer: Answer, status: number): void {
    expect(answer.status, answer.body).toBe(status)
    expect(answer.type).toContain('application/problem+json')
    expect(JSON.parse(answer.body)).toMatchObject({ status, hint: expect.stringMatching(/\w/) as string })
  }

  it.each([
    '/api/v1/../../etc/passwd',
    '/../../../../etc/passwd',
    '/api/v1/%2e%2e/%2e%2e/etc/passwd',
    '/api/v1/..%2f..%2fetc%2fpasswd',
    '/api/v1/..\\..\\etc\\passwd',
    '/api/v1/recordings/../../../etc/passwd',
    '/api/v1/%00',
    '/%zz',
    '/api/v1/doors',
    '/nothing',
  ])('%s is no resource', async (target) => {
    const answer = await get(target)
    expectProblem(answer, 404)
    expect(answer.body).not.toContain('root:')
  })

  it('is not called by the name of another machine', async () => {
    expectProblem(await get('/api/v1/door', 'door.example.org'), 421)
  })

  it('does not take a method that a resource has not', async () => {
    const { token } = credentials()
    const answer = await raw(
      `PATCH /api/v1/door HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
    )
    expectProblem(answer, 405)
  })

  it.each([
    { how: 'with its length', length: true },
    { how: 'in chunks without a length', length: false },
  ])('refuses a body of 10 MB, sent $how', async ({ length }) => {
    expectProblem(await upload(10 << 20, length), 413)
  })

  it('refuses a body that is no JSON, and one with keys that nobody knows', async () => {
    const { token } = credentials()
    const post = async (body: string): Promise<Answer> => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const response = await fetch(`${appliance.url}/api/v1/recordings`, { method: 'POST', headers, body })
      return {
        status: response.status,
        type: response.headers.get('content-type') ?? '',
        body: await response.text(),
      }
    }
    expectProblem(await post('{"seconds":'), 400)
    expectProblem(await post('{"second":5}'), 400)
  })

  it('refuses a command without the token', async () => {
    const response = await fetch(`${appliance.url}/api/v1/recordings`, { method: 'POST' })
    expect(response.status).toBe(401)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
  })

  it('lives through what is no HTTP at all', async () => {
    expect((await raw('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n')).status).toBe(400)
    expect(await appliance.json('/healthz')).toMatchObject({ alive: true })
  })

  function credentials(): { token: string } {
    return { token: readFileSync(path.join(appliance.dataDirectory, 'api-token'), 'utf8').trim() }
  }

  /** A body of this size with a good token; resolves with the answer even where the rest cannot be sent. */
  const upload = (bytes: number, length: boolean): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const headers: Record<string, string | number> = {
        authorization: `Bearer ${credentials().token}`,
        'content-type': 'application/json',
      }
      if (length) headers['content-length'] = bytes
      const sending = request(
        `${appliance.url}/api/v1/recordings`,
        { method: 'POST', headers },
        (response) => {
          let body = ''
          response.on('data', (chunk: Buffer) => (body += chunk.toString()))
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              type: response.headers['content-type'] ?? '',
              body,
            }),
          )
        },
      )
      sending.on('error', reject) // after the answer: the server hangs up on the rest, and nobody waits any more
      sending.end(Buffer.alloc(bytes, 0x20))
    })
})
