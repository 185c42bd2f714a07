import { createRequire } from 'node:module'
import type { Gpio } from 'onoff'
import { AjarError, messageOf } from '../../platform/errors.js'
import type { GpioDriver, InputLine, OutputLine } from './driver.js'
import { findChip, sysfsNumber, type SysfsChip } from './sysfs-chip.js'

const require = createRequire(import.meta.url)

/** Lines through /sys/class/gpio. */
export class OnoffDriver implements GpioDriver {
  readonly name = 'onoff'

  private constructor(
    private readonly chip: SysfsChip,
    private readonly onoff: typeof import('onoff'),
  ) {}

  /** Throws AjarError 'gpio.absent', 'gpio.chip' or 'gpio.module'. */
  static open(chipLabels: readonly string[]): OnoffDriver {
    return new OnoffDriver(findChip(chipLabels), loadOnoff())
  }

  output(line: number, activeLow: boolean): OutputLine {
    const number = sysfsNumber(this.chip, line)
    const level = (on: boolean): 0 | 1 => (on !== activeLow ? 1 : 0)
    const gpio = this.claim(line, number, level(false) === 1 ? 'high' : 'low')
    const write = (on: boolean): void => {
      try {
        gpio.writeSync(level(on))
      } catch (cause) {
        throw new AjarError('gpio.write', `GPIO${line} cannot be written: ${messageOf(cause)}`, WIRING, {
          cause,
        })
      }
    }
    write(false) // onoff keeps silent when a line that was exported before refuses its direction
    return { write }
  }

  input(line: number): InputLine {
    const gpio = this.claim(line, sysfsNumber(this.chip, line), 'in')
    return {
      read: () => {
        try {
          return gpio.readSync() === 1
        } catch (cause) {
          throw new AjarError('gpio.read', `GPIO${line} cannot be read: ${messageOf(cause)}`, WIRING, {
            cause,
          })
        }
      },
      watch: (moved) => {
        try {
          gpio.watch(() => moved())
          return () => gpio.unwatchAll()
        } catch {
          return undefined // a chip without interrupts, as behind an expander: whoever asks polls
        }
      },
      release: () => {
        try {
          gpio.unexport()
        } catch {
          // It was watched in vain: the line stays exported, as an input.
        }
      },
    }
  }

  /** `high` and `low` set direction and level in one step, so that the line never shows the wrong one. */
  private claim(line: number, number: number, direction: 'high' | 'low' | 'in'): Gpio {
    try {
      return new this.onoff.Gpio(number, direction, direction === 'in' ? 'both' : 'none', {
        activeLow: false,
      })
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code
      if (code === 'EACCES')
        throw new AjarError(
          'gpio.permission',
          'This user may not use GPIO.',
          'Add the user to the group gpio.',
          {
            cause,
          },
        )
      if (code === 'EBUSY')
        throw new AjarError('gpio.busy', `GPIO${line} is in use by something else.`, WIRING, { cause })
      throw new AjarError('gpio.line', `GPIO${line} cannot be used: ${messageOf(cause)}`, WIRING, { cause })
    }
  }
}

const WIRING = 'Choose another line, or see what uses it: `gpioinfo`.'

/** Loaded late: onoff needs a native module (epoll) that is built on Linux only. */
function loadOnoff(): typeof import('onoff') {
  try {
    return require('onoff') as typeof import('onoff')
  } catch (cause) {
    throw new AjarError(
      'gpio.module',
      `The GPIO module does not load: ${messageOf(cause)}`,
      'Run `npm rebuild epoll`, or set gpio.driver to none.',
      { cause },
    )
  }
}
