import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { get } from 'node:https'
import { connect } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { ApiBench } from './api-bench.js'

const MEGABYTE = 1 << 20

let api: ApiBench
afterEach(() => api.stop())

it('names a port that is in use, and what to do', async () => {
  api = await ApiBench.start()
  await expect(ApiBench.start({ port: api.port })).rejects.toMatchObject({
    code: 'api.port-in-use',
    hint: expect.stringContaining('api.port'),
  })
})

it('serves what may be read where the token cannot be written', async () => {
  api = await ApiBench.start()
  await api.server.stop()
  rmSync(api.tokenFile)
  mkdirSync(`${api.tokenFile}.new`) // stands in the way of the temporary file, for root too
  await api.server.start()
  expect((await api.ask('GET', '/api/v1/door', { authorised: false })).status).toBe(200)
  expect((await api.ask('POST', '/api/v1/recordings', { authorised: false })).status).toBe(401)
})

it('lets nobody frame, sniff, cache or read answers across origins', async () => {
  api = await ApiBench.start()
  const { headers } = await fetch(`${api.server.url}/api/v1/door`, {
    headers: { origin: 'http://evil.example' },
  })
  expect(Object.fromEntries(headers)).toMatchObject({
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  })
  expect(headers.get('access-control-allow-origin')).toBeNull()
})

it('says why it is not ready', async () => {
  api = await ApiBench.start()
  api.sensing = false
  const answer = await api.ask('GET', '/readyz')
  expect(answer.status).toBe(503)
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  expect(await answer.json()).toMatchObject({ status: 503, ready: false, reasons: [] })
})

describe('a body of ten megabytes', () => {
  it('gets its 413 through, whoever asks and however it is sent', async () => {
    api = await ApiBench.start()
    const body = ' '.repeat(10 * MEGABYTE)
    for (const authorised of [true, false])
      expect((await api.ask('POST', '/api/v1/recordings', { body, authorised })).status).toBe(413)
    const chunked = new ReadableStream({
      pull: (controller) => controller.enqueue(Buffer.alloc(MEGABYTE, 0x20)), // no length, no end
    })
    const headers = { ...api.bearer(), 'content-type': 'application/json' }
    const request = { method: 'POST', headers, body: chunked, duplex: 'half' } as RequestInit
    expect((await fetch(`${api.server.url}/api/v1/recordings`, request)).status).toBe(413)
  })

  it('is cut off before it has all been read', async () => {
    api = await ApiBench.start()
    const socket = connect(api.port, '127.0.0.1')
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.on('error', () => undefined)
    const head = `POST /api/v1/recordings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`
    socket.write(`${head}Content-Length: ${10 * MEGABYTE}\r\n\r\n`)
    const feed = setInterval(() => socket.write(Buffer.alloc(65_536, 0x20)), 20) // 3 s for all of it
    await closed
    clearInterval(feed)
    expect(socket.bytesWritten).toBeLessThan(5 * MEGABYTE)
  })
})

const external = Object.values(networkInterfaces())
  .flat()
  .find((each) => each !== undefined && !each.internal && each.family === 'IPv4')?.address

describe.skipIf(external === undefined)(
  `from another address (skipped where there is no network interface)`,
  () => {
    it('believes no header about where a request comes from', async () => {
      api = await ApiBench.start({ host: '0.0.0.0' })
      const headers = { 'x-forwarded-for': '127.0.0.1', forwarded: 'for=127.0.0.1', 'x-real-ip': '127.0.0.1' }
      const answer = await fetch(`http://${external}:${api.port}/api/v1/door`, { headers })
      expect(answer.status).toBe(401)
    })
  },
)

const openssl = spawnSync('openssl', ['version']).status === 0

describe.skipIf(!openssl)('TLS (skipped where there is no openssl)', () => {
  it('is spoken where a certificate is given, and a broken one is refused at the start', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'ajar-tls-'))
    const [keyFile, certFile] = ['key.pem', 'cert.pem'].map((name) => path.join(directory, name))
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '1']
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    spawnSync('openssl', ['req', '-x509', ...kind, '-keyout', keyFile, '-out', certFile, ...subject])
    api = await ApiBench.start({ tls: { certFile, keyFile } })
    const options = { ca: readFileSync(certFile), servername: 'localhost', agent: false }
    const status = await new Promise((resolve, reject) =>
      get(`${api.server.url}/healthz`, options, (response) => resolve(response.resume().statusCode)).on(
        'error',
        reject,
      ),
    )
    expect(status).toBe(200)
    await expect(ApiBench.start({ tls: { certFile: keyFile, keyFile } })).rejects.toMatchObject({
      code: 'api.tls',
    })
    rmSync(directory, { recursive: true })
  })
})
