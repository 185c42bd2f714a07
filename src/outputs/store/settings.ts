/**
 * What the store keeps. A complete object: defaults stand in config/schema.ts alone and are named here with
 * their source: (M) measured, (D) a design value.
 */
export interface StoreSettings {
  /** How long readings are kept, days, 1..3650. Default 90 (D). */
  retentionDays: number
  /** How long telemetry is kept, days, 1..3650. Default 30: about 45 MB (M). */
  telemetryRetentionDays: number
  /** Cap of the database file, bytes; at the cap the oldest rows make room. Default 128 MiB (D). */
  maxBytes: number
  /** Telemetry is written this often, ms. Default 60000: rows of one second cost a card 30 times as much (M). */
  telemetryIntervalMs: number
  /** Items kept for the trainer. Beyond it those of lowest priority go, oldest first, counted. Default 10000 (D). */
  outboxMaxItems: number
  /** Bytes of their bodies, at most half of maxBytes; beyond it as above. Default 32 MiB (D). */
  outboxMaxBytes: number
}
