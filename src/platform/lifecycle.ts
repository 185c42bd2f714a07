import { AjarError, messageOf } from './errors.js'
import type { Logger } from './logger.js'

export interface Part {
  name: string
  start(signal: AbortSignal): Promise<void>
  stop(): Promise<void>
  /** How long stop may take, ms. */
  stopTimeoutMs: number
}

/** Starts parts in order, sinks first and sources last; stops them in reverse, each within its deadline. */
export class Lifecycle {
  private readonly started: Part[] = []
  private stopping: Promise<void> | undefined

  constructor(
    private readonly parts: readonly Part[],
    private readonly logger: Logger,
  ) {}

  /** Throws what the failed part threw, after everything that had started was stopped again. */
  async start(signal: AbortSignal): Promise<void> {
    for (const part of this.parts) {
      if (signal.aborted) break
      try {
        await part.start(signal)
        this.started.push(part)
      } catch (error) {
        await this.stop()
        throw error
      }
    }
  }

  /** Never throws: what does not stop in time is named and left. Asked twice, it is done once. */
  stop(): Promise<void> {
    this.stopping ??= this.stopAll().finally(() => (this.stopping = undefined))
    return this.stopping
  }

  private async stopAll(): Promise<void> {
    for (let part = this.started.pop(); part !== undefined; part = this.started.pop()) {
      try {
        await withDeadline(part)
      } catch (error) {
        this.logger.error({ part: part.name }, `Stopping failed: ${messageOf(error)}`)
      }
    }
  }
}

async function withDeadline(part: Part): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new AjarError(
            'lifecycle.timeout',
            `${part.name} did not stop within ${part.stopTimeoutMs} ms`,
            'Report this.',
          ),
        ),
      part.stopTimeoutMs,
    )
  })
  try {
    await Promise.race([part.stop(), late])
  } finally {
    clearTimeout(timer)
  }
}
