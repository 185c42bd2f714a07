import type { DoorReading } from '../../domain/reading.js'
import type { Store } from '../../domain/store.js'
import { messageOf } from '../../platform/errors.js'
import type { Logger } from '../../platform/logger.js'

/** A medium that refused a state is asked again after this: each try costs it a write. */
const RETRY_US = 5_000_000

/** Commits what changes the state, its reason or the epoch; motion and confidence alone are not kept. */
export class StateKeeper {
  private kept: DoorReading | undefined
  /** Since the first state that could not be kept. */
  private failing = false
  private triedUs = 0

  constructor(
    private readonly store: Pick<Store, 'commit'>,
    private readonly logger: Logger,
  ) {}

  isNew({ state, reason, epoch }: DoorReading): boolean {
    const { kept } = this
    return kept === undefined || kept.state !== state || kept.reason !== reason || kept.epoch !== epoch
  }

  /** Whether it is time to try again for a reading that could not be kept. */
  isDue(reading: DoorReading, nowUs: number): boolean {
    return this.failing && this.isNew(reading) && nowUs - this.triedUs >= RETRY_US
  }

  /** The id of the commit; undefined where nothing changed or, said once in the log, nothing can be kept. */
  keep(reading: DoorReading, nowUs: number): number | undefined {
    if (!this.isNew(reading)) return undefined
    this.triedUs = nowUs
    try {
      const id = this.store.commit(reading)
      this.kept = reading
      if (this.failing) this.logger.info({ state: reading.state }, 'States are kept again.')
      this.failing = false
      return id
    } catch (error) {
      if (!this.failing) this.logger.error({ state: reading.state }, `No state is kept: ${messageOf(error)}`)
      this.failing = true
      return undefined
    }
  }
}
