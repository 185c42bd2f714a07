import path from 'node:path'
import type { Burst } from '../../domain/burst.js'
import type { CommissioningControl, CommissioningStatus } from '../../domain/commissioning.js'
import type { DoorEvent } from '../../domain/event.js'
import type { ReadingReason } from '../../domain/reading.js'
import type { Reason } from '../../domain/reason.js'
import type { Reed, ReedWiring } from '../../domain/reed.js'
import type { Store } from '../../domain/store.js'
import type { Clock } from '../../domain/time.js'
import type { SignalWindow } from '../../domain/window.js'
import { AjarError } from '../../platform/errors.js'
import type { Logger } from '../../platform/logger.js'
import { measuredText, type Certificate } from './certificate.js'
import { mayGoLive, MODELS_FOLDER, ReedModels } from './current-model.js'
import { setJournalAside } from './journal.js'
import { nothingKept, readKept, tryToKeep, writeKept, type KeptCommissioning } from './kept-state.js'
import { probeReed } from './reed-probe.js'
import { ReedWatch } from './reed-watch.js'
import { totalOf } from './running-score.js'
import type { TrainingProcess } from './training-process.js'

export interface CommissioningSettings {
  /** BCM number of the line of the reed; absent: it is named at the start. */
  reedPin?: number
  /** Cron. */
  trainAt: string
  journalMaxBytes: number
  /** The receiver is reset so often, at a quiet time; 0 = never. */
  resetHours: number
}

export interface CommissioningParts {
  doorId: string
  dataDirectory: string
  settings: CommissioningSettings
  windowMs: number
  /** Of the source. */
  simulated: boolean
  store: Pick<Store, 'get' | 'set'>
  clock: Clock
  logger: Logger
  openReed(wiring: ReedWiring): Reed
  /** Lines that drive something: as an input one would let a relay float. */
  takenPins: readonly number[]
  /** Absent where the source has no receiver to reset. */
  resetReceiver?(): Promise<void>
  training: TrainingProcess
  /** Why there is no state may be another from now on. */
  changed(): void
  /** A model of this door became current and may decide. */
  goLive(directory: string): void
}

/** How often what changes is kept, and the current model is looked for, µs (D). */
const KEEP_US = 60_000_000
const LOOK_US = 2_000_000

const MISLABELS: readonly string[] = ['reed.inverted', 'reed.magnet']

/** A door that labels itself: from a reed switch to a model that decides (method.md, Commissioning). */
export class Commissioning implements CommissioningControl {
  readonly models: ReedModels
  private kept: KeptCommissioning
  private watch: ReedWatch | undefined
  private keptUs = -Infinity
  private lookedUs = -Infinity
  private stamp: string | undefined
  private live = false
  /** Of the current model. */
  private certificate: Certificate | undefined

  constructor(private readonly parts: CommissioningParts) {
    this.models = new ReedModels(path.join(parts.dataDirectory, MODELS_FOLDER))
    this.kept = readKept(parts.store)
    this.stamp = this.models.stamp()
    this.certificate = this.models.current()?.certificate
  }

  /** Goes on where a power cut, or a stop, left it. */
  resume(): void {
    const { reed } = this.kept
    if (reed !== undefined) this.watch = this.openWatch(reed, this.parts.openReed(reed))
  }

  /** Of a state that no model decides. */
  get withoutModel(): Extract<ReadingReason, 'learning' | 'site-not-usable' | 'no-model'> {
    const verdict = this.certificate?.verdict
    const learns = verdict === undefined || verdict === 'collect-more'
    if (!learns) return 'site-not-usable'
    if (this.kept.reed !== undefined) return 'learning'
    return verdict === undefined ? 'no-model' : 'site-not-usable'
  }

  get phase(): CommissioningStatus['phase'] {
    return this.live ? 'live' : this.kept.reed === undefined ? 'idle' : 'learning'
  }

  /** Whether a model of this door decides now. */
  setLive(live: boolean): void {
    this.live = live
  }

  window(window: SignalWindow): void {
    this.watch?.window(window)
  }

  burst(burst: Burst): void {
    this.watch?.burst(burst)
  }

  happened(event: DoorEvent): void {
    if (this.live) this.watch?.told(event)
  }

  /** Twice a second. */
  tick(): void {
    const nowUs = this.parts.clock.monotonicUs()
    this.watch?.tick(nowUs, !this.live)
    if (nowUs - this.lookedUs >= LOOK_US) {
      this.lookedUs = nowUs
      this.lookForModel()
    }
    if (this.watch === undefined || nowUs - this.keptUs < KEEP_US) return
    this.keptUs = nowUs
    this.keep()
  }

  /** Every night. */
  async train(): Promise<void> {
    const { kept, watch, parts } = this
    if (watch === undefined || kept.counts.bursts === kept.trainedBursts) return
    // Labels of a reed that is the other way round, or has lost its magnet, teach what is not so.
    const wrong = watch.reasons(parts.clock.monotonicUs()).some(({ code }) => MISLABELS.includes(code))
    if (wrong) return
    const { bursts } = kept.counts
    await parts.training.run()
    if (parts.training.failed !== undefined) return // tried again each night
    kept.trainedBursts = bursts
    this.lookForModel()
  }

  start({ reedPin, inverted }: { reedPin?: number; inverted: boolean }): CommissioningStatus {
    const { parts } = this
    const pin = reedPin ?? parts.settings.reedPin
    if (pin === undefined)
      throw new AjarError(
        'commissioning.pin',
        'Which line is the reed switch on?',
        'Give --reed-pin N (BCM number), or set commissioning.reedPin.',
      )
    if (parts.takenPins.includes(pin))
      throw new AjarError(
        'commissioning.pin-taken',
        `GPIO${pin} drives a LED or the relay.`,
        'Connect the reed switch to another line; gpio in the configuration says which are taken.',
      )
    const wiring = { pin, inverted }
    this.closeWatch()
    try {
      probeReed(parts.openReed(wiring), wiring)
      this.begin(wiring)
    } finally {
      this.resume() // where this one is refused, with the one before
    }
    parts.changed()
    return this.status()
  }

  stop(): CommissioningStatus {
    this.closeWatch()
    this.kept = { ...this.kept, reed: undefined }
    writeKept(this.parts.store, this.kept)
    this.parts.changed()
    return this.status()
  }

  status(): CommissioningStatus {
    const { kept, watch, parts } = this
    const current = this.certificate
    return {
      phase: this.phase,
      reed: kept.reed && { ...kept.reed, door: watch?.door ?? 'unknown' },
      sinceMs: kept.sinceMs,
      counts: { ...kept.counts },
      journal: {
        bytes: watch?.journal.bytes ?? 0,
        droppedDays: kept.droppedDays + (watch?.journal.droppedDays ?? 0),
        droppedRecords: kept.droppedRecords + (watch?.journal.droppedRecords ?? 0),
      },
      training: {
        running: parts.training.running,
        next: parts.settings.trainAt,
        failed: parts.training.failed,
      },
      verdict: current && {
        model: current.model,
        verdict: current.verdict,
        sentence: current.sentence,
        advice: current.advice,
        text: [current.text, measuredText(kept.measured) ?? ''].join(' ').trim(),
      },
      measured: totalOf(kept.measured),
      reasons: this.reasons(),
    }
  }

  reasons(): Reason[] {
    const { watch, parts, live, certificate } = this
    const found = watch?.reasons(parts.clock.monotonicUs()) ?? []
    const { failed } = parts.training
    if (failed !== undefined && watch !== undefined) found.push(failed)
    if (certificate !== undefined && !mayGoLive(certificate))
      found.push({
        code: `commissioning.${certificate.verdict}`,
        text: certificate.sentence,
        hint: certificate.advice[0] ?? 'See `ajar commission --status`.',
      })
    if (!live && watch !== undefined)
      found.push({
        code: 'commissioning.learning',
        text: `Ajar learns this door from its reed switch: ${this.kept.counts.openings} openings so far.`,
        hint: 'Nothing to do: use the door as always. `ajar commission --status` says more.',
      })
    if (live && watch !== undefined)
      found.push({
        code: 'commissioning.reed-back',
        text: 'This door has learned: you may take the reed off. A reed that stays keeps measuring.',
        hint: 'Take it off and run `ajar commission --stop`.',
      })
    return found
  }

  /** What the reed has taught so far is on the medium when it resolves. */
  async close(): Promise<void> {
    const { watch } = this
    this.parts.training.stop()
    this.closeWatch()
    await watch?.journal.close()
  }

  private begin(wiring: ReedWiring): void {
    const { kept, parts } = this
    const { wallMs, wallTrusted } = parts.clock.now()
    // Every label of a reed that was the other way round is wrong.
    const turned = kept.reed !== undefined && kept.reed.inverted !== wiring.inverted
    if (turned) setJournalAside(this.journalDirectory)
    const from = turned ? nothingKept() : kept
    const next = { ...from, reed: wiring, sinceMs: from.sinceMs ?? (wallTrusted ? wallMs : undefined) }
    writeKept(parts.store, next)
    this.kept = next
  }

  private get journalDirectory(): string {
    return path.join(this.parts.dataDirectory, 'commissioning')
  }

  private openWatch(wiring: ReedWiring, reed: Reed): ReedWatch {
    const { parts, kept } = this
    return new ReedWatch({ ...parts, directory: this.journalDirectory, wiring, reed, kept })
  }

  private closeWatch(): void {
    const { watch } = this
    if (watch === undefined) return
    this.watch = undefined
    watch.stop()
    this.kept.droppedDays += watch.journal.droppedDays
    this.kept.droppedRecords += watch.journal.droppedRecords
    void watch.journal.close()
    this.keep()
  }

  private keep(): void {
    const { journal } = this.watch ?? {}
    const { droppedDays, droppedRecords } = this.kept
    tryToKeep(
      this.parts.store,
      {
        ...this.kept,
        droppedDays: droppedDays + (journal?.droppedDays ?? 0),
        droppedRecords: droppedRecords + (journal?.droppedRecords ?? 0),
      },
      this.parts.logger,
    )
  }

  private lookForModel(): void {
    const stamp = this.models.stamp()
    if (stamp === this.stamp) return
    this.stamp = stamp
    this.certificate = this.models.current()?.certificate
    const directory = this.models.live()
    if (directory === undefined) this.parts.changed()
    else this.parts.goLive(directory)
  }
}
