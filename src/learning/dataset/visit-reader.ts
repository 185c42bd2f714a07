import type { ControlFrame, CsiPacket, Discarded } from '../../domain/packet.js'
import type { Stage } from '../../domain/stage.js'
import type { SignalWindow } from '../../domain/window.js'
import type { WindowMeasure } from '../../sensing/model/features.js'
import { PacketDecoder } from '../../sensing/packet/decoder.js'
import { layoutById } from '../../sensing/packet/layouts.js'
import type { SignalSettings } from '../../sensing/signal/settings.js'
import { SignalStage } from '../../sensing/signal/stage.js'

/** One window of a visit, as a model sees it. */
export interface FeatureRow {
  /** What the network looks at. */
  features: Float32Array
  /** What out of distribution and the baselines are judged by: few numbers, the mean RSSI first. */
  judged: Float32Array
  marker: string
  session: string
  place: string
  visit: string
  /** YYYY-MM-DD, where the manifest states it. */
  day?: string
}

/** Times as many rows as are wanted are held while a visit is read, so that what is kept in the end lies even. */
const ROWS_HELD = 16

export interface VisitLabels {
  /** '' where each packet carries its own. */
  marker: string
  session: string
  place: string
  visit: string
  day?: string
}

export interface ReadingOptions {
  signal: SignalSettings
  features: WindowMeasure
  /** Of `FeatureRow.judged`; may be the same. */
  judge: WindowMeasure
  /** At most so many rows of a visit, spread evenly; absent = all. Windows of a visit repeat one another. */
  mostRows?: number
  /** Only packets of these transmitters; empty = of any. */
  transmitters: readonly string[]
  /** Rate of tables without time. */
  tablePacketsPerSecond: number
  /** Rows with values that the dialect does not state (NaN): 'discard', unless said otherwise. */
  notStated?: 'discard' | 'keep'
  /** As though the receiver had not stated its gains: the level is then what it measured. */
  ignoreGains?: boolean
}

/**
 * The bytes of one visit → labelled feature rows, through the decoder and the signal stage that the appliance
 * runs. Rows are copies; memory grows with their number only.
 */
export class VisitReader {
  readonly rows: FeatureRow[] = []
  /** How many there were before they were thinned. */
  windows = 0
  /** Of the windows every so many-th is kept: doubled as often as needed, so that a long visit is not held whole. */
  private keepEvery = 1
  /** Layout of the windows; undefined before the first. */
  layoutId: number | undefined
  /** Packets that were decoded, and what was not used by reason: of bytes, packets and windows. */
  packets = 0
  /** The recording says that it is. */
  simulated = false
  /** A packet states the receiver's gains. */
  gainsStated = false
  readonly discarded: Record<string, number> = {}
  private readonly decoder: PacketDecoder
  private readonly stage: Stage<CsiPacket, SignalWindow | Discarded>
  private marker: string
  private startUs = NaN
  private endUs = NaN

  constructor(
    private readonly labels: VisitLabels,
    private readonly options: ReadingOptions,
  ) {
    this.marker = labels.marker
    this.decoder = new PacketDecoder({
      transmitters: options.transmitters,
      tablePacketsPerSecond: options.tablePacketsPerSecond,
    })
    this.stage = new SignalStage({
      link: labels.visit,
      settings: options.signal,
      layoutOf: layoutById,
    })
  }

  /** Mean rate of the packets by the device's clock; NaN before the second. */
  get packetsPerSecond(): number {
    return ((this.packets - 1) * 1e6) / (this.endUs - this.startUs)
  }

  push(bytes: Uint8Array, hostTimeUs: number): void {
    this.decoder.push({ bytes, hostTimeUs }, this.decoded)
  }

  end(hostTimeUs: number): void {
    this.decoder.end(hostTimeUs, this.decoded)
    const { mostRows = Infinity } = this.options
    const kept = this.rows.length
    if (kept <= mostRows) return
    for (let row = 0; row < mostRows; row++)
      this.rows[row] = this.rows[Math.floor(((row + 0.5) * kept) / mostRows)]
    this.rows.length = mostRows
  }

  private readonly decoded = (item: CsiPacket | Discarded | ControlFrame): void => {
    if (item.kind === 'discarded') this.discard(item.reason)
    if (item.kind !== 'packet') return
    this.packets += 1
    this.note(item.deviceTimeUs)
    this.gainsStated ||= item.agcGain > 0 // one that stands at 0 is a field that nobody fills
    if (this.options.ignoreGains) item.agcGain = item.fftGain = NaN
    if (this.labels.marker === '') {
      if (item.marker === '') return this.discard('unlabelled')
      if (item.marker !== this.marker) this.stage.reset('the marker changed')
      this.marker = item.marker
    }
    this.stage.push(item, this.sensed)
  }

  /** Of a packet; NaN where its stamp is not believed. */
  private note(timeUs: number): void {
    if (Number.isNaN(timeUs)) return
    if (Number.isNaN(this.startUs)) this.startUs = timeUs
    this.endUs = timeUs
  }

  private readonly sensed = (item: SignalWindow | Discarded): void => {
    if ('kind' in item) return this.discard(item.reason)
    this.layoutId ??= item.layoutId
    if (item.layoutId !== this.layoutId) return this.discard('layout')
    if (this.windows++ % this.keepEvery !== 0) return
    const { features, judge, notStated = 'discard' } = this.options
    const row = extracted(features, item)
    const judged = judge === features ? row : extracted(judge, item)
    // A dialect without RSSI has no level numbers.
    const stated = row.every(Number.isFinite) && judged.every(Number.isFinite)
    if (!stated && notStated === 'discard') return this.discard('not-stated')
    const { labels, marker } = this
    const visit = labels.marker === '' ? `${labels.visit}#${marker}` : labels.visit
    this.rows.push({ ...labels, features: row, judged, marker, visit })
    if (this.rows.length >= ROWS_HELD * (this.options.mostRows ?? Infinity)) this.thin()
  }

  /** Every second row goes, and of the windows to come every second of those that would have been kept. */
  private thin(): void {
    const half = this.rows.filter((_, row) => row % 2 === 0)
    this.rows.length = 0
    this.rows.push(...half)
    this.keepEvery *= 2
  }

  /** Counts something of the visit that was not used. */
  discard(reason: string): void {
    this.discarded[reason] = (this.discarded[reason] ?? 0) + 1
  }
}

function extracted(extractor: WindowMeasure, window: SignalWindow): Float32Array {
  const values = new Float32Array(extractor.size)
  extractor.extract(window, values)
  return values
}
