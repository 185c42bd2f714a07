import { AjarError } from '../../platform/errors.js'
import { usesGpio } from './indicator.js'
import type { GpioSettings } from './settings.js'
import { checkExportable, findChip, SYSFS_GPIO, sysfsNumber } from './sysfs-chip.js'

export interface GpioCheck {
  code: 'gpio'
  status: 'ok' | 'warn' | 'fail'
  text: string
  hint: string
}

/** For `ajar doctor`: whether the configured lines can be driven. Touches no line. */
export function checkGpio(settings: GpioSettings, root = SYSFS_GPIO): GpioCheck {
  if (settings.driver === 'none' || !usesGpio(settings))
    return { code: 'gpio', status: 'ok', text: 'GPIO is not used.', hint: '' }
  try {
    const chip = findChip(settings.chipLabels, root)
    const { leds, relay } = settings
    const lines = [relay?.line, leds.closed, leds.ajar, leds.open, leds.status].filter(
      (line) => line !== undefined,
    )
    for (const line of lines) sysfsNumber(chip, line)
    checkExportable(root)
    const text = `${chip.label} at ${chip.base} carries the lines ${lines.join(', ')}.`
    return { code: 'gpio', status: 'ok', text, hint: '' }
  } catch (error) {
    if (!(error instanceof AjarError)) throw error
    const status = settings.driver === 'auto' && error.code === 'gpio.absent' ? 'warn' : 'fail'
    return { code: 'gpio', status, text: error.message, hint: error.hint }
  }
}
