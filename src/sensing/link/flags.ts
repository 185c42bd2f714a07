import type { FlagControl } from '../../domain/control.js'
import type { Flag, FlagContext, FlagStatus, ToldEvent, ToldReading } from '../../domain/flag.js'
import type { SourceEvent } from '../../domain/link.js'
import type { DoorReading } from '../../domain/reading.js'
import type { Clock } from '../../domain/time.js'
import { AjarError } from '../../platform/errors.js'
import type { Logger } from '../../platform/logger.js'
import { FlagFolder } from './flag-folder.js'
import type { FlagSettings } from './flag-settings.js'
import { RecentBytes } from './recent-bytes.js'
import type { RecordingHeader } from './recording.js'

/** A second flag this soon would hold the same bytes again; a script that flags in a loop wears out the card (D). */
const LEAST_INTERVAL_US = 10_000_000
/** Readings and events beside the bytes: what a busy door gives in two minutes, within some ten kB (D). */
const MOST_READINGS = 64
const MOST_EVENTS = 16
const MOST_DETAIL = 200

/** What the appliance says of itself at the moment of a flag. */
export type FlagOrigin = Pick<RecordingHeader, 'source' | 'baudRate' | 'simulated'> &
  Pick<FlagContext, 'version' | 'model' | 'engine' | 'settingsHash'> & { reading: DoorReading }

/** Keeps the link's last minutes in memory, and in a file when somebody says that a reading is wrong. */
export class Flags implements FlagControl {
  private readonly recent: RecentBytes
  private readonly folder: FlagFolder
  private readonly readings: ToldReading[] = []
  private readonly events: ToldEvent[] = []
  private latest: DoorReading | undefined
  private lastUs = -Infinity
  private saving: Promise<Flag> | undefined

  constructor(
    directory: string,
    private readonly settings: FlagSettings,
    private readonly clock: Clock,
    private readonly origin: () => FlagOrigin,
    private readonly logger: Logger,
  ) {
    this.recent = new RecentBytes(settings.seconds * 1e6, settings.memoryBytes)
    this.folder = new FlagFolder(directory, settings)
  }

  bytes(bytes: Uint8Array, hostTimeUs: number): void {
    this.recent.push(bytes, hostTimeUs)
  }

  /** Each reading that is published; one may be again. */
  reading(reading: DoorReading): void {
    if (reading === this.latest) return
    this.latest = reading
    this.readings.push(told(reading))
    if (this.readings.length > MOST_READINGS) this.readings.shift()
  }

  event(event: SourceEvent): void {
    const detail = event.type === 'end' ? '' : event.detail.slice(0, MOST_DETAIL)
    this.events.push({ atUs: this.clock.monotonicUs(), type: event.type, detail })
    if (this.events.length > MOST_EVENTS) this.events.shift()
  }

  async save({ note }: { note: string }): Promise<Flag> {
    const { monotonicUs } = this.clock.now()
    if (this.saving !== undefined)
      throw new AjarError('flag.running', 'A flag is being written already.', 'Wait until it is done.', {
        retryable: true,
      })
    if (monotonicUs - this.lastUs < LEAST_INTERVAL_US)
      throw new AjarError(
        'flag.too-soon',
        'The last flag was a moment ago and holds the same minutes.',
        `Wait ${LEAST_INTERVAL_US / 1e6} s between two flags.`,
        { retryable: true },
      )
    this.saving = this.write(cleaned(note))
    try {
      const flag = await this.saving
      this.lastUs = monotonicUs
      this.logger.info({ file: flag.file, seconds: flag.seconds, note: flag.note }, 'A reading was flagged.')
      return flag
    } finally {
      this.saving = undefined
    }
  }

  async list(): Promise<FlagStatus> {
    const { dropped } = this.folder
    const recent = { ...this.recent.extent(), droppedBytes: this.recent.droppedBytes }
    return { ...(await this.folder.list()), dropped, recent }
  }

  /** A flag that is being written is written to its end. */
  async stop(): Promise<void> {
    await this.saving?.catch(() => undefined) // told to whoever asked for it
  }

  private async write(note: string): Promise<Flag> {
    const now = this.clock.now()
    const { source, baudRate, simulated, reading, ...rest } = this.origin()
    const recent = this.recent.snapshot(now.monotonicUs)
    const sinceUs = now.monotonicUs - this.settings.seconds * 1e6
    const { firstUs, lastUs } = recent
    const empty = Number.isNaN(firstUs)
    const flag: FlagContext = {
      atUs: now.monotonicUs,
      atMs: now.wallMs,
      wallTrusted: now.wallTrusted,
      seconds: empty ? 0 : Math.round((lastUs - firstUs) / 1e5) / 10,
      doorId: reading.doorId,
      reading: told(reading),
      ...rest,
      recent: this.readings.filter(({ atUs }) => atUs >= sinceUs),
      events: this.events.filter(({ atUs }) => atUs >= sinceUs),
    }
    const startedMs = now.wallMs - (empty ? 0 : (now.monotonicUs - firstUs) / 1000)
    try {
      return await this.folder.add({ source, baudRate, startedMs, note, simulated, flag }, recent.records)
    } finally {
      recent.release()
    }
  }
}

function told({ at, state, motion, confidence, reason, epoch, provisional }: DoorReading): ToldReading {
  return { atUs: at.monotonicUs, state, motion, confidence, reason, epoch, provisional }
}

/** One line that steers no terminal: without control characters and those that turn the direction of writing. */
function cleaned(note: string): string {
  return note
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ +/g, ' ')
    .trim()
}
