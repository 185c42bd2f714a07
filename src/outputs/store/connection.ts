import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'
import { AjarError, messageOf } from '../../platform/errors.js'
import type { Ballast } from './ballast.js'
import { migrate, PAGE_BYTES, refuseNewer } from './migrations.js'
import { finishSalvage, salvage, type Salvage } from './salvage.js'

/** The write-ahead log is moved into the database once it is so long, and its file is cut back to it. */
const LOG_BYTES = 1 << 20

export interface Opened {
  database: Database.Database
  /** What had to be done for a damaged file. */
  salvage?: Salvage
}

/**
 * Opens or makes the database. A damaged one is put aside and salvaged; where the disk is full the ballast is
 * given up. Throws AjarError 'store.newer', 'store.full' or 'store.open'.
 */
export function openDatabase(file: string, maxBytes: number, ballast: Ballast): Opened {
  try {
    finishSalvage(file)
    try {
      return { database: connect(file, maxBytes) }
    } catch (error) {
      if (!isFull(error) || !ballast.release()) throw error
      return { database: connect(file, maxBytes) }
    }
  } catch (error) {
    if (!isDamage(error)) throw openFailure(file, error)
  }
  ballast.release() // the copy may need the room
  try {
    const done = salvage(file)
    return { database: connect(file, maxBytes), salvage: done }
  } catch (error) {
    throw openFailure(file, error)
  }
}

function connect(file: string, maxBytes: number): Database.Database {
  const existed = existsSync(file)
  if (existed) refuseNewer(file)
  const database = new Database(file)
  try {
    database.pragma(`page_size = ${PAGE_BYTES}`)
    database.pragma('journal_mode = WAL')
    // FULL: with NORMAL, which this build makes the default for WAL, a power cut took acknowledged rows (measured).
    database.pragma('synchronous = FULL')
    database.pragma('foreign_keys = ON')
    database.pragma('busy_timeout = 2000')
    const pageBytes = pageBytesOf(database)
    database.pragma(`wal_autocheckpoint = ${LOG_BYTES / pageBytes}`)
    database.pragma(`journal_size_limit = ${LOG_BYTES}`)
    database.pragma(`max_page_count = ${Math.floor(maxBytes / pageBytes)}`)
    if (existed) {
      const verdict = database.pragma('quick_check(1)', { simple: true }) as string
      if (verdict !== 'ok') throw new Database.SqliteError(verdict, 'SQLITE_CORRUPT')
    }
    migrate(database)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

export function pageBytesOf(database: Database.Database): number {
  return database.pragma('page_size', { simple: true }) as number
}

function openFailure(file: string, error: unknown): AjarError {
  if (error instanceof AjarError) return error
  if (isFull(error))
    return new AjarError(
      'store.full',
      `The disk is full: ${file} cannot be opened.`,
      'Make room on it (`df -h`, `du -xh / | sort -h | tail`), then start again.',
      { retryable: true, cause: error },
    )
  return new AjarError(
    'store.open',
    `The database ${file} cannot be opened: ${messageOf(error)}`,
    'Does the data directory exist, and may this user write there?',
    { cause: error },
  )
}

/** The disk has no room, or the database has come to its cap. */
export function isFull(error: unknown): boolean {
  return (
    hasCode(error, /^SQLITE_FULL$|^SQLITE_IOERR_SHM(SIZE|OPEN)$/) ||
    (error as NodeJS.ErrnoException)?.code === 'ENOSPC'
  )
}

export function isDamage(error: unknown): boolean {
  return hasCode(error, /^SQLITE_(CORRUPT|NOTADB)/)
}

function hasCode(error: unknown, code: RegExp): boolean {
  return error instanceof Database.SqliteError && code.test(error.code)
}
