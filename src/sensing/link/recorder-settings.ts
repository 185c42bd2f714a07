/** What recordings that the API asks for may take; defaults stand in config/schema.ts. */
export interface RecorderSettings {
  /** Bytes of all of them together. Default 512 MiB (D): eight of the longest, a sixteenth of a small card. */
  maxBytes: number
}
