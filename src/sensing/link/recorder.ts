import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { RecordingControl, RecordingStatus } from '../../domain/control.js'
import { AjarError, messageOf } from '../../platform/errors.js'
import type { Logger } from '../../platform/logger.js'
import { RecordingWriter } from './recording.js'

/** A minute at 2 Mbaud is 15 MB; nothing that a technician asks for should fill the card. */
const MOST_BYTES = 64 << 20

/** Taps the link's bytes into a recording when asked: one at a time, bounded in time and size. */
export class Recorder implements RecordingControl {
  private writer: RecordingWriter | undefined
  private status: RecordingStatus | undefined
  private timer: NodeJS.Timeout | undefined
  private stopped = false

  constructor(
    private readonly directory: string,
    private readonly source: { name: string; baudRate: number },
    private readonly logger: Logger,
  ) {}

  bytes(bytes: Uint8Array, hostTimeUs: number): void {
    if (this.writer?.append(bytes, hostTimeUs) === false) void this.finish()
  }

  start({ seconds, note }: { seconds: number; note: string }): RecordingStatus {
    if (this.status !== undefined && !this.status.done)
      throw new AjarError('recording.running', 'A recording is running already.', 'Wait until it is done.')
    const startedMs = Date.now()
    const id = new Date(startedMs).toISOString().replace(/[:.]/g, '-')
    const file = path.join(this.directory, `${id}.ajar`)
    this.status = { id, file, seconds, startedMs, bytes: 0, done: false }
    void this.run(file, seconds, note, startedMs)
    return this.status
  }

  current(): RecordingStatus | undefined {
    if (this.status !== undefined && this.writer !== undefined) this.status.bytes = this.writer.bytes
    return this.status
  }

  async stop(): Promise<void> {
    this.stopped = true
    await this.finish()
  }

  private async run(file: string, seconds: number, note: string, startedMs: number): Promise<void> {
    try {
      mkdirSync(this.directory, { recursive: true, mode: 0o750 })
      const writer = await RecordingWriter.open(
        file,
        { source: this.source.name, baudRate: this.source.baudRate, startedMs, note },
        { mostBytes: MOST_BYTES, mostSeconds: seconds },
      )
      if (this.stopped) return await writer.discard()
      this.writer = writer
      this.timer = setTimeout(() => void this.finish(), seconds * 1000)
    } catch (error) {
      this.failed(error)
    }
  }

  private async finish(): Promise<void> {
    clearTimeout(this.timer)
    const { writer, status } = this
    this.writer = undefined
    if (writer === undefined || status === undefined) return
    try {
      await writer.close()
      status.bytes = writer.bytes
      status.done = true
      this.logger.info({ file: status.file, bytes: status.bytes }, 'Recording done.')
    } catch (error) {
      this.failed(error)
    }
  }

  private failed(error: unknown): void {
    if (this.status !== undefined) this.status.done = true
    this.logger.error({}, `The recording failed: ${messageOf(error)}`)
  }
}
