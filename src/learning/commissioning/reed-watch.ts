import type { Burst } from '../../domain/burst.js'
import type { DoorEvent } from '../../domain/event.js'
import type { Reason } from '../../domain/reason.js'
import type { Reed, ReedChange, ReedWiring } from '../../domain/reed.js'
import type { Clock } from '../../domain/time.js'
import type { SignalWindow } from '../../domain/window.js'
import type { Logger } from '../../platform/logger.js'
import { featureExtractor } from '../../sensing/model/features.js'
import { ReedLabeller } from '../events/reed-labeller.js'
import { DeviceTime } from './device-time.js'
import { Journal, type JournalSettings } from './journal.js'
import type { JournalEntry, JournalOrigin } from './journal-record.js'
import type { KeptCommissioning } from './kept-state.js'
import { ReceiverResets } from './receiver-resets.js'
import { ReedFaults } from './reed-faults.js'
import { RunningScore } from './running-score.js'
import { Sessions } from './sessions.js'

export interface ReedWatchParts {
  /** Of the journal. */
  directory: string
  doorId: string
  settings: { journalMaxBytes: JournalSettings['maxBytes']; resetHours: number }
  windowMs: number
  simulated: boolean
  clock: Clock
  logger: Logger
  wiring: ReedWiring
  reed: Reed
  /** Counted up in place. */
  kept: KeptCommissioning
  resetReceiver?(): Promise<void>
}

/** Joins a reed switch and what the radio sees into the journal: labels, sessions, counts, and what is wrong. */
export class ReedWatch {
  readonly journal: Journal
  readonly score: RunningScore
  private readonly time = new DeviceTime()
  private readonly sessions: Sessions
  private readonly labeller: ReedLabeller
  private readonly faults: ReedFaults
  private readonly resets: ReceiverResets | undefined
  private readonly origin: JournalOrigin
  private lastEndUs = NaN
  private moving = false
  /** Changes whose device time is not known: before the next window the labeller is told what holds. */
  /** There is a live model, and what it tells is compared with the reed. */
  private measuring = false
  private unplaced = true

  constructor(private readonly parts: ReedWatchParts) {
    const { kept, reed, doorId, directory, settings, clock, logger, resetReceiver } = parts
    this.journal = new Journal(directory, { maxBytes: settings.journalMaxBytes })
    this.score = new RunningScore(kept.measured)
    this.sessions = new Sessions(doorId, kept.session)
    this.origin = { simulated: parts.simulated, layoutId: 0, windowMs: parts.windowMs }
    reed.start((change) => this.changed(change))
    const open = reed.open() === true
    this.labeller = new ReedLabeller(
      featureExtractor('standing'),
      featureExtractor('five-numbers'),
      open,
      {
        burst: (burst) => this.append(burst.day, { kind: 'burst', ...this.origin, burst }),
        quiet: (row) =>
          this.append(this.sessions.labels.day, {
            kind: 'quiet',
            ...this.origin,
            row,
            day: this.sessions.labels.day,
          }),
        unseen: (edge, labels) =>
          this.append(labels.day, { kind: 'unseen', ...this.origin, edge, ...labels }),
      },
      this.sessions.labels,
    )
    this.faults = new ReedFaults(parts.wiring.pin, open, clock.monotonicUs())
    this.resets =
      resetReceiver && new ReceiverResets(resetReceiver, settings.resetHours, clock.monotonicUs(), logger)
  }

  get door(): 'open' | 'closed' | 'unknown' {
    const open = this.parts.reed.open()
    return open === undefined ? 'unknown' : open ? 'open' : 'closed'
  }

  /** After `burst` of the same window, as the pipeline calls them. */
  window(window: SignalWindow): void {
    const { parts, time, labeller } = this
    const at = parts.clock.now()
    const { endUs, epoch, layoutId, motion } = window
    if (endUs < this.lastEndUs) this.score.reset()
    this.lastEndUs = endUs
    this.moving = motion.moving
    this.origin.layoutId = layoutId
    time.window(endUs, epoch, at.monotonicUs)
    this.resets?.window(motion.moving, at.monotonicUs)
    if (this.sessions.window(epoch, time.offsetUs, at)) this.beginSession()
    const open = parts.reed.open()
    // Nothing is labelled by a reed that cannot be read; where it can be again, what it says is new.
    if (open === undefined) {
      this.unplaced = true
      return
    }
    if (this.unplaced) labeller.reseat(open)
    this.unplaced = false
    labeller.window(window)
  }

  burst(burst: Burst): void {
    if (burst.over) this.faults.motion()
    if (this.parts.reed.open() !== undefined) this.labeller.burst(burst)
  }

  /** The live model has told this. */
  told(event: DoorEvent): void {
    this.score.told(event, this.sessions.labels.day)
  }

  /** @param mayReset the receiver: while nobody looks at a state. */
  tick(nowUs: number, mayReset = false): void {
    this.journal.tick(nowUs, !this.moving)
    this.measuring = !mayReset
    if (mayReset) this.resets?.tick(nowUs)
    this.score.tick(this.time.deviceUs(nowUs, nowUs) ?? -Infinity)
  }

  reasons(nowUs: number): Reason[] {
    const { reed } = this.parts
    const { reason } = this.journal
    return [...reed.reasons(), ...this.faults.reasons(nowUs), ...(reason === undefined ? [] : [reason])]
  }

  /** What waits for its label is labelled with what is known. */
  stop(): void {
    this.parts.reed.stop()
    this.labeller.reset()
  }

  private changed({ open, hostTimeUs }: ReedChange): void {
    const { kept, clock } = this.parts
    this.faults.edge(open, hostTimeUs)
    if (open) kept.counts.openings++
    const atUs = this.time.deviceUs(hostTimeUs, clock.monotonicUs())
    if (atUs === undefined) {
      this.unplaced = true
      return
    }
    this.labeller.edge({ open, atUs })
    if (this.measuring) this.score.edge({ open, atUs }, this.sessions.labels.day)
  }

  private beginSession(): void {
    const { kept } = this.parts
    // What waits belongs to the session before.
    this.labeller.reset()
    this.labeller.labels = this.sessions.labels
    kept.session = this.sessions.current
    kept.counts.sessions++
    if (kept.lastDay !== this.sessions.labels.day) kept.counts.days++
    kept.lastDay = this.sessions.labels.day
  }

  private append(day: string, entry: JournalEntry): void {
    const { counts } = this.parts.kept
    if (entry.kind === 'burst') counts.bursts++
    else counts[entry.kind]++
    this.journal.append(day, entry)
  }
}
