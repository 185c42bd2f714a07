import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { syncDirectory } from '../../platform/atomic-file.js'
import { messageOf } from '../../platform/errors.js'
import { migrate, PAGE_BYTES } from './migrations.js'

/** Dearest first, in case the disk is too full for all. */
const TABLES = ['setting', 'event', 'outbox', 'telemetry']
/** Reads of a table before the rest is given up: a damaged inner page fails for every id below it. */
const MAX_READS = 20_000
/** Rows are copied in transactions of this size: a log of a few MiB. */
const ROWS_A_TRANSACTION = 2000
/** Where the damaged file no longer tells the last event's id, ids go on this far behind the last that was read. */
const ID_LEAP = 100_000
/** Damaged files that are kept; a card that breaks one a day must not fill itself with them. */
const KEPT = 3

type Row = (string | number | Buffer)[]

interface Copy {
  rows: number
  /** Why copying ended before its time. */
  stopped?: string
}

export interface Salvage extends Copy {
  /** Where the damaged file lies, for whoever wants to look. */
  quarantine: string
}

/**
 * Copies every row that can be read into a fresh database and puts the damaged one aside. A power cut in
 * between loses nothing: the copy gets its final name only once it is whole, and `finishSalvage` goes on.
 */
export function salvage(file: string): Salvage {
  const copying = `${file}.salvaging`
  for (const suffix of ['', '-journal']) rmSync(copying + suffix, { force: true })
  const fresh = new Database(copying)
  let copy: Copy
  try {
    fresh.pragma(`page_size = ${PAGE_BYTES}`)
    migrate(fresh)
    copy = copyReadable(file, fresh)
  } finally {
    fresh.close()
  }
  renameSync(copying, `${file}.salvaged`)
  syncDirectory(path.dirname(file))
  return { ...copy, quarantine: finishSalvage(file) as string }
}

/** Puts a finished copy in the place of the damaged file, whose new name it returns; undefined: there is no copy. */
export function finishSalvage(file: string): string | undefined {
  if (!existsSync(`${file}.salvaged`)) return undefined
  const numbers = quarantined(file)
  const quarantine = quarantineName(file, (numbers.at(-1) ?? 0) + 1)
  // The log goes first: SQLite would play it into whatever database lies beside it.
  for (const suffix of ['-wal', '-shm', ''])
    if (existsSync(file + suffix)) renameSync(file + suffix, quarantine + suffix)
  renameSync(`${file}.salvaged`, file)
  syncDirectory(path.dirname(file))
  for (const number of numbers.slice(0, Math.max(0, numbers.length + 1 - KEPT)))
    for (const suffix of ['', '-wal', '-shm']) rmSync(quarantineName(file, number) + suffix, { force: true })
  return quarantine
}

function quarantineName(file: string, number: number): string {
  return `${file}.damaged-${number}`
}

/** Numbers of the damaged files beside `file`, rising. A number, not a date: the clock may be wrong. */
function quarantined(file: string): number[] {
  const prefix = `${path.basename(file)}.damaged-`
  return readdirSync(path.dirname(file))
    .filter((name) => name.startsWith(prefix))
    .map((name) => Number(name.slice(prefix.length)))
    .filter(Number.isInteger)
    .sort((a, b) => a - b)
}

function copyReadable(file: string, fresh: Database.Database): Copy {
  const copy: Copy = { rows: 0 }
  let source: Database.Database | undefined
  try {
    source = new Database(file, { readonly: true })
    for (const table of TABLES) copyTable(source, fresh, table, copy)
    keepIds(source, fresh)
  } catch (error) {
    copy.stopped = messageOf(error) // not a database at all, or no room for the copy
  } finally {
    source?.close()
  }
  return copy
}

function copyTable(source: Database.Database, fresh: Database.Database, table: string, copy: Copy): void {
  const columns = columnsOf(fresh, table)
  const insert = fresh.prepare(
    `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  )
  const write = fresh.transaction((rows: readonly Row[]) => {
    let written = 0
    for (const row of rows) written += insert.run(...row).changes
    return written
  })
  let batch: Row[] = []
  for (const row of readableRows(source, table, columns)) {
    if (batch.push(row) < ROWS_A_TRANSACTION) continue
    copy.rows += write(batch)
    batch = []
  }
  copy.rows += write(batch)
}

/** Each row that can be read, by rising id. Where reading fails, the ids that remain are halved until it goes on. */
function* readableRows(source: Database.Database, table: string, columns: readonly string[]): Generator<Row> {
  const [key] = columns
  let read: Database.Statement<[number, number], Row>
  try {
    const known = columnsOf(source, table)
    const values = columns.map((column) => (known.includes(column) ? column : 'NULL'))
    read = source.prepare(
      `SELECT ${values.join(', ')} FROM ${table} WHERE ${key} BETWEEN ? AND ? ORDER BY ${key}`,
    )
    read.raw(true)
  } catch {
    return // the table itself is not known there any more
  }
  const ranges: [number, number][] = [[0, Number.MAX_SAFE_INTEGER]]
  for (let reads = 0; reads < MAX_READS; reads++) {
    const range = ranges.pop()
    if (range === undefined) return
    const [, last] = range
    let [next] = range
    try {
      for (const row of read.iterate(next, last)) {
        next = (row[0] as number) + 1
        yield row
      }
    } catch (error) {
      if (!(error instanceof Database.SqliteError)) throw error
      if (next >= last) continue // this one row is lost
      const middle = next + Math.floor((last - next) / 2)
      ranges.push([middle + 1, last], [next, middle])
    }
  }
}

function columnsOf(database: Database.Database, table: string): string[] {
  return (database.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name)
}

/** An event's id is never given twice, even where the last events were lost. */
function keepIds(source: Database.Database, fresh: Database.Database): void {
  const copied = (fresh.prepare('SELECT max(id) FROM event').pluck().get() as number | null) ?? 0
  let last: number
  try {
    const known = source.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'event'").pluck().get()
    last = Math.max(copied, (known as number | undefined) ?? 0)
  } catch {
    last = copied + ID_LEAP
  }
  fresh.prepare("DELETE FROM sqlite_sequence WHERE name = 'event'").run()
  fresh.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('event', ?)").run(last)
}
