import { get } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { ApiBench } from './api-bench.js'

let api: ApiBench
afterEach(() => api.stop())

interface Stream {
  status: number
  text(): string
  /** Ids of what has come so far. */
  ids(): number[]
  ended: Promise<void>
  close(): void
}

function open(lastEventId?: number): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const headers = lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) }
    const request = get(
      { port: api.port, host: '127.0.0.1', path: '/api/v1/events', headers },
      (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => void (text += chunk.toString()))
        response.on('error', () => undefined) // closing it ourselves aborts it
        resolve({
          status: response.statusCode ?? 0,
          text: () => text,
          ids: () => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id)),
          ended: new Promise((end) => response.on('end', end)),
          close: () => response.destroy(),
        })
      },
    )
    request.on('error', reject)
  })
}

const upTo = (n: number, from = 1): number[] => Array.from({ length: n - from + 1 }, (_, i) => i + from)

describe('the event stream', () => {
  it('shows what is so now, then each reading with the id of its commit', async () => {
    api = await ApiBench.start()
    const before = api.publish('closed', 0)
    const stream = await open()
    await expect.poll(() => stream.ids()).toEqual([before])
    const id = api.publish('open', 1)
    await expect.poll(() => stream.ids()).toEqual([before, id])
    expect(stream.text()).toMatch(/event: reading\ndata: \{.*"state":"open".*\}\n\n$/)
    stream.close()
  })

  it('shows nothing under the id of another state: right after a start, or on a full disk', async () => {
    api = await ApiBench.start()
    const before = api.publish('closed', 0)
    api.show('open', 1)
    const stream = await open()
    await expect.poll(() => stream.text()).toMatch(/"state":"open"/)
    // A block without data moves a client's place and is no event; the reading that follows has no id.
    expect(stream.text()).toMatch(
      new RegExp(`\\n\\nid: ${before}\\n\\nevent: motion\\ndata: .*"state":"open".*\\n\\n$`),
    )
    stream.close()
  })

  it('replays from Last-Event-ID and goes live without a gap or a double', async () => {
    api = await ApiBench.start()
    for (let n = 1; n <= 5; n++) api.publish('open', n)
    const stream = await open(2)
    for (let n = 6; n <= 8; n++) api.publish('closed', n)
    await expect.poll(() => stream.ids()).toEqual(upTo(8, 3))
    stream.close()
  })

  it('shows what is so now where Last-Event-ID is of another database', async () => {
    api = await ApiBench.start()
    const newest = api.publish('closed', 0)
    const stream = await open(newest + 1000)
    await expect.poll(() => stream.text()).toMatch(/event: reading\ndata: .*"state":"closed"/)
    const id = api.publish('open', 1)
    await expect.poll(() => stream.ids()).toEqual([newest, id])
    stream.close()
  })

  it('answers at once where there is nothing to replay', async () => {
    api = await ApiBench.start()
    const before = performance.now()
    const stream = await open(0)
    expect(performance.now() - before).toBeLessThan(2000)
    stream.close()
  })

  it('replays more than a buffer holds while new readings come in', async () => {
    api = await ApiBench.start()
    api.store.inTransaction(() => {
      for (let n = 1; n <= 3000; n++) api.publish('open', n)
    })
    const opening = open(0)
    let published = 3000
    const timer = setInterval(() => published < 3050 && (published = api.publish('closed', 0)), 1)
    const stream = await opening
    await expect.poll(() => stream.ids().length, { timeout: 8000 }).toBe(3050)
    clearInterval(timer)
    expect(stream.ids()).toEqual(upTo(3050))
    stream.close()
  })

  it('refuses one stream too many, and has room again once one is closed', async () => {
    api = await ApiBench.start({ maxStreams: 2 })
    const [first, second] = [await open(), await open(0)]
    expect((await open()).status).toBe(503)
    first.close()
    await expect.poll(() => api.subscribers).toBe(1)
    const third = await open()
    expect(third.status).toBe(200)
    second.close()
    third.close()
    await expect.poll(() => api.subscribers).toBe(0) // nothing is left behind
  })

  it('takes no place for HEAD', async () => {
    api = await ApiBench.start({ maxStreams: 1 })
    expect((await api.ask('HEAD', '/api/v1/events')).status).toBe(200)
    await expect.poll(() => api.subscribers).toBe(0)
  })

  it('refuses a Last-Event-ID that is none', async () => {
    api = await ApiBench.start()
    expect((await open(-1)).status).toBe(400)
  })

  it('ends in order when the server stops', async () => {
    api = await ApiBench.start()
    const stream = await open()
    const before = performance.now()
    await api.server.stop()
    expect(performance.now() - before).toBeLessThan(900) // later, connections are cut
    await stream.ended
    expect(stream.text()).toMatch(/\n\n$/)
  })
})
