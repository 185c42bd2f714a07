import type { SignalSettings } from './settings.js'
import type { SignalWindow } from '../../domain/window.js'
import type { PacketHistory } from './history.js'

/** Beyond this ratio a packet rate no longer fits the grid that was chosen for it (D) … */
const MISFIT = 1.25
/** … and after so many windows in a row of it, 5 s, the grid is chosen anew (D). */
const MISFITS_TO_RELOCK = 25

/** The rate of the time grid: measured over the first window, then held so that windows stay comparable. */
export class GridRate {
  rows = 0
  rateHz = NaN
  private misfits = 0

  constructor(private readonly settings: SignalSettings) {}

  /** Takes note of the packet rate over one window. */
  observe(packetsPerSecond: number): void {
    const { gridShare, maxGridRateHz, windowMs } = this.settings
    const rows = Math.round((windowMs / 1000) * Math.min(maxGridRateHz, gridShare * packetsPerSecond))
    const fits = rows <= this.rows * MISFIT && rows * MISFIT >= this.rows
    this.misfits = fits ? 0 : this.misfits + 1
    if (this.rows > 0 && this.misfits < MISFITS_TO_RELOCK) return
    this.rows = rows
    this.rateHz = (rows * 1000) / windowMs
    this.misfits = 0
  }

  clear(): void {
    this.rows = 0
    this.rateHz = NaN
    this.misfits = 0
  }
}

/** The arrays of a window that `fillGrid` writes. */
type Rows = Pick<SignalWindow, 'startUs' | 'endUs' | 'rows' | 'bins' | 'gridRateHz' | 'realShare'> &
  Pick<SignalWindow, 'shape' | 'levelDb' | 'rssiDbm'>

/**
 * Interpolates packets linearly to the rows that end at `window.endUs`; sets startUs and realShare. False,
 * and the window is not to be used, where packets do not cover it or lie further apart than `maxGapUs`.
 */
export function fillGrid(history: PacketHistory, window: Rows, maxGapUs: number): boolean {
  const { rows, bins, shape, levelDb, rssiDbm } = window
  const stepUs = 1e6 / window.gridRateHz
  window.startUs = window.endUs - (rows - 1) * stepUs
  let after = history.indexAt(window.startUs)
  let real = 0
  for (let row = 0; row < rows; row++) {
    const rowUs = window.endUs - (rows - 1 - row) * stepUs
    while (after < history.length && history.timeOf(after) < rowUs) after++
    if (after === history.length) return false
    const afterUs = history.timeOf(after)
    const before = afterUs === rowUs ? after : after - 1
    if (before < 0) return false
    const beforeUs = history.timeOf(before)
    const gapUs = afterUs - beforeUs
    if (gapUs > maxGapUs) return false
    const share = gapUs === 0 ? 0 : (rowUs - beforeUs) / gapUs
    if (Math.min(rowUs - beforeUs, afterUs - rowUs) <= stepUs / 2) real++
    const a = history.slot(before)
    const b = history.slot(after)
    levelDb[row] = history.levelDb[a] + share * (history.levelDb[b] - history.levelDb[a])
    rssiDbm[row] = history.rssiDbm[a] + share * (history.rssiDbm[b] - history.rssiDbm[a])
    for (let bin = 0, to = row * bins, i = a * bins, j = b * bins; bin < bins; bin++, to++, i++, j++)
      shape[to] = history.shape[i] + share * (history.shape[j] - history.shape[i])
  }
  window.realShare = real / rows
  return true
}
