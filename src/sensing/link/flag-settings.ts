/** What flags may take; defaults stand in config/schema.ts. */
export interface FlagSettings {
  /** Of the past that a flag keeps. Default 120 (D): a person walks to the screen and finds the button. */
  seconds: number
  /** Memory for it, bytes. Default 12 MiB: 120 s at 921600 baud are 11.06 MB, and their records' heads. */
  memoryBytes: number
  /** Default 20 (D). */
  maxFlags: number
  /** Of all together. Default 128 MiB (D): ten of a line that is full all the time, and a small share of a card. */
  maxBytes: number
}
