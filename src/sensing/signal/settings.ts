/**
 * What the signal stage is tuned by. A complete object: defaults stand in config/schema.ts alone and are
 * named here with their source: (R) read in the literature, (M) measured on public recordings, (D) a design value.
 * Constants that no site has reason to tune stand beside their use, with their source named in the same way.
 */
export interface SignalSettings {
  /** Length of a window, ms. Default 2000 (D). */
  windowMs: number
  /** Time between the ends of two windows, ms. Default 200 (D). */
  hopMs: number
  /** Values per row: usable bins are resampled to this many. Default 52, the data subcarriers of L-LTF and HT20 (R). */
  bins: number
  /** Highest grid rate, rows per second. Default 50 (D). */
  maxGridRateHz: number
  /** Grid rate as a share of the observed packet rate, 0..1. Default 0.8 (D). */
  gridShare: number
  /**
   * Longest gap between packets that is interpolated, ms. Default 200 (D). At least 1.5 packet intervals are
   * always allowed, which matters offline, where `minPacketsPerSecond` is below 8.
   */
  maxInterpolationMs: number
  /** Gap that ends a window: the next begins after it, ms. Default 500 (D). At least 3 packet intervals. */
  breakMs: number
  /** Share of rows that need a real packet within half a grid step, 0..1. Default 0.8 (D). */
  minRealShare: number
  /** Below this no window is made, packets per second. Default 8 (D); 0 for offline work on slow recordings. */
  minPacketsPerSecond: number
  /** Packets in the outlier filter, centred; odd, 3..15. Default 7 (R). */
  hampelWindow: number
  /** Outliers lie further from the median than this many scaled median absolute deviations. Default 5 (R). */
  hampelThreshold: number
  /** A packet with more than this share of its usable bins at the ADC's limit is discarded, 0..1. Default 0.05 (D). */
  saturatedShare: number
  /** Step of the level with no change of shape that counts as a gain jump, dB. Default 2 (D; a classic ESP32 jumps by 3, M). */
  gainJumpDb: number
  /** Change of shape up to which a step of the level is a gain jump, rms of log amplitude. Default 0.05 (D). */
  gainJumpShape: number
  /** The newest part of a window that motion is read from, ms, at most `windowMs`. Default 1500 (D). */
  motionWindowMs: number
  /**
   * Factory threshold of the lag-1 autocorrelation, on top of one standard error of white noise. Default 0.15 (D):
   * five times the median of quiet rooms (0.03, M). Lowered by itself once enough quiet time has been seen.
   */
  motionLag1: number
  /** Least correlated variance (lag1 × movingVariance) that is motion, log amplitude². Default 0.0004, 2 % rms (D). */
  motionVariance: number
  /** Motion begins and ends once seen for this long, ms. Default 200 (D). */
  motionMinMs: number
  /** False beginnings of motion a day that a threshold learned from quiet time may have. Default 1 (D). */
  motionFalseAlarmsPerDay: number
}
