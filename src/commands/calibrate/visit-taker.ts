import type { VisitEvidence } from '../../learning/commissioning/visit-evidence.js'
import { AjarError } from '../../platform/errors.js'

export interface TakeRequest {
  /** Where the recording belongs. */
  file: string
  marker: string
  state: 'closed' | 'ajar' | 'open'
  seconds: number
  /** Of the plan, from 0; and of the session, from 1: where a simulated door's time goes on. */
  session: number
  take: number
  note: string
}

/** Where visits come from: the receiver's port, the appliance that holds it, or the simulator. */
export interface VisitTaker {
  /** For a person. */
  readonly origin: string
  /** The bytes are. */
  readonly simulated: boolean
  start(signal: AbortSignal): Promise<void>
  /** A session begins anew where the receiver does: true where it was reset, and was seen to be. */
  resetReceiver(signal: AbortSignal): Promise<boolean>
  /** Until nothing has moved for a while; false where that does not come. */
  untilQuiet(signal: AbortSignal): Promise<boolean>
  /** Records; a visit that can no longer be kept ends early. Throws AjarError 'calibrate.stopped' and what keeps it from recording. */
  take(request: TakeRequest, signal: AbortSignal): Promise<VisitEvidence>
  stop(): Promise<void>
}

/** Still for so long before a visit begins; people need longer to sit down than to stop (D). */
export const QUIET_MS = 3000
/** Nobody is waited for longer than this (D). */
export const MOST_QUIET_WAIT_MS = 60_000

export function stopped(): AjarError {
  return new AjarError(
    'calibrate.stopped',
    'The calibration was stopped; every visit that was accepted is kept.',
    'Give the same command again: it goes on with the open visits.',
  )
}
