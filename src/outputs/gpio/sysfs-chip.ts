import { accessSync, constants, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { AjarError } from '../../platform/errors.js'

export const SYSFS_GPIO = '/sys/class/gpio'

/** A GPIO chip as sysfs numbers it: line n of the header is `base + n`. */
export interface SysfsChip {
  label: string
  base: number
  lines: number
}

/**
 * Finds the chip of the header by its label, labels in order of preference. Its base differs by kernel and
 * board (0, 399, 512, 571), so that a BCM number alone names a wrong line or none.
 * Throws AjarError 'gpio.absent' or 'gpio.chip'.
 */
export function findChip(labels: readonly string[], root = SYSFS_GPIO): SysfsChip {
  const chips = listChips(root)
  for (const label of labels) {
    const chip = chips.find((candidate) => candidate.label === label)
    if (chip !== undefined) return chip
  }
  const found = chips.map(({ label }) => label).join(', ') || 'none'
  throw new AjarError(
    'gpio.chip',
    `None of the GPIO chips is known (found: ${found}).`,
    'Name the chip of the header in gpio.chipLabels, or set gpio.driver to none.',
  )
}

/** The number that sysfs has for a line. Throws AjarError 'gpio.line'. */
export function sysfsNumber(chip: SysfsChip, line: number): number {
  if (line >= 0 && line < chip.lines) return chip.base + line
  throw new AjarError(
    'gpio.line',
    `GPIO${line} does not exist: ${chip.label} has lines 0 to ${chip.lines - 1}.`,
    'Correct the line in gpio.leds or gpio.relay; lines are BCM numbers (GPIO17 = 17).',
  )
}

/** Throws AjarError 'gpio.permission' unless lines may be exported by this user. */
export function checkExportable(root = SYSFS_GPIO): void {
  try {
    accessSync(path.join(root, 'export'), constants.W_OK)
  } catch (cause) {
    throw new AjarError('gpio.permission', 'This user may not use GPIO.', 'Add the user to the group gpio.', {
      cause,
    })
  }
}

function listChips(root: string): SysfsChip[] {
  const names = namesIn(root).filter((name) => name.startsWith('gpiochip'))
  return names.flatMap((name) => {
    const read = (file: string): string => readFileSync(path.join(root, name, file), 'utf8').trim()
    try {
      return [{ label: read('label'), base: Number(read('base')), lines: Number(read('ngpio')) }]
    } catch {
      return [] // it was unplugged between the two reads
    }
  })
}

function namesIn(root: string): string[] {
  try {
    return readdirSync(root).sort()
  } catch (cause) {
    throw new AjarError(
      'gpio.absent',
      `This machine has no GPIO (${root} is missing).`,
      'Without LED and relay set gpio.driver to none; on a Raspberry Pi use a kernel with sysfs GPIO.',
      { cause },
    )
  }
}
