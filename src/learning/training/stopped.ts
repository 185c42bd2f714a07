import { AjarError } from '../../platform/errors.js'

/** Throws AjarError 'train.stopped' where the command was asked to stop. */
export function refuseIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return
  throw new AjarError(
    'train.stopped',
    'Training was stopped before its end.',
    'Run the same command again: folds that are done are not done again.',
  )
}
