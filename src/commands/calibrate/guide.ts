import { createInterface, type Interface } from 'node:readline'
import type { Readable } from 'node:stream'
import { AjarError } from '../../platform/errors.js'
import { stopped } from './visit-taker.js'

interface GuideOptions {
  /** Steps as JSON lines on stdout; words go to stderr then. */
  json: boolean
  /** Nobody is waited for: something else moves the door, or it is simulated. */
  yes: boolean
}

/** Talks with the person at the door. */
export class Guide {
  /** Everything is said to be. */
  simulated = false
  private readonly lines: string[] = []
  private ended = false
  private wake: () => void = () => undefined
  private terminal: Interface | undefined

  constructor(
    private readonly options: GuideOptions,
    private readonly io: { out(line: string): void; progress(line: string): void },
    private readonly input: Readable & { isTTY?: boolean },
  ) {}

  /** One step: for machines what it is, for people the same in words. */
  tell(step: { event: string } & Record<string, unknown>, ...words: string[]): void {
    const { simulated } = this
    const { json } = this.options
    for (const line of words) (json ? this.io.progress : this.io.out)(simulated ? `simulated: ${line}` : line)
    if (json) this.io.out(JSON.stringify(simulated ? { ...step, simulated } : step))
  }

  get waits(): boolean {
    return !this.options.yes
  }

  /** Until Enter. Throws AjarError 'calibrate.stopped', and 'usage.no-person' where the input has ended. */
  async confirm(signal: AbortSignal): Promise<void> {
    if (this.options.yes) {
      if (signal.aborted) throw stopped()
      return
    }
    this.listen()
    // What was typed while a visit ran was not meant for this question.
    if (this.input.isTTY) this.lines.length = 0
    const woken = () => this.wake()
    signal.addEventListener('abort', woken)
    while (this.lines.length === 0 && !this.ended && !signal.aborted)
      await new Promise<void>((resolve) => (this.wake = resolve))
    signal.removeEventListener('abort', woken)
    if (signal.aborted) throw stopped()
    if (this.lines.shift() === undefined)
      throw new AjarError(
        'usage.no-person',
        'The input has ended: nobody is there to press Enter.',
        'Run at a terminal, send a line for each question, or give --yes. What was accepted is kept.',
      )
  }

  close(): void {
    this.terminal?.close()
  }

  private listen(): void {
    if (this.terminal !== undefined) return
    this.terminal = createInterface({ input: this.input })
    this.terminal.on('line', (line) => {
      this.lines.push(line)
      this.wake()
    })
    this.terminal.on('close', () => {
      this.ended = true
      this.wake()
    })
  }
}
