import type { State } from '../../domain/reading.js'
import { PARAMETERS } from './parameters.js'

/** From one resting angle to the next; swings of a script follow one another without overlapping. */
export interface Swing {
  startUs: number
  durationUs: number
  toDeg: number
}

/** What the door does: where it rests, and its swings in order of time; they may be endless. */
export interface Script {
  restDeg: number
  swings: Iterable<Swing>
}

/** So many swings are kept: minutes at least, and an endless script stays bounded. */
const KEPT_SWINGS = 64

/** A script, played: the truth about the door. */
export class Door {
  private readonly swings: Iterator<Swing>
  private readonly kept: (Swing & { fromDeg: number })[] = []
  private upcoming: Swing | undefined
  private forgottenUntilUs = -Infinity
  private readonly restDeg: number

  /** @param keptSwings as many are remembered. */
  constructor(
    { restDeg, swings }: Script,
    private readonly keptSwings = KEPT_SWINGS,
  ) {
    this.restDeg = restDeg
    this.swings = swings[Symbol.iterator]()
    this.upcoming = this.pull()
  }

  /** Degrees, 0 = closed. Throws RangeError for a time more than the kept swings ago. */
  angleDeg(timeUs: number): number {
    const swing = this.lastBegun(timeUs)
    if (swing === undefined) return this.restDeg
    const share = Math.min((timeUs - swing.startUs) / swing.durationUs, 1)
    return swing.fromDeg + (swing.toDeg - swing.fromDeg) * minimumJerk(share)
  }

  state(timeUs: number): State {
    const swing = this.lastBegun(timeUs)
    if (swing === undefined) return restingState(this.restDeg)
    if (timeUs >= swing.startUs + swing.durationUs) return restingState(swing.toDeg)
    return swing.toDeg > swing.fromDeg ? 'opening' : 'closing'
  }

  private lastBegun(timeUs: number) {
    if (timeUs < this.forgottenUntilUs) throw new RangeError(`what the door did at ${timeUs} µs is forgotten`)
    while (this.upcoming !== undefined && this.upcoming.startUs <= timeUs) {
      this.kept.push({ ...this.upcoming, fromDeg: this.kept.at(-1)?.toDeg ?? this.restDeg })
      this.upcoming = this.pull()
      if (this.kept.length <= this.keptSwings) continue
      this.kept.shift()
      this.forgottenUntilUs = this.kept[0].startUs
    }
    return this.kept.findLast((swing) => swing.startUs <= timeUs)
  }

  private pull(): Swing | undefined {
    const next = this.swings.next()
    return next.done === true ? undefined : next.value
  }
}

/** Share of the way at a share of the time (Flash & Hogan, J. Neurosci. 5(7), 1985): starts and ends at rest. */
export function minimumJerk(share: number): number {
  return share ** 3 * (10 - 15 * share + 6 * share ** 2)
}

function restingState(angleDeg: number): State {
  if (angleDeg < PARAMETERS.closedBelowDeg.value) return 'closed'
  return angleDeg < PARAMETERS.openFromDeg.value ? 'ajar' : 'open'
}
