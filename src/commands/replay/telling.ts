import type { RecordingHeader } from '../../sensing/link/recording.js'
import type { FlagVerdict } from './flag-verdict.js'
import type { ReplayedWith } from './replayed-with.js'
import type { ReplayListener, ReplayOutcome } from './replayed-link.js'

/** Where a replay is told to: for people or for machines. */
export interface Telling extends ReplayListener {
  begin(header: RecordingHeader | undefined, used: ReplayedWith): void
  end(outcome: ReplayOutcome, verdict: FlagVerdict | undefined): void
}
