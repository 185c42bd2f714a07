import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { GpioIndicator } from '../../../../src/outputs/gpio/indicator.js'
import { OnoffDriver } from '../../../../src/outputs/gpio/onoff-driver.js'
import type { GpioSettings } from '../../../../src/outputs/gpio/settings.js'
import { SystemClock } from '../../../../src/platform/clock.js'
import { CONNECTED, readingOf, RELAY } from './readings.js'

/**
 * onoff knows /sys/class/gpio only, so this file runs itself again in a mount namespace where a tree of plain
 * files lies over /sys/class. Outputs work on it as on a Pi; watching inputs does not.
 */
const inside = process.env.AJAR_FAKE_SYSFS === '1'
const canMount =
  !inside &&
  process.getuid?.() === 0 &&
  existsSync('/sys/class') &&
  spawnSync('unshare', ['-m', 'mount', '--bind', '/sys/class', '/sys/class']).status === 0
const skipped = canMount ? '' : ' (skipped: needs root and unshare -m)'

const BASE = 512
const LINES = [4, 5, 6, 17]

function fakeTree(): string {
  const root = mkdtempSync(path.join(tmpdir(), 'ajar-sysfs-'))
  const gpio = path.join(root, 'gpio')
  const files = (directory: string, contents: Record<string, string>): void => {
    mkdirSync(path.join(gpio, directory), { recursive: true })
    for (const [name, text] of Object.entries(contents)) writeFileSync(path.join(gpio, directory, name), text)
  }
  files('.', { export: '', unexport: '' })
  files('gpiochip512', { label: 'pinctrl-bcm2711\n', base: `${BASE}\n`, ngpio: '58\n' })
  for (const line of LINES)
    files(`gpio${BASE + line}`, { value: '0\n', direction: 'in\n', active_low: '1\n', edge: 'none\n' })
  return root
}

if (inside) onBoundTree()
else outside()

function outside(): void {
  describe.skipIf(!canMount)(`onoff on a bound sysfs tree${skipped}`, () => {
    it('passes the tests below', { timeout: 60_000 }, () => {
      const vitest = [process.execPath, path.resolve('node_modules/vitest/vitest.mjs')]
      const file = 'test/unit/outputs/gpio/onoff-driver.test.ts'
      const script = 'mount --bind "$0" /sys/class && exec "$@"'
      const command = ['-m', 'sh', '-c', script, fakeTree(), ...vitest, 'run', '--project', 'unit', file]
      const env = { ...process.env, AJAR_FAKE_SYSFS: '1', NO_COLOR: '1' }
      const { status, stdout, stderr } = spawnSync('unshare', command, { env, encoding: 'utf8' })
      expect(`${stdout}${stderr}`).toMatch(/Tests +6 passed \(6\)/)
      expect(status).toBe(0)
    })
  })

  describe('without GPIO', () => {
    const settings: GpioSettings = {
      driver: 'onoff',
      chipLabels: ['no-such-chip'],
      leds: { activeLow: false },
      relay: RELAY,
    }

    it('says it once, in its health, and goes on', async () => {
      const indicator = new GpioIndicator(settings, new SystemClock())
      await indicator.start()
      const { driver, ok, reason } = indicator.health()
      expect({ driver, ok }).toEqual({ driver: 'none', ok: false })
      expect(reason?.code).toMatch(/^gpio\.(absent|chip)$/)
      indicator.show(readingOf('open'), CONNECTED)
      expect(indicator.health().reason).toBe(reason)
      await indicator.stop()
    })

    it('is no fault where GPIO was left to be found, or is not used', async () => {
      for (const change of [{ driver: 'auto' }, { driver: 'none' }, { relay: undefined }] as const) {
        const indicator = new GpioIndicator({ ...settings, ...change }, new SystemClock())
        await indicator.start()
        expect(indicator.health()).toMatchObject({ driver: 'none', ok: true })
        await indicator.stop()
      }
    })
  })
}

function onBoundTree(): void {
  describe('on the bound tree', () => {
    const read = (line: number, file = 'value'): string =>
      readFileSync(`/sys/class/gpio/gpio${BASE + line}/${file}`, 'utf8').trim()
    const settings: GpioSettings = {
      driver: 'auto',
      chipLabels: ['pinctrl-bcm2711'],
      leds: { closed: 4, open: 5, status: 6, activeLow: false },
      relay: RELAY,
    }
    let indicator: GpioIndicator | undefined
    afterEach(() => indicator?.stop())
    const start = async (change: Partial<GpioSettings> = {}): Promise<GpioIndicator> => {
      indicator = new GpioIndicator({ ...settings, ...change }, new SystemClock())
      await indicator.start()
      return indicator
    }
    const ms = (time: number) => new Promise((resolve) => setTimeout(resolve, time))

    it('claims base + line as an output that is off, and writes it', () => {
      const line = OnoffDriver.open(['pinctrl-bcm2711']).output(17, false)
      expect([read(17, 'direction'), read(17, 'active_low')]).toEqual(['low', '0'])
      line.write(true)
      expect(read(17)).toBe('1')
      line.write(false)
      expect(read(17)).toBe('0')
    })

    it('an active-low line is off at high level from its first moment', () => {
      const line = OnoffDriver.open(['pinctrl-bcm2711']).output(17, true)
      expect(read(17, 'direction')).toBe('high')
      line.write(false)
      expect(read(17)).toBe('1')
      line.write(true)
      expect(read(17)).toBe('0')
    })

    it('shows the state; unknown and stop leave the relay without current', async () => {
      const shown = await start()
      expect(shown.health()).toEqual({ driver: 'onoff', ok: true })
      shown.show(readingOf('open'), CONNECTED)
      expect([4, 5, 6, 17].map((line) => read(line))).toEqual(['0', '1', '1', '1'])
      shown.show(readingOf('unknown'), CONNECTED)
      expect([4, 5, 17].map((line) => read(line))).toEqual(['0', '0', '0'])
      await ms(1100) // minHoldMs
      shown.show(readingOf('open'), CONNECTED)
      expect(read(17)).toBe('1')
      await shown.stop()
      expect([4, 5, 6, 17].map((line) => read(line))).toEqual(['0', '0', '0', '0'])
      shown.show(readingOf('open'), CONNECTED)
      expect(read(17)).toBe('0')
    })

    it('blinks', async () => {
      const shown = await start()
      shown.show(readingOf('closed', { motion: 'moving' }), CONNECTED)
      const levels: string[] = []
      for (let i = 0; i < 30; i++) {
        levels.push(read(6))
        await ms(20)
      }
      const changes = levels.filter((level, i) => i > 0 && level !== levels[i - 1]).length
      expect(changes).toBeGreaterThanOrEqual(2)
      expect(changes).toBeLessThanOrEqual(6)
    })

    it('ends a pulse by itself', async () => {
      const shown = await start({ relay: { ...RELAY, pulseMs: 200 } })
      shown.show(readingOf('closed'), CONNECTED)
      shown.show(readingOf('open'), CONNECTED)
      expect(read(17)).toBe('1')
      await ms(400)
      expect(read(17)).toBe('0')
    })

    it('a line that cannot be had is a fault that names it; the others work', async () => {
      const shown = await start({ leds: { ...settings.leds, open: 50 } })
      expect(shown.health()).toMatchObject({ driver: 'onoff', ok: false, reason: { code: 'gpio.line' } })
      expect(shown.health().reason?.text).toContain('GPIO50')
      shown.show(readingOf('open'), CONNECTED)
      expect(read(17)).toBe('1')
    })
  })
}
