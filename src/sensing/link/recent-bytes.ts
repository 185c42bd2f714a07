import { MOST_RECORD_BYTES, RECORD_HEAD_BYTES, writeRecord } from './recording.js'

/** Memory is taken and given up in pieces of this size: two of the largest reads (64 KiB, Node's own bound) (D). */
const SEGMENT_BYTES = 128 * 1024

interface Segment {
  bytes: Buffer
  length: number
  /** Bytes of the link among them. */
  payload: number
  firstUs: number
  lastUs: number
  /** Being written to a file: not to be used again. */
  held: boolean
}

/** Records of a recording as they stand in memory. */
export interface RecentRecords {
  records: readonly Uint8Array[]
  /** Bytes of the link in them. */
  bytes: number
  /** Of the first and last record, host µs; NaN where there is none. */
  firstUs: number
  lastUs: number
  /** To be called once, when the records have been written. */
  release(): void
}

/**
 * The link's bytes of the last two minutes, in memory only, as the records of a recording. Segments are used
 * again: while bytes arrive steadily nothing is allocated, and a slow link takes little memory.
 */
export class RecentBytes {
  /** Bytes that had to go before their time, because the memory was full. */
  droppedBytes = 0
  /** Oldest first; the last is being filled. */
  private readonly segments: Segment[] = []
  private readonly mostSegments: number

  constructor(
    private readonly spanUs: number,
    mostBytes: number,
  ) {
    this.mostSegments = Math.max(2, Math.floor(mostBytes / SEGMENT_BYTES))
  }

  push(bytes: Uint8Array, hostTimeUs: number): void {
    if (bytes.length <= MOST_RECORD_BYTES) return this.append(bytes, hostTimeUs)
    for (let from = 0; from < bytes.length; from += MOST_RECORD_BYTES)
      this.append(bytes.subarray(from, from + MOST_RECORD_BYTES), hostTimeUs)
  }

  /** What there is of the time before `nowUs`. Copies nothing; what arrives later is not in it. */
  snapshot(nowUs: number): RecentRecords {
    const sinceUs = Math.floor(nowUs - this.spanUs)
    const kept = this.segments.filter((segment) => segment.lastUs >= sinceUs)
    const records: Uint8Array[] = []
    let bytes = 0
    let firstUs = NaN
    for (const segment of kept) {
      const start = startOf(segment, sinceUs)
      if (Number.isNaN(firstUs)) firstUs = start.atUs
      bytes += segment.payload - start.skipped
      records.push(segment.bytes.subarray(start.at, segment.length))
      segment.held = true
    }
    const release = (): void => kept.forEach((segment) => void (segment.held = false))
    return { records, bytes, firstUs, lastUs: kept.at(-1)?.lastUs ?? NaN, release }
  }

  /** Time and bytes that a snapshot would have now, about. */
  extent(): { seconds: number; bytes: number } {
    const { segments } = this
    if (segments.length === 0) return { seconds: 0, bytes: 0 }
    const heldUs = segments[segments.length - 1].lastUs - segments[0].firstUs
    const bytes = segments.reduce((total, { payload }) => total + payload, 0)
    return { seconds: Math.min(heldUs, this.spanUs) / 1e6, bytes }
  }

  private append(bytes: Uint8Array, hostTimeUs: number): void {
    const size = RECORD_HEAD_BYTES + bytes.length
    let segment = this.segments[this.segments.length - 1]
    if (segment === undefined || segment.length + size > SEGMENT_BYTES)
      this.segments.push((segment = this.vacant(hostTimeUs)))
    writeRecord(segment.bytes, segment.length, bytes, hostTimeUs)
    segment.length += size
    segment.payload += bytes.length
    segment.lastUs = hostTimeUs
  }

  /** The oldest segment once its time is over or the memory is full, else a new one. */
  private vacant(nowUs: number): Segment {
    const { segments } = this
    const oldest = segments[0]
    const full = segments.length >= this.mostSegments
    const over = oldest !== undefined && nowUs - oldest.lastUs > this.spanUs
    if (!full && !over) return segmentOf(Buffer.allocUnsafeSlow(SEGMENT_BYTES), nowUs)
    segments.shift()
    if (!over) this.droppedBytes += oldest.payload
    // A link that was fast once needs less now: what else is over is given back.
    while (segments.length > 0 && nowUs - segments[0].lastUs > this.spanUs) segments.shift()
    return segmentOf(oldest.held ? Buffer.allocUnsafeSlow(SEGMENT_BYTES) : oldest.bytes, nowUs)
  }
}

function segmentOf(bytes: Buffer, nowUs: number): Segment {
  return { bytes, length: 0, payload: 0, firstUs: nowUs, lastUs: nowUs, held: false }
}

/** The first record of the segment that is not before `sinceUs`; there is one. */
function startOf(
  { bytes, length, firstUs }: Segment,
  sinceUs: number,
): { at: number; atUs: number; skipped: number } {
  let at = 0
  let skipped = 0
  let atUs = firstUs
  while (atUs < sinceUs) {
    const size = bytes.readUInt16LE(at + 8)
    if (at + RECORD_HEAD_BYTES + size >= length) break
    at += RECORD_HEAD_BYTES + size
    skipped += size
    atUs = bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32
  }
  return { at, atUs, skipped }
}
