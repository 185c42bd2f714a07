import type { CsiPacket } from '../../domain/packet.js'
import type { SignalWindow } from '../../domain/window.js'
import { meanVector } from '../survey/mean-vector.js'
import { visitNumbers } from '../survey/visits.js'

const SECOND_US = 1e6
/** Long enough for a mean that noise hardly moves, short beside a visit (D). */
const BLOCK_SECONDS = 5

/** What a visit has shown so far: sums over its windows, and the mean of each second. */
export class VisitEvidence {
  packets = 0
  windows = 0
  /** Windows of them in which something moved. */
  moving = 0
  /** Windows since something moved last. */
  still = 0
  /** The same of windows whose level jumped without a change of shape. */
  gainJumps = 0
  saturated = 0
  /** Of the windows: log-shape, level (mean and sd, dB), RSSI (mean and sd); one a second. */
  readonly seconds: Float64Array[] = []
  readonly boots = new Set<number>()
  readonly layouts = new Set<number>()
  private readonly epochs = new Set<number>()
  private lost = 0
  private firstUs = NaN
  private lastUs = NaN
  private nextSecondUs = NaN

  packet({ deviceTimeUs, bootId }: CsiPacket): void {
    this.packets++
    this.boots.add(bootId)
    if (Number.isNaN(deviceTimeUs)) return
    // After a reset the clock begins anew: the time before it counts no more.
    if (!(deviceTimeUs >= this.lastUs)) this.firstUs = deviceTimeUs
    this.lastUs = deviceTimeUs
  }

  discarded(reason: string): void {
    if (reason === 'saturated') this.saturated++
  }

  window(window: SignalWindow): void {
    const { motion, quality, endUs, epoch, layoutId } = window
    this.windows++
    if (motion.moving) this.moving++
    this.still = motion.moving ? 0 : this.still + 1
    if (quality.gainJump) this.gainJumps++
    this.lost += quality.lossRatio
    this.epochs.add(epoch)
    this.layouts.add(layoutId)
    if (endUs < this.nextSecondUs) return
    this.nextSecondUs = endUs + SECOND_US
    this.seconds.push(newestSecond(window))
  }

  /** Of the device's clock, since the first packet or the last reset. */
  get durationSeconds(): number {
    return Number.isNaN(this.firstUs) ? 0 : (this.lastUs - this.firstUs) / 1e6
  }

  get packetsPerSecond(): number {
    return this.durationSeconds > 0 ? this.packets / this.durationSeconds : 0
  }

  get movingShare(): number {
    return this.share(this.moving)
  }

  get gainJumpShare(): number {
    return this.share(this.gainJumps)
  }

  get lossRatio(): number {
    return this.share(this.lost)
  }

  get saturatedRatio(): number {
    return this.packets === 0 ? 0 : this.saturated / this.packets
  }

  get epochCount(): number {
    return this.epochs.size
  }

  /** Of the whole visit; not to be asked for before there is a window. */
  get mean(): Float64Array {
    return meanVector(this.seconds)
  }

  /** Means of each `BLOCK_SECONDS` of the visit; the rest at its end, if it is shorter, goes with the last. */
  get blocks(): Float64Array[] {
    const { seconds } = this
    const count = Math.max(1, Math.floor(seconds.length / BLOCK_SECONDS))
    return Array.from({ length: seconds.length === 0 ? 0 : count }, (_, block) =>
      meanVector(
        seconds.slice(block * BLOCK_SECONDS, block + 1 === count ? undefined : (block + 1) * BLOCK_SECONDS),
      ),
    )
  }

  private share(count: number): number {
    return this.windows === 0 ? 0 : count / this.windows
  }
}

/** `visitNumbers` of the newest second of a window alone: windows overlap. */
function newestSecond(window: SignalWindow): Float64Array {
  const rows = Math.min(window.rows, Math.max(1, Math.round(window.gridRateHz)))
  const from = window.rows - rows
  const numbers = new Float32Array(visitNumbers.size)
  visitNumbers.extract(
    {
      ...window,
      rows,
      shape: window.shape.subarray(from * window.bins),
      levelDb: window.levelDb.subarray(from),
      rssiDbm: window.rssiDbm.subarray(from),
    },
    numbers,
  )
  return Float64Array.from(numbers)
}
