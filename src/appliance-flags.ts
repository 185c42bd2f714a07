import path from 'node:path'
import type { Config } from './config/schema.js'
import type { DoorReading } from './domain/reading.js'
import type { Clock } from './domain/time.js'
import type { Logger } from './platform/logger.js'
import { Flags } from './sensing/link/flags.js'

/** What is true of the bytes and of the door at the moment of a flag. */
interface Moment {
  source: string
  baudRate: number
  simulated: boolean
  reading: DoorReading
}

interface FlagParts {
  config: Config
  clock: Clock
  version: string
  /** Of the configuration. */
  settingsHash: string
  logger: Logger
}

/** Flags that carry what a replay needs to know: version, model, engine and settings. */
export function flagsOf(
  { config, clock, version, settingsHash, logger }: FlagParts,
  moment: () => Moment,
): Flags {
  const origin = () => {
    const { reading, ...rest } = moment()
    const { model, engine } = reading
    return { ...rest, version, reading, model, engine, settingsHash }
  }
  const directory = path.join(config.dataDirectory, 'flags')
  return new Flags(directory, config.flags, clock, origin, logger)
}
