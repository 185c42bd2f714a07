import { existsSync } from 'node:fs'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { FlagContext } from '../../domain/flag.js'
import { AjarError, messageOf } from '../../platform/errors.js'

/**
 * Ajar's own recording: the bytes of a link as they arrived, with the host's time of arrival. What is in
 * them, text or binary, is the decoder's affair.
 *
 *     'AJAR1 ' JSON of RecordingHeader '\n'
 *     then, until the end of the file, little-endian:
 *     u64 host time, µs | u16 length | length bytes
 */
export interface RecordingHeader {
  /** Where the bytes came from: a port, the simulator. */
  source: string
  baudRate: number
  /** Wall clock at the start, ms since 1970. */
  startedMs: number
  note: string
  /** The bytes came from the simulator, directly or out of a recording: whatever is made of them says so. */
  simulated?: boolean
  /** What Ajar said of the door while these bytes arrived, where somebody flagged it. */
  flag?: FlagContext
}

export interface RecordingBounds {
  mostBytes: number
  mostSeconds: number
}

const MAGIC = Buffer.from('AJAR1 ')
/** A header is a line of some hundred bytes, of a flag some ten thousand; a longer one is not a header. */
const MOST_HEADER_BYTES = 65_536
export const RECORD_HEAD_BYTES = 10
export const MOST_RECORD_BYTES = 0xffff
/** Bytes that may wait for a slow SD card: 10 s at 921600 baud. More is dropped and counted. */
const MOST_WAITING_BYTES = 1024 * 1024

/**
 * Writes a recording to `FILE.part`, which becomes FILE when it is whole and on the medium. `append` is for
 * the hot path: it copies, never waits and never throws; what goes wrong is thrown by `close`.
 */
export class RecordingWriter {
  /** Bytes of the link in the recording. */
  bytes = 0
  /** Bytes of the link that were left out because the medium was slow or failed. */
  droppedBytes = 0
  private waiting: Buffer[] = []
  private waitingBytes = 0
  private flushing: Promise<void> | undefined
  private firstUs = NaN
  private failure: unknown

  private constructor(
    readonly file: string,
    private readonly bounds: RecordingBounds,
    private readonly handle: FileHandle,
  ) {}

  /** Throws AjarError 'usage.recording-exists' or 'recording.write'. */
  static async open(
    file: string,
    header: RecordingHeader,
    bounds: RecordingBounds,
  ): Promise<RecordingWriter> {
    if (existsSync(file))
      throw new AjarError('usage.recording-exists', `${file} exists already.`, 'Give another name.')
    try {
      const writer = new RecordingWriter(file, bounds, await open(`${file}.part`, 'w', 0o640))
      writer.enqueue(headerLine(header))
      return writer
    } catch (error) {
      throw writeFailed(file, error)
    }
  }

  /** Bytes as a source delivers them. False once the recording is full or has failed: close it. */
  append(bytes: Uint8Array, hostTimeUs: number): boolean {
    if (Number.isNaN(this.firstUs)) this.firstUs = hostTimeUs
    if (hostTimeUs - this.firstUs > this.bounds.mostSeconds * 1e6) return false
    if (this.bytes + bytes.length > this.bounds.mostBytes) return false
    if (this.failure !== undefined || this.waitingBytes + bytes.length > MOST_WAITING_BYTES) {
      this.droppedBytes += bytes.length
      return this.failure === undefined
    }
    for (let from = 0; from < bytes.length; from += MOST_RECORD_BYTES)
      this.enqueue(record(bytes.subarray(from, from + MOST_RECORD_BYTES), hostTimeUs))
    this.bytes += bytes.length
    return true
  }

  /** Resolves when FILE is whole and on the medium. Throws AjarError 'recording.write'; nothing is left then. */
  async close(): Promise<void> {
    try {
      await this.flushing
      if (this.failure !== undefined) throw this.failure
      await this.handle.sync()
      await this.handle.close()
      await rename(`${this.file}.part`, this.file)
      await syncDirectory(dirname(this.file))
    } catch (error) {
      await this.discard()
      throw writeFailed(this.file, error)
    }
  }

  /** Ends without a file. */
  async discard(): Promise<void> {
    await this.flushing
    await this.handle.close()
    await rm(`${this.file}.part`, { force: true })
  }

  private enqueue(bytes: Buffer): void {
    this.waiting.push(bytes)
    this.waitingBytes += bytes.length
    this.flushing ??= this.flush()
  }

  private async flush(): Promise<void> {
    try {
      while (this.waiting.length > 0) {
        const batch = Buffer.concat(this.waiting)
        this.waiting = []
        await this.handle.appendFile(batch) // unlike write(), goes on until all of it is written
        this.waitingBytes -= batch.length
      }
    } catch (error) {
      this.failure = error
    }
    this.flushing = undefined
  }
}

/** The name of a new file is on the medium only when its directory is. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Writes a recording whose records are at hand, in the file's own form: whole or not at all, whenever power fails.
 * Throws AjarError 'recording.write'; nothing is left then.
 */
export async function writeRecording(
  file: string,
  header: RecordingHeader,
  records: readonly Uint8Array[],
): Promise<void> {
  const part = `${file}.part`
  try {
    const handle = await open(part, 'w', 0o640)
    try {
      for (const bytes of [headerLine(header), ...records]) await handle.appendFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(part, file)
    await syncDirectory(dirname(file))
  } catch (error) {
    await rm(part, { force: true })
    throw writeFailed(file, error)
  }
}

function headerLine(header: RecordingHeader): Buffer {
  return Buffer.concat([MAGIC, Buffer.from(`${JSON.stringify(header)}\n`)])
}

function record(bytes: Uint8Array, hostTimeUs: number): Buffer {
  const made = Buffer.allocUnsafe(RECORD_HEAD_BYTES + bytes.length)
  writeRecord(made, 0, bytes, hostTimeUs)
  return made
}

/** Writes one record of at most MOST_RECORD_BYTES at `at`; allocates nothing. */
export function writeRecord(into: Buffer, at: number, bytes: Uint8Array, hostTimeUs: number): void {
  const us = Math.round(hostTimeUs)
  into.writeUInt32LE(us % 2 ** 32, at)
  into.writeUInt32LE(Math.floor(us / 2 ** 32), at + 4)
  into.writeUInt16LE(bytes.length, at + 8)
  into.set(bytes, at + RECORD_HEAD_BYTES)
}

export function writeFailed(file: string, cause: unknown): AjarError {
  return new AjarError(
    'recording.write',
    `${file} cannot be written: ${messageOf(cause)}`,
    'Is there room on the disk (`df -h`), and may this user write there?',
    { retryable: true, cause },
  )
}

/** One arrival of bytes. `bytes` is valid until the next one. */
export interface RecordedBytes {
  hostTimeUs: number
  bytes: Uint8Array
}

/** True where a file that begins like this is Ajar's own recording. */
export function isRecording(beginning: Uint8Array): boolean {
  return MAGIC.equals(beginning.subarray(0, MAGIC.length))
}

/** Reads a recording as a stream, in bounded memory. */
export class RecordingReader {
  header: RecordingHeader | undefined
  /** Bytes of a record that the file's end cut off: a recorder that lost its power. Known after the last record. */
  cutBytes = 0

  constructor(private readonly input: AsyncIterable<Uint8Array>) {}

  /** Throws AjarError 'capture.damaged' where the header is none. */
  async *records(): AsyncGenerator<RecordedBytes> {
    let rest = Buffer.alloc(0)
    for await (const chunk of this.input) {
      rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk])
      let at = 0
      if (this.header === undefined) {
        at = this.readHeader(rest)
        if (at === 0) continue
      }
      while (rest.length - at >= RECORD_HEAD_BYTES) {
        const end = at + RECORD_HEAD_BYTES + rest.readUInt16LE(at + 8)
        if (end > rest.length) break
        yield {
          hostTimeUs: Number(rest.readBigUInt64LE(at)),
          bytes: rest.subarray(at + RECORD_HEAD_BYTES, end),
        }
        at = end
      }
      rest = rest.subarray(at)
    }
    if (this.header === undefined) throw headerDamaged()
    this.cutBytes = rest.length
  }

  /** Length of the header with its line end; 0 = not all of it has come. */
  private readHeader(bytes: Buffer): number {
    const end = bytes.indexOf(10)
    if (end < 0 && bytes.length <= MOST_HEADER_BYTES) return 0
    if (!isRecording(bytes) || end < 0) throw headerDamaged()
    try {
      this.header = JSON.parse(bytes.toString('utf8', MAGIC.length, end)) as RecordingHeader
    } catch (error) {
      throw headerDamaged(error)
    }
    return end + 1
  }
}

function headerDamaged(cause?: unknown): AjarError {
  return new AjarError(
    'capture.damaged',
    'The header of the recording is damaged.',
    'It cannot be replayed; record again.',
    { cause },
  )
}
