import { setTimeout as sleep } from 'node:timers/promises'
import type { SourceEvent } from '../../src/domain/link.js'

/** Listens to a source and keeps all that it says. */
export class SourceProbe {
  readonly events: SourceEvent[] = []
  readonly arrivals: { bytes: Buffer; hostTimeUs: number }[] = []
  readonly on = {
    bytes: (bytes: Uint8Array, hostTimeUs: number): void =>
      void this.arrivals.push({ bytes: Buffer.from(bytes), hostTimeUs }),
    event: (event: SourceEvent): void => void this.events.push(event),
  }

  all(): Buffer {
    return Buffer.concat(this.arrivals.map(({ bytes }) => bytes))
  }

  text(): string {
    return this.all().toString('latin1')
  }

  types(): string[] {
    return this.events.map(({ type }) => type)
  }

  /** The last 'lost'. */
  loss(): { detail: string; hint?: string } {
    const loss = this.events.filter((event) => event.type === 'lost').at(-1)
    if (loss?.type !== 'lost') throw new Error(`nothing was lost: ${JSON.stringify(this.events)}`)
    return loss
  }
}

/** Resolves when `holds`; rejects after `timeoutMs` with what `describe` says then. */
export async function until(
  holds: () => boolean,
  describe: () => unknown = () => holds.toString(),
  timeoutMs = 5000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!holds()) {
    if (performance.now() > deadline)
      throw new Error(`not within ${timeoutMs} ms: ${JSON.stringify(describe())}`)
    await sleep(5)
  }
}
