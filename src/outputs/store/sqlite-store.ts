import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { LinkHealth } from '../../domain/link.js'
import type { DoorReading } from '../../domain/reading.js'
import type { Reason } from '../../domain/reason.js'
import type { EventQuery, OutboxItem, Store, StoredEvent, StoreHealth } from '../../domain/store.js'
import type { Clock, Instant } from '../../domain/time.js'
import { syncDirectory } from '../../platform/atomic-file.js'
import { AjarError, messageOf } from '../../platform/errors.js'
import { GuardedDatabase } from './guarded-database.js'
import { prune } from './retention.js'
import type { Salvage } from './salvage.js'
import type { StoreSettings } from './settings.js'

const DAY_MS = 86_400_000
/** Setting that tells of the last salvage, for as long as the damaged file lies there. */
const SALVAGE_KEY = 'store.salvage'

/**
 * Readings, telemetry, settings and the outbox in one SQLite file. Order is by id: the wall clock of a Pi
 * starts wrong and jumps. Reads and writes throw AjarError 'store.…' where the medium fails.
 */
export class SqliteStore implements Store {
  private readonly guarded: GuardedDatabase
  private readonly pendingTelemetry = new Map<string, { health: LinkHealth; at: Instant }>()
  private flushedUs: number
  private closed = false
  /** Worth knowing although writes succeed. */
  private notice: Reason | undefined

  /**
   * Opens or makes the file; its folder must exist. Throws AjarError 'store.newer', 'store.full', 'store.open';
   * a damaged file is put aside and salvaged, and health says so.
   */
  constructor(
    file: string,
    private readonly settings: StoreSettings,
    private readonly clock: Clock,
  ) {
    this.guarded = new GuardedDatabase(file, settings.maxBytes)
    this.flushedUs = clock.monotonicUs()
    if (this.guarded.salvage !== undefined) this.set(SALVAGE_KEY, JSON.stringify(this.guarded.salvage))
    this.notice = salvageNotice(this.get(SALVAGE_KEY))
  }

  commit(reading: DoorReading): number {
    const { doorId, at } = reading
    const insert = this.guarded.statement(
      'INSERT INTO event (door_id, at_wall_ms, wall_trusted, reading) VALUES (?, ?, ?, ?)',
    )
    const values = [doorId, Math.round(at.wallMs), Number(at.wallTrusted), JSON.stringify(reading)]
    return this.guarded.write(() => Number(insert.run(...values).lastInsertRowid))
  }

  /** Counters of a link only rise, so the latest of each interval tells all. Never throws: losses are counted. */
  telemetry(health: LinkHealth): void {
    const at = this.clock.now()
    this.pendingTelemetry.set(health.link, { health, at })
    if (at.monotonicUs - this.flushedUs >= this.settings.telemetryIntervalMs * 1000)
      this.flush(at.monotonicUs)
  }

  latest(doorId: string): StoredEvent | undefined {
    return this.readEvents('door_id = ? ORDER BY id DESC LIMIT 1', doorId)[0]
  }

  /** `fromMs` and `toMs` are of the wall clock as it stood then. */
  events({ doorId, afterId = 0, fromMs, toMs, limit }: EventQuery): StoredEvent[] {
    const from = fromMs ?? Number.MIN_SAFE_INTEGER
    const to = toMs ?? Number.MAX_SAFE_INTEGER
    const condition = 'door_id = ? AND id > ? AND at_wall_ms BETWEEN ? AND ? ORDER BY id LIMIT ?'
    return this.readEvents(condition, doorId, afterId, from, to, limit)
  }

  get(key: string): string | undefined {
    const [row] = this.guarded.read('SELECT json FROM setting WHERE key = ?', key) as { json: string }[]
    return row?.json
  }

  set(key: string, json: string): void {
    const upsert = this.guarded.statement(
      'INSERT INTO setting (key, json) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET json = excluded.json',
    )
    this.guarded.write(() => upsert.run(key, json))
  }

  /** An item whose id is known is left as it is. Beyond the bounds the least go, which may be this one. */
  enqueue({ id, kind, priority, body }: OutboxItem): void {
    const { outboxMaxItems, outboxMaxBytes } = this.settings
    const insert = this.guarded.statement(
      'INSERT OR IGNORE INTO outbox (id, kind, priority, body) VALUES (?, ?, ?, ?)',
    )
    const measure = this.guarded.statement(
      'SELECT count(*) AS items, total(length(body)) AS bytes FROM outbox',
    )
    const trim = this.guarded.statement(
      `DELETE FROM outbox WHERE number IN (
         SELECT number FROM (
           SELECT number, row_number() OVER best AS items, sum(length(body)) OVER best AS bytes
           FROM outbox WINDOW best AS (ORDER BY priority DESC, number DESC)
         ) WHERE items > ? OR bytes > ?)`,
    )
    this.guarded.dropped.outbox += this.guarded.write(() => {
      insert.run(id, kind, priority, body)
      const { items, bytes } = measure.get() as { items: number; bytes: number }
      if (items <= outboxMaxItems && bytes <= outboxMaxBytes) return 0
      return trim.run(outboxMaxItems, outboxMaxBytes).changes
    })
  }

  /** Highest priority first, then oldest first. */
  outbox(limit: number): OutboxItem[] {
    return this.guarded.read(
      'SELECT id, kind, priority, body FROM outbox ORDER BY priority DESC, number LIMIT ?',
      limit,
    ) as OutboxItem[]
  }

  acknowledge(ids: readonly string[]): void {
    const remove = this.guarded.statement('DELETE FROM outbox WHERE id = ?')
    this.guarded.write(() => {
      for (const id of ids) remove.run(id)
    })
  }

  /** All of `body` or nothing. It runs again where room had to be made first: it must touch the store alone. */
  inTransaction<T>(body: () => T): T {
    return this.guarded.write(body)
  }

  /** Drops what is past its time, as far as the clock is trusted, and empties the log. */
  prune(): void {
    const { wallMs, wallTrusted } = this.clock.now()
    const { telemetryRetentionDays, retentionDays } = this.settings
    const { database } = this.guarded
    const write = (body: () => number) => this.guarded.write(body)
    if (wallTrusted) {
      prune(database, 'telemetry', wallMs - telemetryRetentionDays * DAY_MS, write)
      prune(database, 'event', wallMs - retentionDays * DAY_MS, write)
    }
    this.guarded.checkpoint()
    this.guarded.layBallast()
  }

  /** Copies the whole database while the store goes on; the file appears only once it is complete. */
  async backup(file: string): Promise<void> {
    const temporary = `${file}.new`
    try {
      await rm(temporary, { force: true })
      await this.guarded.database.backup(temporary)
      await rename(temporary, file)
      syncDirectory(path.dirname(file))
    } catch (error) {
      await rm(temporary, { force: true })
      throw new AjarError(
        'store.backup',
        `The database could not be backed up to ${file}: ${messageOf(error)}`,
        'Is there room for a second copy of the database, and may this user write there?',
        { retryable: true, cause: error },
      )
    }
  }

  /** Never throws. */
  health(): StoreHealth {
    const dropped = { ...this.guarded.dropped }
    if (this.closed) return { ok: false, bytes: 0, dropped }
    const bytes = this.guarded.size()
    const { fault, lowDisk } = this.guarded
    return { ok: fault === undefined, bytes, dropped, reason: fault ?? lowDisk ?? this.notice }
  }

  close(): void {
    if (this.closed) return
    this.flush(this.clock.monotonicUs())
    this.guarded.database.close()
    this.closed = true
  }

  private flush(nowUs: number): void {
    this.flushedUs = nowUs
    if (this.pendingTelemetry.size === 0) return
    const insert = this.guarded.statement(
      'INSERT INTO telemetry (at_wall_ms, wall_trusted, link, health) VALUES (?, ?, ?, ?)',
    )
    try {
      this.guarded.write(() => {
        for (const [link, { health, at }] of this.pendingTelemetry)
          insert.run(Math.round(at.wallMs), Number(at.wallTrusted), link, JSON.stringify(health))
      })
    } catch (error) {
      if (!(error instanceof AjarError)) throw error
      this.guarded.dropped.telemetry += this.pendingTelemetry.size // the fault stands in health
    }
    this.pendingTelemetry.clear()
    this.guarded.layBallast()
  }

  private readEvents(condition: string, ...values: readonly unknown[]): StoredEvent[] {
    const rows = this.guarded.read(`SELECT id, reading FROM event WHERE ${condition}`, ...values)
    return (rows as { id: number; reading: string }[]).flatMap(({ id, reading }) => {
      try {
        return [{ id, reading: JSON.parse(reading) as DoorReading }]
      } catch {
        this.notice = {
          code: 'store.unreadable-event',
          text: `Event ${id} in the database is damaged and was left out.`,
          hint: 'The card may be wearing out: replace it soon.',
        }
        return []
      }
    })
  }
}

function salvageNotice(json: string | undefined): Reason | undefined {
  if (json === undefined) return undefined
  const { quarantine, rows, stopped } = JSON.parse(json) as Salvage
  if (!existsSync(quarantine)) return undefined
  const end = stopped === undefined ? '' : `, until: ${stopped}`
  return {
    code: 'store.salvaged',
    text: `The database was damaged; ${rows} rows were saved${end}.`,
    hint: `The card may be wearing out: replace it soon. Delete ${quarantine} once nobody needs it.`,
  }
}
