/**
 * A moment that survives wrong clocks: order within a boot comes from the monotonic time; the wall
 * clock is only trusted where `wallTrusted` says that it has been set since the machine started.
 */
export interface Instant {
  bootId: string
  monotonicUs: number
  wallMs: number
  wallTrusted: boolean
}

/** The one way to read time; injected, so that tests own it. */
export interface Clock {
  /** Microseconds since an arbitrary origin; never goes back while the process lives. */
  monotonicUs(): number
  now(): Instant
}
