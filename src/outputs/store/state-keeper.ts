import type { DoorReading } from '../../domain/reading.js'
import type { Store } from '../../domain/store.js'
import { messageOf } from '../../platform/errors.js'
import type { Logger } from '../../platform/logger.js'
import { CommitBudget } from './commit-budget.js'

/** A medium that refused a state is asked again after this: each try costs it a write. */
const RETRY_US = 5_000_000
/** Why a door is unknown can change with every window: it is kept no sooner than this after what was kept last (D). */
const SETTLE_US = 10_000_000

/**
 * Commits each change of the state at once. A change of the reason or the epoch, or an event, alone waits until it has settled
 * and the day's budget has room, the newest then being kept; motion and confidence alone are not kept.
 */
export class StateKeeper {
  private kept: DoorReading | undefined
  private keptUs = -Infinity
  /** Since the first state that could not be kept. */
  private failing = false
  private triedUs = -Infinity
  private readonly budget = new CommitBudget()

  constructor(
    private readonly store: Pick<Store, 'commit'>,
    private readonly logger: Logger,
  ) {}

  isNew({ state, reason, epoch, lastEvent }: DoorReading): boolean {
    const { kept } = this
    if (kept === undefined || kept.state !== state || kept.reason !== reason) return true
    return kept.epoch !== epoch || happenedAt(kept) !== happenedAt({ lastEvent })
  }

  /** Whether it is time for a reading that waits, or could not be kept. */
  isDue(reading: DoorReading, nowUs: number): boolean {
    if (!this.isNew(reading) || this.mayWait(reading, nowUs)) return false
    return !this.failing || nowUs - this.triedUs >= RETRY_US
  }

  /**
   * The id of the commit; undefined where nothing changed, where the change may wait or, said once in the log,
   * where nothing can be kept.
   */
  keep(reading: DoorReading, nowUs: number): number | undefined {
    if (!this.isNew(reading) || this.mayWait(reading, nowUs)) return undefined
    this.triedUs = nowUs
    try {
      const id = this.store.commit(reading)
      this.budget.spend(nowUs)
      this.kept = reading
      this.keptUs = nowUs
      if (this.failing) this.logger.info({ state: reading.state }, 'States are kept again.')
      this.failing = false
      return id
    } catch (error) {
      if (!this.failing) this.logger.error({ state: reading.state }, `No state is kept: ${messageOf(error)}`)
      this.failing = true
      return undefined
    }
  }

  /** A state never waits. An event does not come alone for long: where it must wait, the next state carries it. */
  private mayWait({ state }: DoorReading, nowUs: number): boolean {
    if (this.kept?.state !== state) return false
    return nowUs - this.keptUs < SETTLE_US || !this.budget.hasRoom(nowUs)
  }
}

function happenedAt({ lastEvent }: Pick<DoorReading, 'lastEvent'>): number | undefined {
  return lastEvent?.at.monotonicUs
}
