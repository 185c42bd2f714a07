import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { AjarError, messageOf } from '../../platform/errors.js'
import { isRecording, RecordingReader } from '../../sensing/link/recording.js'
import type { Dataset, Visit } from './manifest.js'
import { VisitReader, type FeatureRow, type ReadingOptions } from './visit-reader.js'

export interface FeatureRows {
  rows: FeatureRow[]
  layoutId: number
  packets: number
  /** By reason, over all visits. */
  discarded: Record<string, number>
  /** Visits that added no row. */
  withoutWindows: string[]
  /** A recording among them says that it is simulated: so is a model of these rows. */
  simulated: boolean
  /** A recording among them states the receiver's gains. */
  gainsStated: boolean
}

/** Puts the readers of visits together: all rows of one layout. */
export class RowCollector {
  private readonly result: FeatureRows = {
    rows: [],
    layoutId: NaN,
    packets: 0,
    discarded: {},
    withoutWindows: [],
    simulated: false,
    gainsStated: false,
  }
  private layoutFrom = ''
  private fastest = 0

  /** Throws AjarError 'dataset.layouts' for a visit of another layout. */
  add(reader: VisitReader, visit: string): void {
    const { result } = this
    if (reader.layoutId !== undefined) {
      if (Number.isNaN(result.layoutId)) {
        result.layoutId = reader.layoutId
        this.layoutFrom = visit
      }
      if (reader.layoutId !== result.layoutId)
        throw new AjarError(
          'dataset.layouts',
          `Visit ${visit} has subcarrier layout ${reader.layoutId}, visit ${this.layoutFrom} ${result.layoutId}.`,
          'Train on recordings of one kind of receiver at one bandwidth.',
        )
    }
    for (const row of reader.rows) result.rows.push(row)
    if (reader.rows.length === 0) result.withoutWindows.push(visit)
    result.packets += reader.packets
    result.simulated ||= reader.simulated
    result.gainsStated ||= reader.gainsStated
    if (reader.packetsPerSecond > this.fastest) this.fastest = reader.packetsPerSecond
    for (const [reason, count] of Object.entries(reader.discarded))
      result.discarded[reason] = (result.discarded[reason] ?? 0) + count
  }

  /** Throws AjarError 'dataset.no-windows' where nothing came of it. */
  finish(dataset: string): FeatureRows {
    if (this.result.rows.length > 0) return this.result
    const discards = Object.entries(this.result.discarded).map(([reason, count]) => `${count} ${reason}`)
    throw new AjarError(
      'dataset.no-windows',
      `No window came of data set ${dataset}: ${this.result.packets} packets at up to ` +
        `${this.fastest.toFixed(1)} a second, discarded: ${discards.join(', ') || 'nothing'}.`,
      'Visits must be longer than a window, at 8 packets a second or more, and state RSSI.',
    )
  }
}

/**
 * Reads the visits of a data set one after the other, streaming.
 * @param progress called after each visit.
 */
export async function readFeatureRows(
  dataset: Dataset,
  options: ReadingOptions,
  progress: (visit: Visit, reader: VisitReader) => void,
): Promise<FeatureRows> {
  const collector = new RowCollector()
  for (const visit of dataset.visits) {
    const reader = await readVisit(visit, options)
    collector.add(reader, visit.visit)
    progress(visit, reader)
  }
  return collector.finish(dataset.name)
}

/** Throws AjarError 'dataset.file' where the file cannot be read or carries no marker. */
async function readVisit(visit: Visit, options: ReadingOptions): Promise<VisitReader> {
  const { file, marker, session, place, day, visit: name } = visit
  const labels = { marker, session, place, visit: name, ...(day === undefined ? {} : { day }) }
  const reader = new VisitReader(labels, options)
  const sink = (chunks: AsyncIterable<Buffer>) => feed(chunks, reader)
  try {
    const bytes = createReadStream(file)
    await (file.endsWith('.gz') ? pipeline(bytes, createGunzip(), sink) : pipeline(bytes, sink))
  } catch (cause) {
    throw new AjarError(
      'dataset.file',
      `Visit ${name}: ${file} cannot be read: ${messageOf(cause)}.`,
      'Copy the recording again, or take the visit out of the data set.',
      { cause },
    )
  }
  reader.end(0)
  if (reader.packets > 0 && reader.discarded.unlabelled === reader.packets)
    throw new AjarError(
      'dataset.file',
      `Visit ${name}: no row of ${file} states a marker in a column ${visit.markerColumn}.`,
      'Give the visit a marker of its own, or a file whose rows are labelled.',
    )
  return reader
}

/** Bytes of a capture as they stand, timed by the device's clock; of an own recording with their host times. */
async function feed(chunks: AsyncIterable<Buffer>, reader: VisitReader): Promise<void> {
  const input = chunks[Symbol.asyncIterator]()
  const first = await input.next()
  if (first.done) return
  const all = prepend(first.value, input)
  if (!isRecording(first.value)) {
    for await (const bytes of all) reader.push(bytes, 0)
    return
  }
  const recording = new RecordingReader(all)
  for await (const { bytes, hostTimeUs } of recording.records()) reader.push(bytes, hostTimeUs)
  reader.simulated = recording.header?.simulated === true
  if (recording.cutBytes > 0) reader.discard('cut-record')
}

async function* prepend(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}
