import type { Reason } from '../../domain/reason.js'

/** What the recording is replayed with. */
export interface ReplayedWith {
  file: string
  simulated: boolean
  model: string
  engine: string
  /** Why there is no model. */
  modelReason?: Reason
  settingsHash: string
}
