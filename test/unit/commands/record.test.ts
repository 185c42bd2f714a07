import { existsSync } from 'node:fs'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { record, type RecordOptions } from '../../../src/commands/record.js'
import { RecordingReader } from '../../../src/sensing/link/recording.js'
import { openPty, type Pty } from '../../support/pty.js'

let directory: string
let file: string
let receiver: Pty
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ajar-record-'))
  file = join(directory, 'door.ajar')
  receiver = await openPty()
})
afterEach(async () => {
  await receiver.close()
  await rm(directory, { recursive: true })
})

const never = new AbortController().signal

function start(options: Partial<RecordOptions> = {}, signal = never) {
  const lines: string[] = []
  const all = { port: receiver.device, baudRate: 921_600, out: file, seconds: 1, json: true, ...options }
  return { exit: record(all, signal, (line) => lines.push(line)), lines }
}

async function recorded(): Promise<string> {
  const parts: Buffer[] = []
  async function* whole() {
    yield await readFile(file)
  }
  for await (const { bytes } of new RecordingReader(whole()).records()) parts.push(Buffer.from(bytes))
  return Buffer.concat(parts).toString()
}

describe('ajar record', () => {
  it('records a port for a time', async () => {
    const { exit, lines } = start()
    await sleep(200)
    await receiver.write('one ')
    await sleep(100)
    await receiver.write('two')
    expect(await exit).toBe(0)
    expect(await recorded()).toBe('one two')
    const result = JSON.parse(lines[0]) as Record<string, unknown>
    expect(lines).toHaveLength(1)
    expect(result).toMatchObject({ file, bytes: 7, droppedBytes: 0 })
    expect(result.seconds).toBeGreaterThanOrEqual(1)
  })

  it('keeps what it has when it is interrupted', async () => {
    const controller = new AbortController()
    const { exit, lines } = start({ seconds: 3600, json: false }, controller.signal)
    await sleep(200)
    await receiver.write('kept')
    await sleep(200)
    controller.abort()
    expect(await exit).toBe(0)
    expect(await recorded()).toBe('kept')
    expect(lines[0]).toMatch(/door\.ajar: 4 bytes in 0\.\d s/)
  })

  it('goes on when the receiver comes back', async () => {
    const { exit } = start({ seconds: 4 })
    await sleep(200)
    await receiver.write('before ')
    await sleep(200)
    const { device } = receiver
    await receiver.close()
    receiver = await openPty(device)
    await sleep(2500)
    await receiver.write('after')
    expect(await exit).toBe(0)
    expect(await recorded()).toBe('before after')
  })

  it('fails at once where there is no port, and leaves no file', async () => {
    const { exit, lines } = start({ port: '/dev/ttyUSB-none', seconds: 3600 })
    await expect(exit).rejects.toMatchObject({
      code: 'link.not-open',
      hint: expect.stringMatching(/plugged in/),
    })
    expect(lines).toEqual([])
    expect(await readdir(directory)).toEqual([])
  })

  it('fails where nothing arrives, and leaves no file', async () => {
    await expect(start().exit).rejects.toMatchObject({ code: 'recording.empty' })
    expect(await readdir(directory)).toEqual([])
  })

  it('is used wrongly with a file that exists, or a port that is none', async () => {
    await expect(start({ port: 'COM3' }).exit).rejects.toMatchObject({ code: 'usage.port' })
    expect(existsSync(file)).toBe(false)
    await writeFile(file, 'precious')
    await expect(start().exit).rejects.toMatchObject({ code: 'usage.recording-exists' })
    expect(await readFile(file, 'utf8')).toBe('precious')
  })
})
