import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ajar, Appliance, temporaryDirectory, until } from '../support/appliance-process.js'
import { expectAllCounted, linkOf, logLines } from '../support/link-health.js'
import { MountedFolder, mountingAbsent } from '../support/mounted-folder.js'
import { openPty } from '../support/pty.js'
import { streamFrames } from '../support/stream.js'

interface Ready {
  ready: boolean
  reasons: { code: string; hint: string }[]
}

const reasonsOf = async (appliance: Appliance): Promise<string[]> =>
  (await appliance.json<Ready>('/readyz')).reasons.map(({ code }) => code)

function storedIds(file: string): number[] {
  const database = new Database(file, { readonly: true })
  const ids = database.prepare('SELECT id FROM event ORDER BY id').pluck().all() as number[]
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
  database.close()
  return ids
}

describe('a database of a newer version', () => {
  it('is refused with what to do, and is left as it is', async () => {
    const dataDirectory = temporaryDirectory()
    const first = await Appliance.start(['--port', '/dev/ttyUSB9'], { dataDirectory })
    expect(await first.stop()).toBe(0)
    const file = path.join(dataDirectory, 'ajar.db')
    const database = new Database(file)
    database.pragma('user_version = 99')
    database.close()
    const before = readFileSync(file)
    const { code, stderr } = await ajar(['run', '--port', '/dev/ttyUSB9', '--data-dir', dataDirectory])
    expect(code).toBe(1)
    expect(stderr).toContain(file)
    expect(stderr).toContain('newer Ajar')
    expect(stderr).toMatch(/→ .*--data-dir/)
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(readFileSync(file).equals(before)).toBe(true)
  })
})

const why = mountingAbsent === undefined ? '' : ` (skipped: ${mountingAbsent})`

describe.skipIf(mountingAbsent !== undefined)(`a full disk${why}`, () => {
  it('states are shown but not kept, which is said; with room they are kept again, and none that was is lost', async () => {
    const folder = new MountedFolder(48)
    onTestFinished(() => folder.unmount())
    const pty = await openPty()
    const config = path.join(temporaryDirectory(), 'ajar.yaml')
    writeFileSync(config, 'store: { telemetryIntervalMs: 1000 }\n')
    const appliance = await Appliance.start(['--config', config, '--port', pty.device], {
      dataDirectory: folder.path,
    })
    // The device's clock runs tenfold, and its gain is set anew every 4 s of it: an epoch each 0.4 s.
    const feed = streamFrames(pty, {
      framesPerSecond: 500,
      deviceFramesPerSecond: 50,
      change: (packet) => ({ channel: 1 + (Math.floor(packet / 200) % 2) * 5 }),
    })
    const file = path.join(folder.path, 'ajar.db')
    try {
      await appliance.reads(({ epoch }) => epoch > 3, 15_000)
      const before = storedIds(file)
      expect(existsSync(`${file}.ballast`)).toBe(true)

      const fullSinceMs = performance.now()
      let filler = folder.fill()
      await until(async () => {
        filler = folder.fill() // what the ballast left is taken as well
        return (await linkOf(appliance)).store.reason?.code === 'store.full'
      }, 20_000)
      const { store } = await linkOf(appliance)
      expect(store).toMatchObject({
        ok: false,
        reason: { hint: expect.stringContaining('df -h') as string },
      })
      expect(await reasonsOf(appliance)).toContain('store.full')
      await until(() => logLines(appliance, 'store.full').length === 1, 3000)
      const { epoch } = await appliance.door()
      await appliance.reads((door) => door.epoch > epoch + 1, 8000) // it goes on sensing and showing
      expect(performance.now() - fullSinceMs).toBeGreaterThan(1000)
      const unkept = (): number => appliance.output().match(/No state is kept/g)?.length ?? 0
      await until(() => unkept() > 0, 15_000) // while the state stays unknown, an epoch is kept each 10 s
      expect(unkept()).toBe(1)

      rmSync(filler)
      await until(async () => (await linkOf(appliance)).store.ok, 10_000)
      await until(() => appliance.output().includes('States are kept again.'), 10_000)
      await until(
        async () => (await reasonsOf(appliance)).every((code) => !code.startsWith('store.')),
        10_000,
      )
      await until(() => logLines(appliance, 'store.full').length === 2, 15_000)
      expect(logLines(appliance, 'store.full')[1].level).toBe('info')
      await feed.stop()
      expectAllCounted(await linkOf(appliance))
      const after = new Set(storedIds(file))
      const { dropped } = (await linkOf(appliance)).store
      expect(before.filter((id) => !after.has(id))).toEqual([])
      expect(dropped.events).toBe(0)
      expect(after.size).toBeGreaterThan(before.length)
    } catch (error) {
      throw new Error(`${String(error)}\n${appliance.output().slice(-3000)}`, { cause: error })
    } finally {
      await feed.stop()
      expect(await appliance.stop()).toBe(0)
      await pty.close()
    }
  })

  it('a first start without any room ends with what to do', async () => {
    const folder = new MountedFolder(8)
    onTestFinished(() => folder.unmount())
    const dataDirectory = path.join(folder.path, 'data')
    mkdirSync(dataDirectory)
    folder.fill()
    const { code, stderr } = await ajar(['run', '--port', '/dev/ttyUSB9', '--data-dir', dataDirectory])
    expect(code).toBe(1)
    expect(stderr).toContain(dataDirectory)
    expect(stderr).toContain('disk is full')
    expect(stderr).toMatch(/→ .*df -h/)
    expect(stderr).not.toMatch(/^\s+at /m)
  })
})
