/** Two seconds of one link on the signal grid. Reused; one each 200 ms. */
export interface SignalWindow {
  link: string
  /** Device time, µs, unwrapped, of the first and last row. */
  startUs: number
  endUs: number
  /** Rises at whatever makes earlier absolute levels incomparable: reboot, gain re-lock, channel change. */
  epoch: number
  layoutId: number
  rows: number
  bins: number
  /** Rows per second. */
  gridRateHz: number
  /** rows × bins, natural log of amplitude minus the row's mean; usable bins resampled to `bins`. */
  shape: Float32Array
  /** Per row: mean level over usable bins, dB (20·log10 of rms amplitude). */
  levelDb: Float32Array
  /** Per row, dBm. */
  rssiDbm: Float32Array
  /** Share of rows with a real packet near (not interpolated), 0..1. */
  realShare: number
  motion: {
    /** Lag-1 autocorrelation of the shape over near-adjacent real packets, averaged over bins. */
    lag1: number
    /** Mean over bins of the variance of log-shape within the window. */
    movingVariance: number
    moving: boolean
  }
  quality: { lossRatio: number; saturatedRatio: number; gainJump: boolean }
}
