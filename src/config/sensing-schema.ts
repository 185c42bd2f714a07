import { z } from 'zod'
import { share, whole } from './fields.js'

/** Defaults and help texts of the two stages that have most of them; schema.ts puts them in their place. */

export const signal = z.strictObject({
  windowMs: whole(500, 10_000).default(2000).describe('Length of a window'),
  hopMs: whole(50, 2000).default(200).describe('Time between windows'),
  bins: whole(16, 128).default(52).describe('Values per row'),
  maxGridRateHz: z.number().min(5).max(50).default(50).describe('Highest grid rate'),
  gridShare: share.default(0.8).describe('Grid rate as a share of the observed packet rate'),
  maxInterpolationMs: whole(20, 1000).default(200).describe('Longest gap that is interpolated'),
  breakMs: whole(100, 5000).default(500).describe('Gap that ends a window'),
  minRealShare: share.default(0.8).describe('Share of rows that need a real packet'),
  minPacketsPerSecond: z.number().min(0).max(100).default(8).describe('Below it there is no live reading'),
  hampelWindow: whole(3, 15).default(7).describe('Packets in the outlier filter'),
  hampelThreshold: z
    .number()
    .min(1)
    .max(20)
    .default(5)
    .describe('Outliers, scaled median absolute deviations'),
  saturatedShare: share
    .default(0.05)
    .describe("Share of a packet's bins at the limit above which it is discarded"),
  gainJumpDb: z.number().positive().default(2).describe('Step of the level that counts as a gain jump, dB'),
  gainJumpShape: z.number().positive().default(0.05).describe('Change of shape up to which it does'),
  motionWindowMs: whole(200, 10_000)
    .default(1500)
    .describe('Newest part of a window that motion is read from'),
  motionLag1: z
    .number()
    .min(0)
    .max(1)
    .default(0.15)
    .describe('Factory threshold of the lag-1 autocorrelation'),
  motionVariance: z.number().positive().default(0.0004).describe('Least correlated variance that is motion'),
  motionMinMs: whole(0, 5000).default(200).describe('Motion begins and ends once seen for this long'),
  motionFalseAlarmsPerDay: z
    .number()
    .positive()
    .default(1)
    .describe('Of a threshold learned from quiet time'),
})

export const decision = z.strictObject({
  minConfidence: share.default(0.65).describe('Least posterior at which a state is shown'),
  keepConfidence: share.default(0.5).describe('A shown state is kept until its posterior falls below this'),
  movingConfidence: share
    .default(0.9)
    .describe('Least posterior at which a place is shown before motion has ended'),
  confirmingExponent: share.default(0.4).describe('Exponent on the standing channel once events are read'),
  confidenceStep: share.default(0.05).describe('Change of the confidence that makes a new reading'),
  evidenceExponent: share.default(0.5).describe('Exponent on the evidence of one quiet interval'),
  evidenceFloor: z
    .number()
    .positive()
    .max(0.5)
    .default(0.02)
    .describe('The least that a window may say of a state'),
  minQuietMs: whole(0, 1000).default(600).describe('Quiet before its evidence counts'),
  settleMs: whole(0, 5000).default(200).describe('Windows this soon after motion are no evidence'),
  recentMs: whole(500, 60_000).default(3000).describe('Memory of what is seen now'),
  outOfDistributionLimit: z.number().positive().default(1).describe("1 = the training's 99th percentile"),
  jumpProbability: share.default(1e-6).describe('Of a change unseen within one second of quiet'),
  swingsPerSecond: z
    .number()
    .positive()
    .max(10)
    .default(0.2)
    .describe('Rate at which swings begin while there is motion'),
  laterSwingsPerSecond: z
    .number()
    .positive()
    .max(10)
    .default(0.03)
    .describe('The same once motion has lasted longer than any swing'),
  swingMinMs: whole(100, 60_000).default(800).describe('Shortest swing of the door'),
  swingMaxMs: whole(100, 60_000).default(4500).describe('Longest swing of the door'),
  reversalShare: share.default(0.2).describe('Share of swings that end where they began'),
  ajarShare: share.default(0.25).describe('Share of the others that end ajar'),
  gapResetMs: whole(200, 60_000).default(2000).describe('Silence after which nothing earlier counts'),
  staleMs: whole(500, 4500).default(3000).describe('No window for this long is sensor loss'),
})
