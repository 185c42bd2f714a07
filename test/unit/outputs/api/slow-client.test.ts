import { connect, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, expect, it, vi } from 'vitest'
import { ApiBench } from './api-bench.js'

/** Updates in one turn of the event loop: fewer bytes than a stream may lag behind. */
const BATCH = 50
/** More bytes than the kernel takes for a client that does not read: 100 MB. */
const MOST_BATCHES = 5000

let api: ApiBench
afterEach(async () => {
  vi.useRealTimers()
  await api.stop()
})

function open(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(api.port, '127.0.0.1', () => {
      socket.write('GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n')
      socket.once('data', () => resolve(socket))
    })
    socket.on('error', reject)
  })
}

async function dropped(): Promise<number> {
  const metrics = await (await api.ask('GET', '/metrics')).text()
  return Number(/^ajar_api_event_streams_dropped_total (\d+)$/m.exec(metrics)?.[1])
}

it('drops and counts a client that does not read; one that reads stays', async () => {
  api = await ApiBench.start()
  const [reading, stalled] = [await open(), await open()]
  let last = ''
  reading.on('data', (chunk: Buffer) => void (last = chunk.toString()))
  stalled.pause()
  let batches = 0
  for (; api.subscribers === 2 && batches < MOST_BATCHES; batches++) {
    for (let n = 0; n < BATCH; n++) api.move()
    await turn()
  }
  expect(batches).toBeLessThan(MOST_BATCHES)
  expect(await dropped()).toBe(1)
  expect(api.subscribers).toBe(1)
  const id = api.publish('open', 1)
  await expect.poll(() => last).toContain(`id: ${id}\n`)
  reading.destroy()
  stalled.destroy()
})

it('keeps a silent stream alive by comments', async () => {
  api = await ApiBench.start()
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const socket = await open()
  let text = ''
  socket.on('data', (chunk: Buffer) => void (text += chunk.toString()))
  await expect.poll(() => api.subscribers).toBe(1)
  expect(text).not.toContain('\n: ')
  vi.advanceTimersByTime(15_000)
  await vi.waitFor(() => expect(text).toMatch(/^: .*$/m))
  socket.destroy()
})
