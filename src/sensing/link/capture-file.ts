import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { setImmediate as yieldToEvents, setTimeout as sleep } from 'node:timers/promises'
import { createGunzip } from 'node:zlib'
import type { Source } from '../../domain/link.js'
import type { Clock } from '../../domain/time.js'
import { AjarError, messageOf } from '../../platform/errors.js'
import { isRecording, RecordingReader, type RecordingHeader } from './recording.js'

type Listener = Parameters<Source['start']>[0]

/** 'device' = as fast as it was recorded, a factor on that (10 = ten times as fast), or as fast as it goes. */
export type Pace = 'device' | 'max' | number

export interface CaptureFileOptions {
  /** A text or binary capture of a serial line, or Ajar's own recording; each also gzipped. */
  file: string
  pace: Pace
  clock: Clock
  /**
   * Host times that bytes are given: those of the replay (default), or the recording's own. Where a capture carries
   * none they begin at 0 and go on as the device's clock does.
   */
  times?: 'replay' | 'recording'
  /**
   * Device time, µs, of the last packet that these bytes complete; undefined where they complete none. Asked
   * in the order of the file, for captures that carry no host times, where pace or times depend on it.
   */
  deviceTimeUs: (bytes: Uint8Array) => number | undefined
}

/** Bytes with the time of the recording at which they are due, µs; undefined = with those before. */
interface Piece {
  bytes: Uint8Array
  timeUs: number | undefined
  /** The host's, where the recording carries it. */
  hostTimeUs?: number
}

/** Device clocks have 32 bits (71.6 min): differences are taken modulo this, so a wrap is no jump. */
const CLOCK_MODULUS_US = 2 ** 32
/** A longer step of the recording's time is a reset of its clock or another visit, and is not waited for. */
const LONGEST_GAP_US = 60e6
/** Timers are this coarse; what is due sooner goes at once, and the schedule does not drift by it. */
const TIMER_MS = 1
/** Longest run of work between two looks at other events. */
const LONGEST_RUN_US = 5_000
const READ_BYTES = 64 * 1024
const LF = 10
const NUL = 0

/** Replays a file. Unless its own times are asked for, they only set the pace. */
export class CaptureFileSource implements Source {
  /** What the recording says of itself; known only to `open`. */
  simulated = false
  /** Of an own recording; known only to `open`. */
  header: RecordingHeader | undefined
  /** Bytes at the end of an own recording that belong to a record cut short. */
  cutBytes = 0
  private readonly stopping = new AbortController()
  private replay: Promise<void> = Promise.resolve()

  constructor(private readonly options: CaptureFileOptions) {}

  /** A source that knows whether its recording is simulated. Throws AjarError 'capture.unreadable'. */
  static async open(options: CaptureFileOptions): Promise<CaptureFileSource> {
    const source = new CaptureFileSource(options)
    source.header = await source.readHeader()
    source.simulated = source.header?.simulated === true
    return source
  }

  /** Throws AjarError 'capture.unreadable' where the file cannot be opened. A source replays once. */
  async start(on: Listener, signal: AbortSignal): Promise<void> {
    const { gzipped } = await this.probe()
    if (signal.aborted) return
    signal.addEventListener('abort', () => this.stopping.abort(), { once: true })
    on.event({ type: 'open', detail: this.options.file })
    this.replay = this.run(on, gzipped)
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    await this.replay
  }

  /** Of an own recording; a damaged one has none, which its replay will tell. */
  private async readHeader(): Promise<RecordingHeader | undefined> {
    const { gzipped } = await this.probe()
    const input = this.chunks(gzipped)
    try {
      const first = await input.next()
      if (first.done || !isRecording(first.value)) return undefined
      const reader = new RecordingReader(prepend(first.value, input))
      await reader.records().next()
      return reader.header
    } catch (error) {
      if (error instanceof AjarError) return undefined
      throw error
    } finally {
      await input.return()
    }
  }

  private async probe(): Promise<{ gzipped: boolean }> {
    try {
      const handle = await open(this.options.file)
      try {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0)
        return { gzipped: bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b }
      } finally {
        await handle.close()
      }
    } catch (error) {
      throw new AjarError(
        'capture.unreadable',
        `The recording ${this.options.file} cannot be read: ${messageOf(error)}`,
        'Check the path and that this user may read it.',
        { cause: error },
      )
    }
  }

  private async run(on: Listener, gzipped: boolean): Promise<void> {
    const name = basename(this.options.file)
    const { signal } = this.stopping
    const { pace, clock, times } = this.options
    const schedule = new Schedule(pace === 'device' ? 1 : pace === 'max' ? Infinity : pace, clock)
    try {
      for await (const piece of this.pieces(gzipped)) {
        await schedule.due(piece.timeUs, signal)
        if (signal.aborted) return
        const recordedUs = piece.hostTimeUs ?? schedule.recordedUs
        on.bytes(piece.bytes, times === 'recording' ? recordedUs : clock.monotonicUs())
      }
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof AjarError)) throw error
      on.event({ type: 'lost', detail: `${name}: ${error.message}`, hint: error.hint })
    }
    if (this.cutBytes > 0)
      on.event({
        type: 'lost',
        detail: `${name} ends within a record; its last ${this.cutBytes} bytes were left out.`,
        hint: 'The recorder was cut off while it wrote; everything before was replayed.',
      })
    on.event({ type: 'end' })
  }

  private async *pieces(gzipped: boolean): AsyncGenerator<Piece> {
    const { pace, times } = this.options
    const input = this.chunks(gzipped)
    try {
      const first = await input.next()
      if (first.done) return
      const all = prepend(first.value, input)
      if (isRecording(first.value)) yield* this.recorded(all)
      else if (pace === 'max' && times !== 'recording')
        for await (const bytes of all) yield { bytes, timeUs: undefined }
      else for await (const chunk of all) yield* this.timed(chunk)
    } finally {
      await input.return() // closes the file when the replay is stopped before its end
    }
  }

  private async *recorded(input: AsyncIterable<Uint8Array>): AsyncGenerator<Piece> {
    const reader = new RecordingReader(input)
    for await (const { bytes, hostTimeUs } of reader.records())
      yield { bytes, timeUs: hostTimeUs, hostTimeUs }
    this.cutBytes = reader.cutBytes
  }

  /** Cuts where a packet may end: after each line feed of text and each delimiter of the binary protocol. */
  private *timed(chunk: Uint8Array): Generator<Piece> {
    let from = 0
    for (let at = 0; at < chunk.length; at++) {
      if (chunk[at] !== LF && chunk[at] !== NUL && at + 1 < chunk.length) continue
      const bytes = chunk.subarray(from, at + 1)
      yield { bytes, timeUs: this.options.deviceTimeUs(bytes) }
      from = at + 1
    }
  }

  /** The file's bytes, unzipped. Throws AjarError 'capture.damaged'. */
  private async *chunks(gzipped: boolean): AsyncGenerator<Buffer, void> {
    const file = createReadStream(this.options.file, { highWaterMark: READ_BYTES })
    const stream = gzipped ? file.pipe(createGunzip({ chunkSize: READ_BYTES })) : file
    if (gzipped) file.on('error', (error) => stream.destroy(error))
    try {
      yield* stream as AsyncIterable<Buffer>
    } catch (error) {
      throw new AjarError(
        'capture.damaged',
        `The recording cannot be read to its end: ${messageOf(error)}`,
        'What came before was replayed. Copy the file again from where it was made.',
        { cause: error },
      )
    } finally {
      file.destroy()
    }
  }
}

/** Turns the recording's time into moments of the replay, without drift, and lets other events run. */
class Schedule {
  /** Time of the recording since its beginning, without its jumps. */
  recordedUs = 0
  private lastUs: number | undefined
  private dueUs: number
  private runningSinceUs: number

  constructor(
    private readonly factor: number,
    private readonly clock: Clock,
  ) {
    this.dueUs = this.runningSinceUs = clock.monotonicUs()
  }

  /** Resolves when what was recorded at `timeUs` is due; early when aborted. */
  async due(timeUs: number | undefined, signal: AbortSignal): Promise<void> {
    if (timeUs !== undefined) this.advance(timeUs)
    let waitMs = this.untilDueMs()
    if (waitMs < TIMER_MS && this.clock.monotonicUs() - this.runningSinceUs < LONGEST_RUN_US) return
    if (waitMs < TIMER_MS) await yieldToEvents()
    // A timer may fire a little early: what is still due later waits again.
    for (; waitMs >= TIMER_MS && !signal.aborted; waitMs = this.untilDueMs())
      await sleep(waitMs, undefined, { signal }).catch(ignoreAbort)
    this.runningSinceUs = this.clock.monotonicUs()
  }

  private untilDueMs(): number {
    return this.factor === Infinity ? 0 : (this.dueUs - this.clock.monotonicUs()) / 1000
  }

  private advance(timeUs: number): void {
    const step = (timeUs - (this.lastUs ?? timeUs)) % CLOCK_MODULUS_US
    const forwardUs = step < 0 ? step + CLOCK_MODULUS_US : step
    if (forwardUs <= LONGEST_GAP_US) {
      this.dueUs += forwardUs / this.factor
      this.recordedUs += forwardUs
    }
    this.lastUs = timeUs
  }
}

async function* prepend(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first
  yield* rest
}

function ignoreAbort(error: Error): void {
  if (error.name !== 'AbortError') throw error
}
