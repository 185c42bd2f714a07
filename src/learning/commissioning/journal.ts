import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import type { Reason } from '../../domain/reason.js'
import { syncDirectory } from '../../platform/atomic-file.js'
import { messageOf } from '../../platform/errors.js'
import { encodeEntry, type JournalEntry } from './journal-record.js'

export interface JournalSettings {
  /** Of all days together. */
  maxBytes: number
}

/** What power may take: so long at most, µs (D). A card wears by writes, and fsync makes them of what the system would join. */
const SYNC_US = 30_000_000
/** Records that wait for a slow medium (D); what comes then is dropped and counted. */
const MOST_WAITING_BYTES = 8 << 20
/** Of one write (D): where there is no room for it, all are lost. */
const MOST_RECORDS = 16
const DAY_FILE = /^day-(.+)\.ajr$/

/**
 * What the reed has labelled, a file a day, appended. A record is with the system as soon as it is made, so that it
 * outlives the program, and on the medium within SYNC_US. Beyond its bound the oldest day goes.
 */
export class Journal {
  droppedDays = 0
  droppedRecords = 0
  private readonly waiting: { day: string; bytes: Buffer }[] = []
  private waitingBytes = 0
  private working: Promise<void> | undefined
  private syncDue = false
  private file: { day: string; handle: FileHandle; unsynced: boolean } | undefined
  private syncedUs = -Infinity
  private total: number
  private fault: Reason | undefined
  private closing: Promise<void> | undefined

  /** Throws where the folder cannot be made. */
  constructor(
    private readonly directory: string,
    private readonly settings: JournalSettings,
  ) {
    mkdirSync(directory, { recursive: true, mode: 0o750 })
    this.total = journalDays(directory).reduce((sum, { bytes }) => sum + bytes, 0)
  }

  get bytes(): number {
    return this.total
  }

  /** Why records are lost. */
  get reason(): Reason | undefined {
    return this.fault
  }

  /** Returns at once; the record is written while the program goes on. */
  append(day: string, entry: JournalEntry): void {
    const bytes = encodeEntry(entry)
    if (this.waitingBytes + bytes.length > MOST_WAITING_BYTES) {
      this.droppedRecords++
      return
    }
    this.waiting.push({ day, bytes })
    this.waitingBytes += bytes.length
    this.work()
  }

  /** To be called now and then; `quiet`: nothing moves, so that a medium that is busy for a moment hurts nobody. */
  tick(nowUs: number, quiet: boolean): void {
    if (!quiet || nowUs - this.syncedUs < SYNC_US || this.file?.unsynced !== true) return
    this.syncedUs = nowUs
    this.syncDue = true
    this.work()
  }

  /** All that was appended is on the medium when it resolves. */
  close(): Promise<void> {
    return (this.closing ??= this.end())
  }

  private async end(): Promise<void> {
    this.syncDue = true
    this.work()
    await this.working
    await this.file?.handle.close()
    this.file = undefined
  }

  /** One thing after the other, as long as there is something to do. */
  private work(): void {
    this.working ??= this.writeAll().finally(() => (this.working = undefined))
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const { day, bytes, count } = this.takeBatch()
      try {
        if (await this.write(day, bytes)) this.fault = undefined
        else this.droppedRecords += count
      } catch (error) {
        this.droppedRecords += count
        this.fault = unwritable(this.directory, error)
      }
    }
    if (this.syncDue) await this.sync()
    this.syncDue = false
    if (this.waiting.length > 0) await this.writeAll()
  }

  /** What waits of one day, in one write. */
  private takeBatch(): { day: string; bytes: Buffer; count: number } {
    const [{ day }] = this.waiting
    const other = this.waiting.findIndex((record) => record.day !== day)
    const most = Math.min(MOST_RECORDS, other < 0 ? this.waiting.length : other)
    const batch = this.waiting.splice(0, most).map(({ bytes }) => bytes)
    const bytes = Buffer.concat(batch)
    this.waitingBytes -= bytes.length
    return { day, bytes, count: batch.length }
  }

  /** False where there is no room. */
  private async write(day: string, bytes: Buffer): Promise<boolean> {
    if (!this.makeRoom(day, bytes.length)) return false
    if (this.file?.day !== day) {
      await this.sync()
      await this.file?.handle.close()
      this.file = undefined
      this.file = { day, handle: await open(this.fileOf(day), 'a', 0o640), unsynced: false }
      syncDirectory(this.directory)
    }
    const { bytesWritten } = await this.file.handle.write(bytes)
    this.total += bytesWritten
    this.file.unsynced = true
    if (bytesWritten < bytes.length) throw new Error('there is no room')
    return true
  }

  /** False where today's file alone is too large. */
  private makeRoom(today: string, bytes: number): boolean {
    while (this.total + bytes > this.settings.maxBytes) {
      const oldest = journalDays(this.directory).find(({ day }) => day !== today)
      if (oldest === undefined) return false
      rmSync(oldest.file)
      this.total -= oldest.bytes
      this.droppedDays++
    }
    return true
  }

  private async sync(): Promise<void> {
    if (this.file?.unsynced !== true) return
    try {
      await this.file.handle.datasync()
      this.file.unsynced = false
    } catch (error) {
      this.fault = unwritable(this.directory, error)
    }
  }

  private fileOf(day: string): string {
    return path.join(this.directory, `day-${day}.ajr`)
  }
}

export interface JournalDay {
  day: string
  file: string
  bytes: number
}

/** The days that there are, the one last written to last: a clock may not have been set. */
export function journalDays(directory: string): JournalDay[] {
  let names: string[]
  try {
    names = readdirSync(directory)
  } catch {
    return []
  }
  return names
    .flatMap((name) => {
      const day = DAY_FILE.exec(name)?.[1]
      if (day === undefined) return []
      const file = path.join(directory, name)
      const { size, mtimeMs } = statSync(file)
      return [{ day, file, bytes: size, mtimeMs }]
    })
    .sort((a, b) => a.mtimeMs - b.mtimeMs || (a.day < b.day ? -1 : 1))
}

function unwritable(directory: string, error: unknown): Reason {
  return {
    code: 'commissioning.journal',
    text: `What the reed switch teaches cannot be kept in ${directory}: ${messageOf(error)}`,
    hint: 'Make room, or replace the card; learning goes on with what there is.',
  }
}

/** The journal of a reed that was the other way round: kept once, for whoever wants to look into it. */
export function setJournalAside(directory: string): void {
  const aside = `${directory}-set-aside`
  rmSync(aside, { recursive: true, force: true })
  if (existsSync(directory)) renameSync(directory, aside)
}
