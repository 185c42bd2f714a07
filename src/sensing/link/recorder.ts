import { mkdirSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import type { RecordingControl, RecordingStatus } from '../../domain/control.js'
import { AjarError, messageOf } from '../../platform/errors.js'
import type { Logger } from '../../platform/logger.js'
import { RecordingWriter, writeFailed, type RecordingHeader } from './recording.js'
import type { RecorderSettings } from './recorder-settings.js'

/** A minute at 2 Mbaud is 15 MB; nothing that a technician asks for should fill the card. */
const MOST_BYTES = 64 << 20
/** A recording that could not become longer than this is not begun. */
const LEAST_BYTES = 1 << 20

/** Taps the link's bytes into a recording when asked: one at a time, bounded in time and size, as are all together. */
export class Recorder implements RecordingControl {
  private writer: RecordingWriter | undefined
  private status: RecordingStatus | undefined
  private timer: NodeJS.Timeout | undefined
  private busy = false
  private stopped = false

  constructor(
    private readonly directory: string,
    private readonly settings: RecorderSettings,
    /** Where the bytes come from at the moment. */
    private readonly origin: () => Pick<RecordingHeader, 'source' | 'baudRate' | 'simulated'>,
    private readonly logger: Logger,
  ) {}

  bytes(bytes: Uint8Array, hostTimeUs: number): void {
    if (this.writer?.append(bytes, hostTimeUs) === false) void this.finish()
  }

  async start({ seconds, note }: { seconds: number; note: string }): Promise<RecordingStatus> {
    if (this.busy)
      throw new AjarError('recording.running', 'A recording is running already.', 'Wait until it is done.')
    this.busy = true
    try {
      const startedMs = Date.now()
      const id = new Date(startedMs).toISOString().replace(/[:.]/g, '-')
      const file = path.join(this.directory, `${id}.ajar`)
      const mostBytes = Math.min(MOST_BYTES, this.room())
      const header = { ...this.origin(), startedMs, note }
      const writer = await RecordingWriter.open(file, header, { mostBytes, mostSeconds: seconds })
      if (this.stopped) {
        await writer.discard()
        throw new AjarError('recording.stopped', 'Ajar is stopping.', 'Ask again.', { retryable: true })
      }
      this.writer = writer
      this.timer = setTimeout(() => void this.finish(), seconds * 1000)
      return (this.status = { id, file, seconds, startedMs, bytes: 0, done: false })
    } catch (error) {
      this.busy = false
      throw error
    }
  }

  current(): RecordingStatus | undefined {
    if (this.status !== undefined && this.writer !== undefined) this.status.bytes = this.writer.bytes
    return this.status
  }

  async cancel(id: string): Promise<void> {
    const { writer, status } = this
    if (writer === undefined || status?.id !== id)
      throw new AjarError('recording.none', `No recording ${id} runs.`, 'It may be done already.')
    clearTimeout(this.timer)
    this.writer = this.status = undefined
    await writer.discard()
    this.busy = false
    this.logger.info({ file: writer.file }, 'A recording was ended and dropped.')
  }

  async stop(): Promise<void> {
    this.stopped = true
    await this.finish()
  }

  /** Bytes that one more may have. Throws AjarError 'recording.no-room' or 'recording.write'. */
  private room(): number {
    const { directory } = this
    const { maxBytes } = this.settings
    let taken = 0
    try {
      mkdirSync(directory, { recursive: true, mode: 0o750 })
      for (const name of readdirSync(directory)) taken += statSync(path.join(directory, name)).size
    } catch (error) {
      throw writeFailed(directory, error)
    }
    if (maxBytes - taken >= LEAST_BYTES) return maxBytes - taken
    throw new AjarError(
      'recording.no-room',
      `The recordings in ${directory} have ${taken} bytes; together they may have ${maxBytes}.`,
      'Delete those that nobody needs, or raise recordings.maxBytes.',
    )
  }

  private async finish(): Promise<void> {
    clearTimeout(this.timer)
    const { writer, status } = this
    this.writer = undefined
    if (writer === undefined || status === undefined) return
    try {
      await writer.close()
      status.bytes = writer.bytes
      this.logger.info({ file: status.file, bytes: status.bytes }, 'Recording done.')
    } catch (error) {
      const { code, message, hint } = error instanceof AjarError ? error : writeFailed(status.file, error)
      status.bytes = 0
      status.error = { code, text: message, hint }
      this.logger.error({ hint }, `The recording failed: ${messageOf(error)}`)
    }
    status.done = true
    this.busy = false
  }
}
