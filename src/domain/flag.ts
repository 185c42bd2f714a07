import type { DoorReading } from './reading.js'

/** What Ajar said of the door, at a time of the recording: the parts of a reading that one may doubt. */
export interface ToldReading extends Pick<
  DoorReading,
  'state' | 'motion' | 'confidence' | 'reason' | 'epoch' | 'provisional'
> {
  /** Host monotonic time, µs, as in the records. */
  atUs: number
}

/** What happened to the link, at a time of the recording. */
export interface ToldEvent {
  atUs: number
  type: 'open' | 'lost' | 'end'
  detail: string
}

/** What is kept beside the bytes when somebody says that a reading is wrong. */
export interface FlagContext {
  /** Host monotonic time of the flag, µs, as in the records. */
  atUs: number
  /** Wall clock of the flag, ms since 1970, and whether it had been set. */
  atMs: number
  wallTrusted: boolean
  /** From the first record to the last. */
  seconds: number
  version: string
  doorId: string
  /** What was shown at that moment; its own time is when it was decided. */
  reading: ToldReading
  /** Empty = no model, nothing that executed it. */
  model: string
  engine: string
  /** Of the settings that readings depend on: another one may read otherwise. */
  settingsHash: string
  /** Before it, oldest first. */
  recent: readonly ToldReading[]
  events: readonly ToldEvent[]
}

/** A flag that is kept. */
export interface Flag {
  id: string
  /** On the machine. */
  file: string
  /** Of the file. */
  bytes: number
  /** Of the link's bytes that it holds. */
  seconds: number
  /** Wall clock, ms since 1970. */
  atMs: number
  note: string
  simulated: boolean
  reading: ToldReading
  model: string
  engine: string
}

export interface FlagStatus {
  /** Oldest first. */
  flags: readonly Flag[]
  /** Since the start: flags that made room for newer ones. */
  dropped: number
  /** Files in the folder that are no flag that can be read. */
  unreadable: number
  /** What could be flagged now. */
  recent: { seconds: number; bytes: number; droppedBytes: number }
}
