import { mkdirSync } from 'node:fs'
import { AjarError, messageOf } from './errors.js'

/** Makes the folder where everything that lasts is kept. Throws AjarError 'store.directory'. */
export function makeDataDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o750 })
  } catch (error) {
    throw new AjarError(
      'store.directory',
      `The data directory ${directory} cannot be made: ${messageOf(error)}`,
      'Choose one that this user may write: dataDirectory in the configuration, or --data-dir.',
      { cause: error },
    )
  }
}
