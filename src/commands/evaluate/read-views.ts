import { defaultConfig } from '../../config/load.js'
import { readFeatureRows, type FeatureRows } from '../../learning/dataset/feature-rows.js'
import type { Dataset } from '../../learning/dataset/manifest.js'
import type { FeatureRow } from '../../learning/dataset/visit-reader.js'
import { windowColumns } from '../../learning/evaluation/columns.js'
import type { View } from '../../learning/evaluation/method.js'
import { NETWORK_ROWS_OF_VISIT } from '../../learning/training/families.js'
import { spreadByVisit } from '../../learning/training/spread.js'
import { AjarError } from '../../platform/errors.js'
import { featureExtractor, type WindowMeasure } from '../../sensing/model/features.js'

/** Rows of a file that labels its rows itself: it holds several visits, which are thinned when they are known. */
const ROWS_OF_LABELLED_FILE = 128

export interface Views {
  views: Map<View, FeatureRow[]>
  read: FeatureRows
  markers: string[]
  notes: string[]
}

/**
 * Reads the rows that the methods look at; the recordings once more for the whole runs of windows, where a convolution
 * wants them, and once more without the receiver's gains, where it states them. Slow recordings are read too: what is
 * live needs 8 packets a second, the standing channel does not. Throws AjarError 'usage.marker' for an unknown one.
 */
export async function readViews(
  dataset: Dataset,
  wanted: { markers?: readonly string[]; sequences: boolean; gainsIgnored: boolean },
  progress: (line: string) => void,
): Promise<Views> {
  const { signal, receiver } = defaultConfig()
  const readAs = async (what: string, measure: WindowMeasure, options = {}) => {
    let done = 0
    return readFeatureRows(
      dataset,
      {
        signal: { ...signal, minPacketsPerSecond: 0 },
        features: measure,
        judge: measure,
        transmitters: receiver.transmitters,
        tablePacketsPerSecond: receiver.tablePacketsPerSecond,
        notStated: 'keep',
        ...options,
      },
      ({ visit }, { packets, windows }) =>
        progress(
          `${what}${++done}/${dataset.visits.length} ${visit}: ${packets} packets, ${windows} windows`,
        ),
    )
  }
  const read = await readAs('', windowColumns)
  const notes: string[] = []
  const chosen = selector(read.rows, wanted.markers)
  const select = (rows: readonly FeatureRow[]) => {
    const some = chosen(rows)
    const alike = statingMost(some)
    if (alike.length < some.length)
      notes.push(`${some.length - alike.length} windows are left out: they do not state RSSI, others do`)
    return alike
  }
  const windows = select(read.rows)
  const views = new Map<View, FeatureRow[]>([
    ['windows', windows],
    ['few-windows', spreadByVisit(windows, NETWORK_ROWS_OF_VISIT)],
  ])
  if (wanted.sequences) {
    const labelled = dataset.visits.some(({ marker }) => marker === '')
    const mostRows = labelled ? ROWS_OF_LABELLED_FILE : NETWORK_ROWS_OF_VISIT
    const { rows } = await readAs('sequences, ', featureExtractor('sequence'), { mostRows })
    views.set('sequences', spreadByVisit(select(rows), NETWORK_ROWS_OF_VISIT))
  }
  if (wanted.gainsIgnored && read.gainsStated) {
    const { rows } = await readAs('gains ignored, ', windowColumns, { ignoreGains: true })
    views.set('gains-ignored', select(rows))
  }
  return { views, read, markers: [...new Set(windows.map(({ marker }) => marker))].sort(), notes }
}

/** Rows of the dialects that state most: a method takes the same columns of every row. */
function statingMost(rows: readonly FeatureRow[]): FeatureRow[] {
  const missing = rows.map(({ features }) =>
    features.reduce((sum, value) => sum + Number(Number.isNaN(value)), 0),
  )
  const least = missing.reduce((less, one) => Math.min(less, one), Infinity)
  return rows.filter((_, row) => missing[row] === least)
}

function selector(rows: readonly FeatureRow[], markers: readonly string[] | undefined) {
  const known = [...new Set(rows.map(({ marker }) => marker))].sort()
  const strange = markers?.find((marker) => !known.includes(marker))
  if (strange !== undefined)
    throw new AjarError('usage.marker', `No window is of marker ${strange}.`, `Markers: ${known.join(', ')}.`)
  return (some: readonly FeatureRow[]) =>
    some.filter(({ marker }) => markers === undefined || markers.includes(marker))
}
