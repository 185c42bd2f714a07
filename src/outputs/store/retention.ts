import type Database from 'better-sqlite3'

const TABLES = ['telemetry', 'event'] as const
type Table = (typeof TABLES)[number]

/** Oldest rows that make room, at a time. */
const ROOM_ROWS = 500
/** Rows that pruning deletes in one transaction: the log stays far below the ballast. */
const PRUNE_ROWS = 1000
/** One pruning takes at most this share of a table: a clock that is wrong for one night cannot empty it. */
const PRUNE_SHARE = 0.1

/** Deletes the oldest telemetry, or where there is none the oldest events; the newest row always stays. */
export function makeRoom(database: Database.Database): Record<'events' | 'telemetry', number> {
  for (const table of TABLES) {
    const { changes } = database
      .prepare(`DELETE FROM ${table} WHERE id < (SELECT max(id) FROM ${table}) ORDER BY id LIMIT ?`)
      .run(ROOM_ROWS)
    if (changes > 0)
      return table === 'event' ? { events: changes, telemetry: 0 } : { events: 0, telemetry: changes }
  }
  return { events: 0, telemetry: 0 }
}

/**
 * Deletes from the oldest id on, up to the first row whose trusted time is `beforeMs` (wall clock) or later;
 * rows of an untrusted clock go with their neighbours. The newest row always stays.
 */
export function prune(
  database: Database.Database,
  table: Table,
  beforeMs: number,
  write: (body: () => number) => number,
): void {
  const count = database.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number
  const remove = database.prepare(
    `DELETE FROM ${table} WHERE id < coalesce(
       (SELECT id FROM ${table} WHERE wall_trusted = 1 AND at_wall_ms >= ? ORDER BY id LIMIT 1),
       (SELECT max(id) FROM ${table})) ORDER BY id LIMIT ?`,
  )
  for (let left = Math.max(PRUNE_ROWS, Math.ceil(count * PRUNE_SHARE)); left > 0; left -= PRUNE_ROWS) {
    const rows = Math.min(left, PRUNE_ROWS)
    if (write(() => remove.run(beforeMs, rows).changes) < rows) return
  }
}
