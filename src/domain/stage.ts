/**
 * One step of the data path. `push` may emit none, one or several outputs before it returns; outputs
 * are reused and valid until the stage's next call: copy to keep.
 */
export interface Stage<I, O> {
  push(input: I, emit: (output: O) => void): void
  /** Forgets the stream's state (a new connection, a gap); `reason` goes into diagnostics. */
  reset(reason: string): void
}
