import { AjarError } from '../../platform/errors.js'
import type { GpioDriver } from './driver.js'

/** For machines without GPIO: everything may be written and nothing happens. */
export const noneDriver: GpioDriver = {
  name: 'none',
  output: () => ({ write() {} }),
  input: () => {
    throw new AjarError('gpio.absent', 'GPIO is not used.', 'Set gpio.driver to auto.')
  },
}
