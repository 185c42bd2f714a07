import type { CommissioningCounts } from '../../domain/commissioning.js'
import type { ReedWiring } from '../../domain/reed.js'
import type { Store } from '../../domain/store.js'
import { messageOf } from '../../platform/errors.js'
import type { Logger } from '../../platform/logger.js'
import type { DayScore } from './running-score.js'
import type { KeptSession } from './sessions.js'

/** What of commissioning survives a power cut, beside the journal and the models. */
export interface KeptCommissioning {
  /** Under way with this reed; absent: not begun, or stopped. */
  reed?: ReedWiring
  sinceMs?: number
  counts: CommissioningCounts
  /** Days that were seen, for the count. */
  lastDay: string
  session?: KeptSession
  droppedDays: number
  droppedRecords: number
  /** What the live model told against the reed. */
  measured: Record<string, DayScore>
  /** Bursts at the last training: without new ones there is nothing to train. */
  trainedBursts: number
}

const KEY = 'commissioning'
const NO_COUNTS: CommissioningCounts = { bursts: 0, openings: 0, quiet: 0, unseen: 0, sessions: 0, days: 0 }

export function nothingKept(): KeptCommissioning {
  return {
    counts: { ...NO_COUNTS },
    lastDay: '',
    droppedDays: 0,
    droppedRecords: 0,
    measured: {},
    trainedBursts: 0,
  }
}

export function readKept(store: Pick<Store, 'get'>): KeptCommissioning {
  const json = store.get(KEY)
  return { ...nothingKept(), ...(json === undefined ? {} : (JSON.parse(json) as KeptCommissioning)) }
}

/** Throws where the medium fails: a start that would not survive is none. */
export function writeKept(store: Pick<Store, 'set'>, kept: KeptCommissioning): void {
  store.set(KEY, JSON.stringify(kept))
}

/** The same where it may wait for the next time. */
export function tryToKeep(store: Pick<Store, 'set'>, kept: KeptCommissioning, logger: Logger): void {
  try {
    writeKept(store, kept)
  } catch (error) {
    logger.warn({}, `How far commissioning has come is not kept: ${messageOf(error)}`)
  }
}
