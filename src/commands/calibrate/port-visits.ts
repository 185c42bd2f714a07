import { setTimeout as sleep } from 'node:timers/promises'
import type { SourceEvent } from '../../domain/link.js'
import type { Clock } from '../../domain/time.js'
import { isHopeless } from '../../learning/commissioning/visit-check.js'
import { recordedVisit } from '../../learning/commissioning/recorded-visit.js'
import type { VisitEvidence } from '../../learning/commissioning/visit-evidence.js'
import { VisitWatch, type WatchSettings } from '../../learning/commissioning/visit-watch.js'
import { AjarError } from '../../platform/errors.js'
import { RecordingWriter } from '../../sensing/link/recording.js'
import { SerialSource } from '../../sensing/link/serial-port.js'
import type { LinkSettings } from '../../sensing/link/settings.js'
import { MOST_QUIET_WAIT_MS, QUIET_MS, stopped, type TakeRequest, type VisitTaker } from './visit-taker.js'

/** A minute at 2 Mbaud is 15 MB. */
const MOST_BYTES = 256 << 20
const LOOK_MS = 100
/** From reset to packets (D): boot, Wi-Fi and the first packet of the transmitter. */
const BOOT_MS = 10_000

/** Visits from the receiver's port, which this process opens and holds until it stops. */
export class PortVisits implements VisitTaker {
  readonly origin: string
  readonly simulated = false
  private readonly source: SerialSource
  private watch: VisitWatch | undefined
  private writer: RecordingWriter | undefined
  private refusal: AjarError | undefined
  private opened = false

  constructor(
    private readonly link: LinkSettings,
    private readonly settings: WatchSettings,
    private readonly clock: Clock,
    private readonly progress: (line: string) => void,
  ) {
    this.origin = link.port
    this.source = new SerialSource(link, clock)
  }

  /** Throws AjarError 'link.not-open' where the port cannot be opened now: a person waits for it. */
  async start(signal: AbortSignal): Promise<void> {
    await this.source.start(
      {
        bytes: (bytes, hostTimeUs) => {
          this.watch?.push(bytes, hostTimeUs)
          this.writer?.append(bytes, hostTimeUs)
        },
        event: (event) => this.happened(event),
      },
      signal,
    )
    if (this.refusal) throw this.refusal
  }

  /** False where its lines cannot do it; whether the board is wired so, its clock says, which begins anew. */
  private async isReset(): Promise<boolean> {
    try {
      await this.source.reset()
      return true
    } catch (error) {
      if (error instanceof AjarError) return false
      throw error
    }
  }

  async resetReceiver(signal: AbortSignal): Promise<boolean> {
    const watch = (this.watch = new VisitWatch(this.settings))
    // A clock is seen to begin anew only by who has seen it before.
    await this.until(() => watch.evidence.packets > 0, BOOT_MS, signal)
    if (watch.evidence.packets === 0 || !(await this.isReset())) return false
    return this.until(() => watch.evidence.boots.size > 1, BOOT_MS, signal)
  }

  async untilQuiet(signal: AbortSignal): Promise<boolean> {
    const { evidence } = (this.watch = new VisitWatch(this.settings))
    const { hopMs } = this.settings.signal
    return this.until(() => evidence.still * hopMs >= QUIET_MS, MOST_QUIET_WAIT_MS, signal)
  }

  async take({ file, seconds, note }: TakeRequest, signal: AbortSignal): Promise<VisitEvidence> {
    const header = {
      source: this.origin,
      baudRate: this.link.baudRate,
      startedMs: this.clock.now().wallMs,
      note,
    }
    const bounds = { mostBytes: MOST_BYTES, mostSeconds: seconds + 1 }
    const watch = new VisitWatch(this.settings)
    const writer = await RecordingWriter.open(file, header, bounds)
    this.watch = watch
    this.writer = writer
    const { hopMs } = this.settings.signal
    try {
      await this.until(() => isHopeless(watch.evidence, seconds, hopMs), seconds * 1000, signal)
    } catch (error) {
      this.writer = this.watch = undefined
      await writer.discard()
      throw error
    }
    this.writer = this.watch = undefined
    await writer.close()
    // What a slow card has dropped is missing in the file, and the file is what will be read.
    return writer.droppedBytes > 0 ? recordedVisit(file, this.settings) : watch.evidence
  }

  async stop(): Promise<void> {
    await this.source.stop()
  }

  /** True as soon as it holds; false after the time. */
  private async until(holds: () => boolean, mostMs: number, signal: AbortSignal): Promise<boolean> {
    const endUs = this.clock.monotonicUs() + mostMs * 1000
    while (this.clock.monotonicUs() < endUs) {
      if (signal.aborted) throw stopped()
      if (holds()) return true
      await sleep(LOOK_MS)
    }
    return holds()
  }

  private happened(event: SourceEvent): void {
    if (event.type === 'open') this.opened = true
    if (event.type === 'end') return
    if (event.type === 'lost' && !this.opened)
      this.refusal = new AjarError('link.not-open', event.detail, event.hint ?? '')
    else this.progress(`${event.type}: ${event.detail} ${event.hint ?? ''}`)
  }
}
