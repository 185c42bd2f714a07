import type { GpioDriver } from './driver.js'

/** For machines without GPIO: everything may be asked and nothing happens. */
export const noneDriver: GpioDriver = { name: 'none', output: () => ({ write() {} }) }
