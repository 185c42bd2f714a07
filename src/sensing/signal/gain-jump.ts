import type { SignalSettings } from './settings.js'
import type { SignalWindow } from '../../domain/window.js'

/**
 * Looks for a lasting step of the level with no change of shape: a receiver that changed its gain without
 * saying so. Compares the first with the last quarter of a window, the level by medians, so that single packets
 * at another gain (3–18 % on unlocked chips, M) do not count. Motion moves the level too: ask in quiet only, and
 * only where the gain is not known, because a door that comes to rest can do the same (simulated).
 */
export class GainJump {
  private readonly scratch: Float32Array

  constructor(
    private readonly settings: SignalSettings,
    maxRows: number,
  ) {
    this.scratch = new Float32Array(maxRows >> 2)
  }

  within({ rows, bins, shape, levelDb }: Pick<SignalWindow, 'rows' | 'bins' | 'shape' | 'levelDb'>): boolean {
    const quarter = rows >> 2
    if (quarter === 0) return false
    const stepDb = this.median(levelDb, rows - quarter, rows) - this.median(levelDb, 0, quarter)
    if (Math.abs(stepDb) < this.settings.gainJumpDb) return false
    let squares = 0
    for (let bin = 0; bin < bins; bin++) {
      let change = 0
      for (let row = 0; row < quarter; row++)
        change += shape[(rows - quarter + row) * bins + bin] - shape[row * bins + bin]
      squares += (change / quarter) ** 2
    }
    return Math.sqrt(squares / bins) < this.settings.gainJumpShape
  }

  private median(values: Float32Array, from: number, to: number): number {
    const sorted = this.scratch.subarray(0, to - from)
    sorted.set(values.subarray(from, to))
    return sorted.sort()[sorted.length >> 1]
  }
}
