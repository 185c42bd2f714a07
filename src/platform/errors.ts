/**
 * The one error class. `code` is stable and for machines, `message` says what and where, `hint` says what
 * to do. Thrown for start-up, programming and request errors; the hot path returns Discarded instead.
 */
export class AjarError extends Error {
  readonly code: string
  readonly hint: string
  readonly retryable: boolean

  constructor(
    code: string,
    message: string,
    hint: string,
    options: { retryable?: boolean; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AjarError'
    this.code = code
    this.hint = hint
    this.retryable = options.retryable ?? false
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
