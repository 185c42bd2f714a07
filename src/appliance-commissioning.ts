import type { Config } from './config/schema.js'
import type { Source } from './domain/link.js'
import type { Clock } from './domain/time.js'
import { Commissioning, type CommissioningParts } from './learning/commissioning/commissioning.js'
import { TrainingProcess } from './learning/commissioning/training-process.js'
import { noneDriver } from './outputs/gpio/none-driver.js'
import { ReedSwitch } from './outputs/gpio/reed-switch.js'
import type { Logger } from './platform/logger.js'

export interface CommissioningOptions {
  config: Config
  clock: Clock
  log: { logger: Logger }
  source: Source
  /** Program and arguments that train from what a reed switch has labelled. */
  trainCommand: readonly string[]
}

/** Commissioning by a reed switch on this machine's GPIO. */
export function commissioningOf(
  { config, clock, log, source, trainCommand }: CommissioningOptions,
  parts: Pick<CommissioningParts, 'store' | 'changed' | 'goLive'>,
): Commissioning {
  const { driver, chipLabels, leds, relay } = config.gpio
  return new Commissioning({
    ...parts,
    doorId: config.door.id,
    dataDirectory: config.dataDirectory,
    settings: config.commissioning,
    windowMs: config.signal.windowMs,
    simulated: source.simulated,
    clock,
    logger: log.logger,
    takenPins: [leds.closed, leds.ajar, leds.open, leds.status, relay?.line].filter(
      (line) => line !== undefined,
    ),
    openReed: (wiring) =>
      new ReedSwitch(
        { ...wiring, ...config.commissioning, chipLabels },
        clock,
        driver === 'none' ? () => noneDriver : undefined,
      ),
    resetReceiver: source.reset && (() => source.reset?.() ?? Promise.resolve()),
    training: new TrainingProcess(trainCommand, log.logger),
  })
}
