import Database from 'better-sqlite3'
import type { Reason } from '../../domain/reason.js'
import type { StoreDrops } from '../../domain/store.js'
import { AjarError, messageOf } from '../../platform/errors.js'
import { Ballast } from './ballast.js'
import { isDamage, isFull, openDatabase, pageBytesOf } from './connection.js'
import { makeRoom } from './retention.js'
import type { Salvage } from './salvage.js'

/**
 * The connection, and what is done when the medium fails under it: every error becomes an AjarError
 * 'store.full', 'store.damaged' or 'store.failed', and stands in `fault` until a write succeeds again.
 */
export class GuardedDatabase {
  readonly database: Database.Database
  /** What was done for a damaged file at the start. */
  readonly salvage: Salvage | undefined
  readonly dropped: StoreDrops = { events: 0, telemetry: 0, outbox: 0 }
  /** Why reading or writing fails. */
  fault: Reason | undefined
  /** Why there is no ballast. */
  lowDisk: Reason | undefined
  private readonly ballast: Ballast
  private readonly prepared = new Map<string, Database.Statement<unknown[], unknown>>()

  constructor(file: string, maxBytes: number) {
    this.ballast = new Ballast(`${file}.ballast`)
    const { database, salvage } = openDatabase(file, maxBytes, this.ballast)
    this.database = database
    this.salvage = salvage
    this.layBallast()
  }

  /** The statement of this text, made once. */
  statement(sql: string): Database.Statement<unknown[], unknown> {
    let statement = this.prepared.get(sql)
    if (statement === undefined) this.prepared.set(sql, (statement = this.database.prepare(sql)))
    return statement
  }

  read(sql: string, ...values: readonly unknown[]): unknown[] {
    try {
      return this.statement(sql).all(...values)
    } catch (error) {
      throw this.failed(error)
    }
  }

  /**
   * Runs `body` in a transaction; where there is no room it is run again once the ballast has gone, which costs
   * nothing that was kept, and then once the oldest rows have.
   */
  write<T>(body: () => T): T {
    if (this.database.inTransaction) return body() // the outermost call answers for all
    const transaction = this.database.transaction(body)
    const ways = [() => true, () => this.releaseBallast(), () => this.dropOldest()]
    let failure: unknown
    for (const hasRoom of ways)
      try {
        if (hasRoom()) return this.succeeded(transaction.immediate())
      } catch (error) {
        failure = error
        if (!isFull(error)) break
      }
    throw this.failed(failure)
  }

  /** Moves the log into the database and brings its file back to nothing. */
  checkpoint(): void {
    try {
      this.database.pragma('wal_checkpoint(TRUNCATE)')
    } catch (error) {
      throw this.failed(error)
    }
  }

  /** Lays the ballast where it is missing. Never throws. */
  layBallast(): void {
    this.lowDisk = undefined
    let why = ''
    try {
      if (this.ballast.restore()) return
    } catch (error) {
      why = ` (${messageOf(error)})`
    }
    this.lowDisk = {
      code: 'store.disk-low',
      text: `The disk is almost full${why}.`,
      hint: 'Make room on it (`df -h`): once nothing is left, states are shown but no longer kept.',
    }
  }

  /** Bytes. Never throws: what fails is the fault. */
  size(): number {
    try {
      return (this.database.pragma('page_count', { simple: true }) as number) * pageBytesOf(this.database)
    } catch (error) {
      this.failed(error)
      return 0
    }
  }

  /** False at the cap of the file, where it would not help. */
  private releaseBallast(): boolean {
    const pages = this.database.pragma('page_count', { simple: true }) as number
    const cap = this.database.pragma('max_page_count', { simple: true }) as number
    return pages < cap && this.ballast.release()
  }

  private dropOldest(): boolean {
    const { events, telemetry } = makeRoom(this.database)
    this.dropped.events += events
    this.dropped.telemetry += telemetry
    return true
  }

  private succeeded<T>(result: T): T {
    if (this.fault?.code !== 'store.damaged') this.fault = undefined // damage stays until the next start
    return result
  }

  /** Notes the fault and returns what to throw; errors that are not the database's pass unchanged. */
  private failed(error: unknown): unknown {
    if (!(error instanceof Database.SqliteError)) return error
    this.fault = faultOf(error)
    const { code, text, hint } = this.fault
    return new AjarError(code, text, hint, { retryable: true, cause: error })
  }
}

function faultOf(error: Error): Reason {
  if (isFull(error))
    return {
      code: 'store.full',
      text: 'The disk is full: states are shown but not kept.',
      hint: 'Make room on it: `df -h`, then `du -xh / | sort -h | tail`.',
    }
  if (isDamage(error))
    return {
      code: 'store.damaged',
      text: `The database is damaged: ${messageOf(error)}.`,
      hint: 'Restart Ajar: it puts the file aside and saves what can be read. Then replace the card.',
    }
  return {
    code: 'store.failed',
    text: `The database cannot be used: ${messageOf(error)}.`,
    hint: 'Is the card worn out or mounted read-only (`dmesg | tail`)? States are shown but not kept.',
  }
}
