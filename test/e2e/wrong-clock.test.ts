import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Appliance, temporaryDirectory, until } from '../support/appliance-process.js'
import { expectAllCounted, linkOf, logLines } from '../support/link-health.js'
import { openPty } from '../support/pty.js'
import { streamFrames } from '../support/stream.js'

interface Shown {
  at: string
  since: string
  clockTrusted: boolean
  motion: string
}

const library = readdirSync('/usr/lib')
  .map((triplet) => path.join('/usr/lib', triplet, 'faketime/libfaketime.so.1'))
  .find((file) => existsSync(file))
const why = library === undefined ? ' (skipped: libfaketime is not installed)' : ''

/** The wall clock of a process: what is written here is what it believes. Timers and monotonic time stay true. */
class WallClock {
  private readonly file = path.join(temporaryDirectory(), 'clock')

  constructor(at: string) {
    this.set(at)
  }

  /** 'YYYY-MM-DD hh:mm:ss', UTC. Renamed into place: half a time would be read as another. */
  set(at: string): void {
    writeFileSync(`${this.file}.new`, `@${at}\n`)
    renameSync(`${this.file}.new`, this.file)
  }

  get env(): NodeJS.ProcessEnv {
    return {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      TZ: 'UTC',
    }
  }
}

const reasonsOf = async (appliance: Appliance): Promise<string[]> =>
  (await appliance.json<{ reasons: { code: string }[] }>('/readyz')).reasons.map(({ code }) => code)

describe.skipIf(library === undefined)(`a wrong wall clock${why}`, () => {
  it.each(['1970-01-01 00:01:00', '2000-01-01 00:00:00'])(
    'a start at %s: senses all the same, and says that the times are wrong',
    async (at) => {
      const pty = await openPty()
      const appliance = await Appliance.start(['--port', pty.device], { env: new WallClock(at).env })
      const feed = streamFrames(pty)
      try {
        await appliance.reads(({ motion }) => motion === 'still', 10_000)
        const door = await appliance.json<Shown>('/api/v1/door')
        expect(door.clockTrusted).toBe(false)
        expect(door.at.slice(0, 4)).toBe(at.slice(0, 4))
        expect(await reasonsOf(appliance)).toContain('clock.not-set')
        await until(() => logLines(appliance, 'clock.not-set').length === 1, 2000)
        await feed.stop()
        expectAllCounted(await linkOf(appliance))
      } finally {
        expect(await appliance.stop(), appliance.output().slice(-2000)).toBe(0)
        await pty.close()
      }
    },
  )

  it('jumps of hours, forward, back and from unset to set, are not noticed by sensing', async () => {
    const clock = new WallClock('1970-01-01 00:01:00')
    const pty = await openPty()
    const appliance = await Appliance.start(['--port', pty.device], { env: clock.env })
    const feed = streamFrames(pty)
    try {
      await appliance.reads(({ motion }) => motion === 'still', 10_000)
      const states = (): number => appliance.output().match(/The door is/g)?.length ?? 0
      const before = { states: states(), discarded: (await linkOf(appliance)).counters.discarded }
      for (const at of ['2026-06-01 12:00:00', '2026-06-01 18:00:00', '2026-06-01 09:00:00']) {
        const { used } = (await linkOf(appliance)).counters
        clock.set(at)
        for (let look = 0; look < 10; look++) {
          await sleep(100)
          expect((await appliance.door()).motion).toBe('still')
        }
        expect((await linkOf(appliance)).counters.used - used).toBeGreaterThan(50)
      }
      expect(states(), 'no state came or went').toBe(before.states)
      expect((await linkOf(appliance)).counters.discarded).toEqual(before.discarded)
      // What was decided before the clock was set is dated by the time that has passed since.
      const door = await appliance.json<Shown>('/api/v1/door')
      expect(door.clockTrusted).toBe(true)
      expect(door.at).toMatch(/^2026-06-01T0[89]:/)
      await until(() => logLines(appliance, 'clock.not-set').length === 2, 15_000)
      expect(await reasonsOf(appliance)).not.toContain('clock.not-set')
      await feed.stop()
      expectAllCounted(await linkOf(appliance))
    } finally {
      expect(await appliance.stop(), appliance.output().slice(-2000)).toBe(0)
      await pty.close()
    }
  })
})
