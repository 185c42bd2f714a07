import { describe, expect, it } from 'vitest'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { checkGpio } from '../../../../src/outputs/gpio/check.js'
import { findChip, sysfsNumber } from '../../../../src/outputs/gpio/sysfs-chip.js'
import type { GpioSettings } from '../../../../src/outputs/gpio/settings.js'
import { RELAY } from './readings.js'

const LABELS = ['pinctrl-bcm2835', 'pinctrl-bcm2711', 'pinctrl-rp1']
const SETTINGS: GpioSettings = {
  driver: 'auto',
  chipLabels: LABELS,
  leds: { activeLow: false },
  relay: RELAY,
}

function sysfs(chips: Record<string, { label: string; base: number; ngpio: number }>): string {
  const root = mkdtempSync(path.join(tmpdir(), 'ajar-sysfs-'))
  writeFileSync(path.join(root, 'export'), '')
  for (const [name, files] of Object.entries(chips)) {
    mkdirSync(path.join(root, name))
    for (const [file, value] of Object.entries(files))
      writeFileSync(path.join(root, name, file), `${value}\n`)
  }
  return root
}
const pi4 = () =>
  sysfs({
    gpiochip512: { label: 'pinctrl-bcm2711', base: 512, ngpio: 58 },
    gpiochip570: { label: 'raspberrypi-exp-gpio', base: 570, ngpio: 8 },
  })
const codeOf = (action: () => unknown): string => {
  try {
    action()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'nothing thrown'
}

describe('the chip of the header', () => {
  it('is found by its label, whatever its base', () => {
    expect(findChip(LABELS, pi4())).toEqual({ label: 'pinctrl-bcm2711', base: 512, lines: 58 })
    const pi5 = sysfs({
      gpiochip512: { label: 'gpio-brcmstb@107d508500', base: 512, ngpio: 32 },
      gpiochip571: { label: 'pinctrl-rp1', base: 571, ngpio: 54 },
    })
    expect(sysfsNumber(findChip(LABELS, pi5), 17)).toBe(588)
  })

  it('says what is wrong', () => {
    expect(codeOf(() => findChip(LABELS, '/nowhere'))).toBe('gpio.absent')
    expect(codeOf(() => findChip(['9030000.pl061'], pi4()))).toBe('gpio.chip')
    expect(codeOf(() => sysfsNumber(findChip(LABELS, pi4()), 58))).toBe('gpio.line')
  })
})

describe('checkGpio', () => {
  it('names the lines and where they are', () => {
    const check = checkGpio(SETTINGS, pi4())
    expect(check).toMatchObject({ code: 'gpio', status: 'ok' })
    expect(check.text).toContain('17')
  })

  it('a machine without GPIO: a warning with auto, a failure when onoff was asked for, nothing when unused', () => {
    expect(checkGpio(SETTINGS, '/nowhere').status).toBe('warn')
    expect(checkGpio({ ...SETTINGS, driver: 'onoff' }, '/nowhere').status).toBe('fail')
    expect(checkGpio({ ...SETTINGS, relay: undefined }, '/nowhere').status).toBe('ok')
    expect(checkGpio({ ...SETTINGS, driver: 'none' }, '/nowhere').status).toBe('ok')
  })

  it('a line that does not exist fails', () => {
    const check = checkGpio({ ...SETTINGS, leds: { activeLow: false, open: 60 } }, pi4())
    expect(check.status).toBe('fail')
    expect(check.hint).toContain('BCM')
  })
})
