import type { LinkHealth } from '../../domain/link.js'
import type { Reason } from '../../domain/reason.js'
import {
  GAIN_NOT_LOCKED,
  lossHigh,
  NO_PACKETS,
  rateLow,
  rateModest,
  saturated,
  tooStrong,
  tooWeak,
} from './placement-advice.js'

/** Below it a swing of 0.8 s is a few dozen packets; the transmitters of esp-csi send 100 (D). */
const BETTER_PACKETS_PER_SECOND = 50
/** With a fifth lost four of five rows of the grid are still real, which a window needs (signal.minRealShare). */
const MOST_LOSS = 0.2
/** Saturated packets are left out like lost ones; half of what may be lost (D). */
const MOST_SATURATED = 0.1
/** Below it an ESP32 is 15 dB above its noise floor at most and shapes are noise (D). */
const WEAKEST_DBM = -75
/** Above it the front end is near its limit and the direct path outshines the door (D). */
const STRONGEST_DBM = -25

export interface LinkFigures {
  packetsPerSecond: number
  lossRatio: number
  saturatedRatio: number
  rssiDbm: number
  gainLocked: boolean | undefined
}

/** Whether packets come as they must: medians over the samples since the start. Pure. */
export class LinkCheck {
  private readonly samples: LinkHealth[] = []
  private first: LinkHealth | undefined

  constructor(private readonly leastPacketsPerSecond: number) {}

  sample(health: LinkHealth): void {
    this.first ??= health
    this.samples.push(health)
  }

  figures(): LinkFigures {
    const { samples, first } = this
    const last = samples.at(-1)
    // A link that was opened at the start takes a few seconds to be known.
    const later = samples.slice(samples.length >> 1)
    const received = (last?.counters.received ?? 0) - (first?.counters.received ?? 0)
    const overdriven = (last?.counters.discarded.saturated ?? 0) - (first?.counters.discarded.saturated ?? 0)
    return {
      packetsPerSecond: median(later.map(({ packetsPerSecond }) => packetsPerSecond)),
      lossRatio: median(later.map(({ lossRatio }) => lossRatio)),
      rssiDbm: median(later.map(({ rssiDbm }) => rssiDbm)),
      saturatedRatio: received > 0 ? overdriven / received : NaN,
      gainLocked: last?.gainLocked,
    }
  }

  /** Why this link will not do, gravest first. */
  reasons(): Reason[] {
    const { packetsPerSecond, lossRatio, saturatedRatio, rssiDbm } = this.figures()
    if (saturatedRatio > MOST_SATURATED) return [saturated(saturatedRatio)]
    if (!(packetsPerSecond > 0)) {
      const [known] = this.samples.at(-1)?.reasons ?? []
      return [known === undefined ? NO_PACKETS : { ...NO_PACKETS, text: known.text, hint: known.hint }]
    }
    const reasons: Reason[] = []
    const { leastPacketsPerSecond } = this
    if (packetsPerSecond < leastPacketsPerSecond)
      reasons.push(rateLow(packetsPerSecond, leastPacketsPerSecond))
    if (lossRatio > MOST_LOSS) reasons.push(lossHigh(lossRatio))
    if (rssiDbm < WEAKEST_DBM) reasons.push(tooWeak(rssiDbm))
    if (rssiDbm > STRONGEST_DBM) reasons.push(tooStrong(rssiDbm))
    return reasons
  }

  /** What would be better. */
  notes(): Reason[] {
    const { packetsPerSecond, gainLocked } = this.figures()
    const notes: Reason[] = []
    if (packetsPerSecond < BETTER_PACKETS_PER_SECOND)
      notes.push(rateModest(packetsPerSecond, BETTER_PACKETS_PER_SECOND))
    if (gainLocked === false) notes.push(GAIN_NOT_LOCKED)
    return notes
  }
}

/** Of those that are known. */
function median(values: readonly number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((one, other) => one - other)
  return sorted.length === 0 ? NaN : sorted[sorted.length >> 1]
}
