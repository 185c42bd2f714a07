import type { FeatureRow } from '../../../../src/learning/dataset/visit-reader.js'
import { COLUMN, windowColumns } from '../../../../src/learning/evaluation/columns.js'
import { seededNormal } from '../../../support/packets.js'

interface Plan {
  seed?: number
  markers?: readonly string[]
  sessions?: number
  windows?: number
  /** Writes the columns of one window; every column is noise of sd 1 before. */
  write(columns: Float32Array, marker: string, session: number, normal: () => number): void
}

/** Rows as `ajar evaluate` reads them, each session at a place and on a day of its own pair. */
export function columnRows({
  seed = 1,
  markers = ['a', 'b'],
  sessions = 6,
  windows = 12,
  write,
}: Plan): FeatureRow[] {
  const normal = seededNormal(seed)
  const rows: FeatureRow[] = []
  for (let s = 0; s < sessions; s++)
    for (const marker of markers)
      for (let w = 0; w < windows; w++) {
        const features = Float32Array.from({ length: windowColumns.size }, normal)
        write(features, marker, s, normal)
        rows.push({
          features,
          judged: features,
          marker,
          session: `s${s}`,
          place: s % 2 === 0 ? 'hall' : 'attic',
          day: `2026-01-0${1 + Math.floor(s / 2)}`,
          visit: `s${s}-${marker}`,
        })
      }
  return rows
}

/** The markers differ by 10 dB of RSSI and level. */
export const byLevel = (columns: Float32Array, marker: string): void => {
  for (const column of [COLUMN.rssi, COLUMN.rssiMedian, COLUMN.level, COLUMN.levelMedian])
    columns[column] += marker === 'a' ? 0 : 10
}
