import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { SqliteStore } from '../../../../src/outputs/store/sqlite-store.js'
import { fill } from '../../../support/mounted-folder.js'
import { healthOf, ManualClock, readingAt, SETTINGS, temporaryDirectory } from './store-bench.js'

/** Mounts a small file system for one test; its folder. */
type Mount = (megabytes: number) => string

const mountTmpfs: Mount = (megabytes) => {
  const directory = temporaryDirectory()
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory], { stdio: 'pipe' })
  onTestFinished(() => void execFileSync('umount', ['-l', directory]))
  return directory
}

const mountExt4: Mount = (megabytes) => {
  const directory = temporaryDirectory()
  const image = path.join(directory, 'image')
  const folder = path.join(directory, 'mounted')
  mkdirSync(folder)
  writeFileSync(image, '')
  execFileSync('truncate', ['-s', `${megabytes}M`, image])
  execFileSync('mkfs.ext4', ['-q', '-m', '0', image], { stdio: 'pipe' })
  execFileSync('mount', ['-o', 'loop', image, folder], { stdio: 'pipe' })
  onTestFinished(() => void execFileSync('umount', ['-l', folder]))
  return folder
}

function works(mount: () => void): boolean {
  try {
    mount()
    return true
  } catch {
    return false
  }
}

const mayMount = works(() => {
  execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'pipe' })
})

const free = (directory: string): number => {
  const { bavail, bsize } = statfsSync(directory)
  return bavail * bsize
}

const mayLoop = mayMount && existsSync('/dev/loop-control')

describe.each([
  { kind: 'tmpfs', mount: mountTmpfs, possible: mayMount },
  { kind: 'ext4', mount: mountExt4, possible: mayLoop },
])('full disk, $kind', ({ mount, possible }) => {
  describe.skipIf(!possible)(possible ? '' : 'skipped: it cannot be mounted here', () => {
    test('the ballast lets states be kept, then they are refused, then room makes it well again', () => {
      const directory = mount(64)
      const file = path.join(directory, 'ajar.db')
      const clock = new ManualClock()
      const store = new SqliteStore(file, SETTINGS, clock)
      onTestFinished(() => store.close())
      for (let i = 0; i < 400; i++) store.commit(readingAt(clock.now()))
      expect(existsSync(`${file}.ballast`)).toBe(true)
      let filler = fill(directory)
      expect(free(directory)).toBeLessThan(4096)

      let last = 0
      for (let i = 0; i < 400; i++) last = store.commit(readingAt(clock.now()))
      expect(store.latest('front')?.id).toBe(last)
      expect(existsSync(`${file}.ballast`)).toBe(false)
      expect(store.health().dropped.events, 'the ballast was room enough').toBe(0)
      store.prune()
      expect(store.health()).toMatchObject({ ok: true, reason: { code: 'store.disk-low' } })

      rmSync(filler)
      filler = fill(directory) // takes what the ballast left as well
      expect(() => store.commit(readingAt(clock.now()))).toThrow(
        expect.objectContaining({ code: 'store.full', retryable: true }),
      )
      expect(store.health()).toMatchObject({ ok: false, reason: { code: 'store.full' } })
      store.telemetry(healthOf('link-1', 1))
      clock.pass(60_000)
      store.telemetry(healthOf('link-1', 2))
      expect(store.health().dropped.telemetry).toBe(1)
      expect(store.latest('front')?.id).toBe(last)

      rmSync(filler)
      expect(store.commit(readingAt(clock.now()))).toBeGreaterThan(last)
      store.prune()
      expect(store.health()).toMatchObject({ ok: true, reason: undefined })
      expect(existsSync(`${file}.ballast`)).toBe(true)
    })

    test('a start on a full disk gives up the ballast', () => {
      const directory = mount(64)
      const file = path.join(directory, 'ajar.db')
      const clock = new ManualClock()
      const before = new SqliteStore(file, SETTINGS, clock)
      const id = before.commit(readingAt(clock.now()))
      before.close()
      fill(directory)
      const store = new SqliteStore(file, SETTINGS, clock)
      onTestFinished(() => store.close())
      expect(store.latest('front')?.id).toBe(id)
      expect(store.commit(readingAt(clock.now()))).toBeGreaterThan(id)
    })

    test('a first start without room says so', () => {
      const directory = mount(64)
      fill(directory)
      expect(() => new SqliteStore(path.join(directory, 'ajar.db'), SETTINGS, new ManualClock())).toThrow(
        expect.objectContaining({ code: 'store.full' }),
      )
    })
  })
})
