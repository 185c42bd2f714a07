import Database from 'better-sqlite3'
import { AjarError } from '../../platform/errors.js'

/**
 * Of a database that is made anew; an older one keeps its own. A commit writes whole pages, and a reading has half
 * a kilobyte: one cost a card 13.8 kB with pages of 4096 bytes, 7.8 kB with these (measured, ext4).
 */
export const PAGE_BYTES = 1024

/**
 * Step n brings a database from version n to n + 1; never change one that has shipped. Every table has an
 * integer row id, which salvage needs. AUTOINCREMENT where an id must never be given twice: it costs a page
 * each commit. No further index: two of them made 24 MB a day 85 (measured).
 */
const STEPS: readonly string[] = [
  `CREATE TABLE event (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     door_id TEXT NOT NULL,
     at_wall_ms INTEGER NOT NULL,
     wall_trusted INTEGER NOT NULL,
     reading TEXT NOT NULL
   );
   CREATE TABLE telemetry (
     id INTEGER PRIMARY KEY,
     at_wall_ms INTEGER NOT NULL,
     wall_trusted INTEGER NOT NULL,
     link TEXT NOT NULL,
     health TEXT NOT NULL
   );
   CREATE TABLE setting (
     id INTEGER PRIMARY KEY,
     key TEXT NOT NULL UNIQUE,
     json TEXT NOT NULL
   );
   CREATE TABLE outbox (
     number INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     kind TEXT NOT NULL,
     priority INTEGER NOT NULL,
     body BLOB NOT NULL
   );`,
]

/** Throws AjarError 'store.newer' for a file that a later version wrote; reads only, so the file stays as it is. */
export function refuseNewer(file: string): void {
  const database = new Database(file, { readonly: true })
  try {
    const version = versionOf(database)
    if (version > STEPS.length)
      throw new AjarError(
        'store.newer',
        `${file} was written by a newer Ajar (schema ${version}, this one knows ${STEPS.length}).`,
        'Install that version again, or start with another --data-dir; the file was left untouched.',
      )
  } finally {
    database.close()
  }
}

/** Brings the database to this version. */
export function migrate(database: Database.Database): void {
  for (let step = versionOf(database); step < STEPS.length; step++)
    database.transaction(() => {
      database.exec(STEPS[step])
      database.pragma(`user_version = ${step + 1}`)
    })()
}

function versionOf(database: Database.Database): number {
  return database.pragma('user_version', { simple: true }) as number
}
