import type { SignalWindow } from '../../domain/window.js'
import { GainJump } from './gain-jump.js'
import { fillGrid, GridRate } from './grid.js'
import type { PacketHistory } from './history.js'
import { MotionDetector, MotionMeter } from './motion.js'
import type { SignalSettings } from './settings.js'

/** A row each 1.5 packet intervals is still interpolated at rates below the live minimum (offline only) (D). */
const INTERPOLATION_INTERVALS = 1.5
/** What can be interpolated between. */
const FEWEST_ROWS = 2

/** Makes a window of the packet history at each hop that packets cover. Owns the epoch. */
export class WindowMaker {
  /** Packets are missing: no window since. */
  gaps = false
  private epoch = 0
  private used = false
  /** End of the window that showed a gain jump first; it is seen for one window's length. */
  private jumpedUs = NaN
  /** End of the next window, device time; NaN before the first packet of a stretch. */
  private nextEndUs = NaN
  private readonly grid: GridRate
  private readonly meter: MotionMeter
  private readonly motion: MotionDetector
  private readonly gainJump: GainJump
  private readonly shape: Float32Array
  private readonly levelDb: Float32Array
  private readonly rssiDbm: Float32Array
  private readonly window: SignalWindow

  constructor(
    link: string,
    private readonly settings: SignalSettings,
    private readonly history: PacketHistory,
  ) {
    const { bins, windowMs, maxGridRateHz } = settings
    const maxRows = Math.round((windowMs / 1000) * maxGridRateHz)
    this.grid = new GridRate(settings)
    this.meter = new MotionMeter(bins)
    this.motion = new MotionDetector(settings)
    this.gainJump = new GainJump(settings, maxRows)
    this.shape = new Float32Array(maxRows * bins)
    this.levelDb = new Float32Array(maxRows)
    this.rssiDbm = new Float32Array(maxRows)
    this.window = {
      link,
      startUs: NaN,
      endUs: NaN,
      epoch: 0,
      layoutId: 0,
      rows: 0,
      bins,
      gridRateHz: NaN,
      shape: this.shape,
      levelDb: this.levelDb,
      rssiDbm: this.rssiDbm,
      realShare: 0,
      motion: { lag1: 0, movingVariance: 0, moving: false },
      quality: { lossRatio: 0, saturatedRatio: 0, gainJump: false },
    }
  }

  /**
   * After a row was added to the history: emits the windows that it completes. `periodUs`: packet interval;
   * `gainKnown`: the receiver cannot have changed its gain without saying so.
   */
  make(layoutId: number, periodUs: number, gainKnown: boolean, emit: (window: SignalWindow) => void): void {
    const { history, settings, window } = this
    this.used = true
    if (history.length === 0) return
    if (Number.isNaN(this.nextEndUs)) this.nextEndUs = history.timeOf(0) + settings.windowMs * 1000
    const newestUs = history.timeOf(history.length - 1)
    for (; this.nextEndUs <= newestUs; this.nextEndUs += settings.hopMs * 1000) {
      window.layoutId = layoutId
      window.endUs = this.nextEndUs
      if (this.fill(periodUs, gainKnown)) emit(window)
    }
  }

  /** What was before is no longer comparable. */
  beginEpoch(): void {
    if (this.used) this.epoch++
    this.used = false
    this.grid.clear()
    this.motion.clear()
    this.interrupt()
    this.gaps = false
  }

  /** Packets were missing for too long: the next window begins with the next packet. */
  interrupt(): void {
    this.history.clear()
    this.motion.interrupt()
    this.nextEndUs = NaN
    this.jumpedUs = NaN
    this.gaps = true
  }

  private fill(periodUs: number, gainKnown: boolean): boolean {
    const { history, settings, window } = this
    const packetsPerSecond = this.observe()
    if (!(packetsPerSecond >= settings.minPacketsPerSecond)) return false
    this.grid.observe(packetsPerSecond)
    if (this.grid.rows < FEWEST_ROWS) return false
    this.fitRows()
    const maxGapUs = Math.max(settings.maxInterpolationMs * 1000, INTERPOLATION_INTERVALS * (periodUs || 0))
    this.gaps = !fillGrid(history, window, maxGapUs) || window.realShare < settings.minRealShare
    if (this.gaps) return false
    const motionFromUs = window.endUs - settings.motionWindowMs * 1000
    const statistic = this.meter.measure(history, motionFromUs, window.endUs, periodUs)
    window.motion.lag1 = statistic.lag1
    window.motion.movingVariance = statistic.movingVariance
    window.motion.moving = this.motion.push(statistic)
    const jump = !gainKnown && !window.motion.moving && this.gainJump.within(window)
    if (jump && !(window.endUs - this.jumpedUs < settings.windowMs * 1000)) {
      this.epoch++
      this.jumpedUs = window.endUs
    }
    window.quality.gainJump = jump
    window.epoch = this.epoch
    return true
  }

  /** Packets per second over the window; what was lost and saturated in it goes into its quality. */
  private observe(): number {
    const { history, settings, window } = this
    const from = history.indexAt(window.endUs - settings.windowMs * 1000)
    const to = history.indexAt(window.endUs)
    let lost = 0
    let saturated = 0
    for (let row = from + 1; row < to; row++) {
      lost += history.lost[history.slot(row)]
      saturated += history.saturated[history.slot(row)]
    }
    const packets = to - from
    window.quality.lossRatio = lost / (lost + saturated + packets)
    window.quality.saturatedRatio = saturated / (saturated + packets)
    return ((packets - 1) * 1e6) / (history.timeOf(to - 1) - history.timeOf(from))
  }

  /** The window's arrays are views of the grid's size, made anew only when that changes. */
  private fitRows(): void {
    const { window, grid } = this
    if (window.rows === grid.rows) return
    window.rows = grid.rows
    window.gridRateHz = grid.rateHz
    window.shape = this.shape.subarray(0, grid.rows * window.bins)
    window.levelDb = this.levelDb.subarray(0, grid.rows)
    window.rssiDbm = this.rssiDbm.subarray(0, grid.rows)
  }
}
