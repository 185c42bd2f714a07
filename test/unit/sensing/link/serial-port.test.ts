import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, readdir, readlink, realpath } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { SystemClock } from '../../../../src/platform/clock.js'
import { SerialSource } from '../../../../src/sensing/link/serial-port.js'
import type { LinkSettings } from '../../../../src/sensing/link/settings.js'
import { openPty, type Pty } from '../../../support/pty.js'
import { SourceProbe, until } from '../../../support/source-probe.js'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function pty(device?: string): Promise<Pty> {
  const opened = await openPty(device)
  cleanups.push(() => opened.close())
  return opened
}

function source(port: string, settings: Partial<LinkSettings> = {}): SerialSource {
  const quick = { baudRate: 921_600, silenceTimeoutMs: 60_000, reconnectMinMs: 20, reconnectMaxMs: 60 }
  const made = new SerialSource({ port, ...quick, ...settings }, new SystemClock())
  cleanups.push(() => made.stop())
  return made
}

async function started(serial: SerialSource, signal = new AbortController().signal): Promise<SourceProbe> {
  const probe = new SourceProbe()
  await serial.start(probe.on, signal)
  return probe
}

/** File descriptors of this process that are open on a pseudo-terminal. */
async function openTerminals(): Promise<string[]> {
  const links = (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ''))
  return (await Promise.all(links)).filter((target) => target.startsWith('/dev/pts/'))
}

describe('an open port', () => {
  it('delivers every byte, unchanged and in order, with the time of arrival', async () => {
    const receiver = await pty()
    const probe = await started(source(receiver.device))
    expect(probe.events).toEqual([{ type: 'open', detail: receiver.device }])
    const sent = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 31 + (i >> 8)) & 0xff))
    const beforeUs = new SystemClock().monotonicUs()
    await receiver.write(sent)
    await until(() => probe.all().length >= sent.length)
    expect(probe.all().equals(sent)).toBe(true)
    const times = probe.arrivals.map(({ hostTimeUs }) => hostTimeUs)
    expect(times[0]).toBeGreaterThanOrEqual(beforeUs)
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })

  it('lets bytes that come one by one gather for 20 ms', async () => {
    const receiver = await pty()
    const probe = await started(source(receiver.device))
    for (let packet = 0; packet < 40; packet++) {
      await receiver.write(Uint8Array.of(packet))
      await sleep(5)
    }
    await until(() => probe.all().length === 40)
    expect([...probe.all()]).toEqual(Array.from({ length: 40 }, (_, packet) => packet))
    const times = probe.arrivals.map(({ hostTimeUs }) => hostTimeUs)
    for (let i = 1; i < times.length; i++) expect(times[i] - times[i - 1]).toBeGreaterThan(18_000)
  })

  it('sends commands to the receiver', async () => {
    const receiver = await pty()
    const serial = source(receiver.device)
    await started(serial)
    await serial.send(Uint8Array.of(0, 1, 2, 255, 0))
    await until(() => receiver.received().length === 5)
    expect([...receiver.received()]).toEqual([0, 1, 2, 255, 0])
  })

  it('is closed by stop, and says and does nothing after it', async () => {
    const before = await openTerminals()
    const receiver = await pty()
    const serial = source(receiver.device)
    const probe = await started(serial)
    expect(await openTerminals()).toHaveLength(before.length + 1)
    await serial.stop()
    expect(await openTerminals()).toEqual(before)
    await receiver.write('late')
    await receiver.close()
    await sleep(150)
    expect(probe.types()).toEqual(['open'])
    expect(probe.arrivals).toEqual([])
    await expect(serial.send(Uint8Array.of(1))).rejects.toMatchObject({
      code: 'link.not-open',
      retryable: true,
    })
  })

  it('is closed by its abort signal', async () => {
    const before = await openTerminals()
    const receiver = await pty()
    const controller = new AbortController()
    await started(source(receiver.device), controller.signal)
    controller.abort()
    await sleep(100)
    expect(await openTerminals()).toEqual(before)
  })
})

describe('a receiver that goes away', () => {
  it('is lost once, found again when it is back, and lost once again', async () => {
    const first = await pty()
    const probe = await started(source(first.device))
    await first.write('one ')
    await until(() => probe.text() === 'one ')
    await first.close()
    await until(
      () => probe.events.length > 1,
      () => probe.events,
    )
    await sleep(300) // several attempts in vain
    expect(probe.types()).toEqual(['open', 'lost'])
    expect(probe.loss().detail).toMatch(/unplugged/)
    expect(probe.loss().hint).toMatch(/Plug the receiver back in/)

    const second = await pty(first.device)
    await until(
      () => probe.types().at(-1) === 'open',
      () => probe.events,
    )
    await second.write('two')
    await until(() => probe.text() === 'one two')
    await second.close()
    await until(
      () => probe.events.length > 3,
      () => probe.events,
    )
    expect(probe.types()).toEqual(['open', 'lost', 'open', 'lost'])
  })

  it('is lost once while it floods the line', async () => {
    const receiver = await pty()
    const probe = await started(source(receiver.device))
    const flood = receiver
      .write(Buffer.alloc(8_000_000, 65))
      .catch((error: NodeJS.ErrnoException) => error.code)
    await until(() => probe.arrivals.length > 3)
    await receiver.close()
    await until(
      () => probe.events.length > 1,
      () => probe.events,
    )
    await sleep(100)
    expect(probe.types()).toEqual(['open', 'lost'])
    expect(await flood).toBe('EPIPE')
  })

  it('waits longer after each failure until packets decode', async () => {
    const receiver = await pty()
    const serial = source(receiver.device, { reconnectMinMs: 40, reconnectMaxMs: 100_000 })
    const probe = await started(serial)
    await receiver.close()
    await until(() => probe.types().includes('lost'))
    await sleep(1500) // the ceiling of the wait has grown past a second by now
    const again = await pty(receiver.device)
    await until(
      () => probe.types().at(-1) === 'open',
      () => probe.events,
      10_000,
    )
    serial.noteProgress()
    await again.close()
    await until(() => probe.types().at(-1) === 'lost')
    await pty(receiver.device)
    await until(
      () => probe.types().at(-1) === 'open',
      () => probe.events,
      500,
    )
  })
})

describe('a silent receiver', () => {
  it('is lost once, opened again, and back with its first byte', async () => {
    const receiver = await pty()
    const probe = await started(source(receiver.device, { silenceTimeoutMs: 200 }))
    await until(
      () => probe.events.length > 1,
      () => probe.events,
    )
    await sleep(700) // is opened and found silent again, at least once
    expect(probe.types()).toEqual(['open', 'lost'])
    expect(probe.loss()).toMatchObject({ detail: expect.stringMatching(/nothing has arrived for 0.2 s/) })
    expect(probe.loss().hint).toMatch(/transmitter/)
    const talking = setInterval(() => void receiver.write('.'), 20)
    cleanups.push(async () => clearInterval(talking))
    await until(
      () => probe.types().at(-1) === 'open',
      () => probe.events,
    )
    await sleep(500)
    expect(probe.types()).toEqual(['open', 'lost', 'open'])
  })

  it('is left alone as long as a byte comes now and then', async () => {
    const receiver = await pty()
    const probe = await started(source(receiver.device, { silenceTimeoutMs: 300 }))
    for (let i = 0; i < 8; i++) {
      await sleep(100)
      await receiver.write('.')
    }
    expect(probe.types()).toEqual(['open'])
  })
})

describe('a port that cannot be opened', () => {
  it('is lost once with a hint while absent, and opened when it appears', async () => {
    const gone = await openPty()
    await gone.close()
    const probe = await started(source(gone.device))
    expect(probe.events).toEqual([
      { type: 'lost', detail: `There is no port ${gone.device}.`, hint: expect.stringMatching(/plugged in/) },
    ])
    await sleep(200)
    await pty(gone.device)
    await until(
      () => probe.types().at(-1) === 'open',
      () => probe.events,
    )
    expect(probe.types()).toEqual(['lost', 'open'])
  })

  it('names the program that has it', async () => {
    const receiver = await pty()
    const holder = spawn('flock', ['-n', receiver.device, 'sleep', '30'])
    cleanups.push(async () => {
      const exit = once(holder, 'exit')
      holder.kill('SIGKILL')
      await exit
    })
    await sleep(300)
    const probe = await started(source(receiver.device))
    expect(probe.types()).toEqual(['lost'])
    expect(probe.loss().detail).toMatch(/is in use by .*flock \(\d+\)/)
    expect(probe.loss().hint).toMatch(/Close that program/)
  })

  it('is told again when it fails for another reason', async () => {
    const gone = await openPty()
    await gone.close()
    const probe = await started(source(gone.device))
    const receiver = await pty(gone.device)
    await until(() => probe.types().at(-1) === 'open')
    const second = await started(source(receiver.device))
    expect(second.loss().detail).toMatch(/in use/)
    await receiver.close()
    await until(
      () => second.events.length > 1,
      () => second.events,
    )
    expect(second.loss().detail).toMatch(/There is no port/)
  })

  it('names the group where permission is missing', async () => {
    const receiver = await pty()
    const terminal = await realpath(receiver.device)
    await chmod(terminal, 0)
    const root = process.getuid?.() === 0
    if (root) process.seteuid?.('nobody') // root may open anything
    try {
      const probe = await started(source(terminal))
      expect(probe.loss().detail).toBe(`This user may not open ${terminal}.`)
      expect(probe.loss().hint).toMatch(/dialout/)
    } finally {
      if (root) process.seteuid?.(0)
    }
  })

  it('is told apart from a file that is no serial port', async () => {
    const probe = await started(source('/etc/hostname'))
    expect(probe.loss().detail).toMatch(/cannot be opened as a serial port/)
  })

  it('refuses a name that is none at the start', async () => {
    await expect(started(source('COM3'))).rejects.toMatchObject({ code: 'usage.port' })
  })

  it('stops while it waits for the next attempt', async () => {
    const serial = source('/dev/ttyUSB-none', { reconnectMinMs: 50_000, reconnectMaxMs: 60_000 })
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    await started(serial)
    expect(timers()).toBe(before + 1)
    await serial.stop()
    expect(timers()).toBe(before)
  })
})
