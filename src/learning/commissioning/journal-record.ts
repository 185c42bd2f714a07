import { crc32c } from '../../sensing/wire/crc32c.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import type { LabelledBurst, ReedEdge } from '../events/labelled-burst.js'

/** Where a record comes from, beside its labels. */
export interface JournalOrigin {
  /** Of the receiver, or of what stands for it: nothing trained on it claims a real door. */
  simulated: boolean
  layoutId: number
  /** Of the windows that it was read from. */
  windowMs: number
}

export type JournalEntry = JournalOrigin &
  (
    | { kind: 'burst'; burst: LabelledBurst }
    | { kind: 'quiet'; row: FeatureRow; day: string }
    | { kind: 'unseen'; edge: ReedEdge; session: string; day: string; place: string }
  )

/** Rises with every change that an older program could not read; a record of another version is skipped and counted. */
const VERSION = 1
const MAGIC = Buffer.from('AJR1')
const HEAD_BYTES = 12
/** A burst of 60 s is 64 KB. */
const MOST_BYTES = 1 << 20

/**
 * ```
 *  0      4          8           12        14    16            20
 * ┌──────┬──────────┬───────────┬─────────┬─────┬─────────────┬──────┬─────────┬────────────────┐
 * │ AJR1 │ u32 body │ u32 CRC   │ u16 ver │  0  │ u32 of JSON │ JSON │ 0 … ×4  │ float32 values │
 * └──────┴──────────┴───────────┴─────────┴─────┴─────────────┴──────┴─────────┴────────────────┘
 *                     CRC-32C of the body, which begins at 12; all little-endian
 * ```
 */
export function encodeEntry(entry: JournalEntry): Buffer {
  const { json, values } = split(entry)
  const text = Buffer.from(JSON.stringify(json))
  const padding = (4 - (text.length % 4)) % 4
  const count = values.reduce((sum, { length }) => sum + length, 0)
  const bytes = Buffer.alloc(HEAD_BYTES + 8 + text.length + padding + 4 * count)
  MAGIC.copy(bytes)
  bytes.writeUInt32LE(bytes.length - HEAD_BYTES, 4)
  bytes.writeUInt16LE(VERSION, 12)
  bytes.writeUInt32LE(text.length, 16)
  text.copy(bytes, 20)
  let at = 20 + text.length + padding
  for (const part of values) for (const value of part) at = bytes.writeFloatLE(value, at)
  bytes.writeUInt32LE(crc32c(bytes, HEAD_BYTES), 8)
  return bytes
}

export interface DecodedJournal {
  entries: JournalEntry[]
  /** Runs of bytes that are no record: where power failed, or the medium did. */
  torn: number
  /** Whole records of a version that this program does not know. */
  unknown: number
}

/** What a file holds: behind a torn record it goes on at the next whole one. */
export function decodeEntries(bytes: Buffer): DecodedJournal {
  const result: DecodedJournal = { entries: [], torn: 0, unknown: 0 }
  for (let at = 0; at < bytes.length;) {
    const length = recordLength(bytes, at)
    if (length === undefined) {
      result.torn++
      at = nextRecord(bytes, at + 1)
      continue
    }
    const entry = decodeBody(bytes.subarray(at + HEAD_BYTES, at + length))
    if (entry === undefined) result.unknown++
    else result.entries.push(entry)
    at += length
  }
  return result
}

/** Of the whole record at `at`, with its head; undefined where there is none. */
function recordLength(bytes: Buffer, at: number): number | undefined {
  if (bytes.length - at < HEAD_BYTES + 8 || MAGIC.compare(bytes, at, at + 4) !== 0) return undefined
  const length = bytes.readUInt32LE(at + 4)
  const end = at + HEAD_BYTES + length
  if (length < 8 || length > MOST_BYTES || end > bytes.length) return undefined
  return crc32c(bytes, at + HEAD_BYTES, end) === bytes.readUInt32LE(at + 8) ? HEAD_BYTES + length : undefined
}

function nextRecord(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(MAGIC, from); at >= 0; at = bytes.indexOf(MAGIC, at + 1))
    if (recordLength(bytes, at) !== undefined) return at
  return bytes.length
}

function decodeBody(body: Buffer): JournalEntry | undefined {
  if (body.readUInt16LE(0) !== VERSION) return undefined
  const length = body.readUInt32LE(4)
  const json = JSON.parse(body.toString('utf8', 8, 8 + length)) as Split['json']
  const from = 8 + length + ((4 - (length % 4)) % 4)
  const values = Float32Array.from({ length: (body.length - from) / 4 }, (_, i) =>
    body.readFloatLE(from + 4 * i),
  )
  return join(json, values)
}

interface Split {
  /** The entry without its numbers. */
  json: JournalOrigin & Record<string, unknown>
  values: readonly Float32Array[]
}

function split(entry: JournalEntry): Split {
  if (entry.kind === 'burst') {
    const { burst: labelled, ...rest } = entry
    const { burst, ...labels } = labelled
    const { frames, before, ...shape } = burst
    return { json: { ...rest, labels, shape }, values: [before, frames] }
  }
  if (entry.kind === 'quiet') {
    const { row, ...rest } = entry
    const { features, judged, ...labels } = row
    return { json: { ...rest, labels, size: features.length }, values: [features, judged] }
  }
  return { json: { ...entry }, values: [] }
}

function join(json: Split['json'], values: Float32Array): JournalEntry | undefined {
  const { labels, shape, size, ...rest } = json as Record<string, unknown> & JournalOrigin
  if (rest.kind === 'burst') {
    const { size: frame } = shape as { size: number }
    const burst = { ...(shape as object), before: values.slice(0, frame), frames: values.slice(frame) }
    return { ...rest, burst: { ...(labels as object), burst } } as JournalEntry
  }
  if (rest.kind === 'quiet') {
    const features = values.slice(0, size as number)
    const row = { ...(labels as object), features, judged: values.slice(size as number) }
    return { ...rest, row } as JournalEntry
  }
  return rest.kind === 'unseen' ? (rest as unknown as JournalEntry) : undefined
}
