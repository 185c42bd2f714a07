import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ajar, temporaryDirectory, type Door } from '../support/appliance-process.js'
import { recordBusyDoor } from '../support/busy-door.js'
import { Demo } from '../support/demo-process.js'
import { openPty } from '../support/pty.js'
import { streamFrames } from '../support/stream.js'

/** A user's limit is 3 s for a second start; a machine that runs the tests may be busy with other things. */
const START_LIMIT_MS = 6000

function demo(...args: string[]): Demo {
  const started = new Demo(['--http-port', '0', '--data-dir', temporaryDirectory(), ...args])
  onTestFinished(async () => void (await started.interrupt()))
  return started
}

const door = async (url: string): Promise<Door> => (await (await fetch(url)).json()) as Door

describe('scripts/demo', () => {
  it('is up at once the second time, tells states, and calls everything simulated', async () => {
    const shown = demo()
    const { url, afterMs } = await shown.url(START_LIMIT_MS)
    await shown.shows(() => shown.states().length > 0, START_LIMIT_MS - afterMs)
    process.stderr.write(`demo: the URL after ${Math.round(afterMs)} ms\n`)
    await shown.shows(
      () => shown.states().some((line) => /(closed|open|ajar|opening|closing) \(\d+ % sure\)/.test(line)),
      30_000,
    )
    const reading = await door(url)
    expect(reading).toMatchObject({ simulated: true, model: 'demo' })
    expect(await shown.interrupt()).toBe(0)
    expect(shown.lines().filter((line) => !line.includes('simulated'))).toEqual([])
    expect(shown.stderr()).toBe('')
  })

  it('replays what `ajar record` took from a receiver, and ends with it', async () => {
    const pty = await openPty()
    const feed = streamFrames(pty)
    const file = path.join(temporaryDirectory(), 'door.ajar')
    const recorded = await ajar(['record', '--port', pty.device, '--out', file, '--seconds', '4', '--json'])
    await feed.stop()
    await pty.close()
    expect(recorded.code, recorded.stderr).toBe(0)
    expect((JSON.parse(recorded.stdout) as { bytes: number }).bytes).toBeGreaterThan(300 * 150)

    const shown = demo('--capture', file)
    const { url } = await shown.url(START_LIMIT_MS)
    await shown.shows(() => shown.lines().some((line) => line.includes('no-model')), 8000)
    expect(await door(url)).toMatchObject({ simulated: false, state: 'unknown' })
    expect(await shown.exited()).toBe(0)
    expect(shown.lines().join('\n')).not.toContain('simulated')
  })

  it('reads a door from a recording with a model, as fast as is asked', async () => {
    const file = path.join(temporaryDirectory(), 'door.bin')
    recordBusyDoor(file, 60)
    const shown = demo('--capture', file, '--pace', '20', '--model', path.resolve('models/demo'))
    expect(await shown.exited()).toBe(0)
    for (const state of ['closed', 'open', 'ajar'])
      expect(shown.lines().join('\n')).toMatch(new RegExp(` ${state} \\(\\d+ % sure\\)`))
  })

  it('uses a receiver', async () => {
    const pty = await openPty()
    const feed = streamFrames(pty)
    const shown = demo('--port', pty.device)
    const { url } = await shown.url(START_LIMIT_MS)
    await expect.poll(() => door(url), { timeout: 10_000, interval: 100 }).toMatchObject({ motion: 'still' })
    expect(await door(url)).toMatchObject({ simulated: false, state: 'unknown', reason: 'no-model' })
    expect(await shown.interrupt()).toBe(0)
    await feed.stop()
    await pty.close()
  })

  it('says what is wrong with a recording that is not there', async () => {
    const shown = demo('--capture', path.join(temporaryDirectory(), 'none.bin'))
    expect(await shown.exited()).toBe(1)
    expect(shown.stderr()).toContain('none.bin')
    expect(shown.stderr()).toMatch(/→ \w/)
  })
})
