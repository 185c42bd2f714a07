import type { LogLevel, LogLevelControl } from '../domain/control.js'
import { AjarError } from './errors.js'

/** Changes the log level for a limited time, then puts back the configured one. */
export class TimedLogLevel implements LogLevelControl {
  private current: LogLevel
  private timer: NodeJS.Timeout | undefined

  constructor(
    private readonly configured: LogLevel,
    private readonly apply: (level: LogLevel) => void,
    private readonly longestMs: number,
  ) {
    this.current = configured
  }

  level(): LogLevel {
    return this.current
  }

  set(level: LogLevel, forMs: number): { level: LogLevel; untilMs: number } {
    if (!(forMs > 0 && forMs <= this.longestMs))
      throw new AjarError(
        'log-level.duration',
        `A log level can be set for at most ${this.longestMs / 1000} s.`,
        'Ask for a shorter time; it can be asked for again.',
      )
    clearTimeout(this.timer)
    this.use(level)
    this.timer = setTimeout(() => this.use(this.configured), forMs)
    this.timer.unref()
    return { level, untilMs: Date.now() + forMs }
  }

  stop(): void {
    clearTimeout(this.timer)
  }

  private use(level: LogLevel): void {
    this.current = level
    this.apply(level)
  }
}
