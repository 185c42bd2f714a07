import { spawn } from 'node:child_process'
import os from 'node:os'
import type { Reason } from '../../domain/reason.js'
import type { Logger } from '../../platform/logger.js'

/** Below everything that senses. */
const NICENESS = 15
const LONGEST_MS = 3_600_000
/** So much of what it says at the end is told where it fails. */
const TAIL_CHARACTERS = 2000

/** The nightly training: a command of the program itself, in a process of its own. */
export class TrainingProcess {
  failed: Reason | undefined
  private child: ReturnType<typeof spawn> | undefined
  private under: Promise<void> | undefined

  constructor(
    /** Program and arguments. */
    private readonly command: readonly string[],
    private readonly logger: Logger,
  ) {}

  get running(): boolean {
    return this.child !== undefined
  }

  /** Resolves when it is over, however it went; one that runs already is waited for. */
  run(): Promise<void> {
    if (this.under !== undefined) return this.under
    const [program, ...args] = this.command
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    this.child = child
    if (child.pid !== undefined) lower(child.pid)
    let tail = ''
    child.stderr.on('data', (bytes: Buffer) => (tail = (tail + bytes.toString()).slice(-TAIL_CHARACTERS)))
    const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS)
    this.under = new Promise((resolve) => {
      const end = (code: number | null, why: string): void => {
        if (this.child === undefined) return
        this.child = this.under = undefined
        clearTimeout(timer)
        this.failed = code === 0 ? undefined : failure(why || `it ended with code ${code}`)
        if (code === 0) this.logger.info({}, 'Trained from the reed switch.')
        else this.logger.warn({ why }, 'Training from the reed switch came to nothing.')
        resolve()
      }
      child.once('error', (error) => end(null, error.message))
      child.once('close', (code) => end(code, lastLines(tail)))
    })
    return this.under
  }

  stop(): void {
    this.child?.kill('SIGTERM')
  }
}

function lower(pid: number): void {
  try {
    os.setPriority(pid, NICENESS)
  } catch {
    // It was quick to end, or this system has no priorities.
  }
}

/** Of what a command prints when it fails: `ajar: …` and `→ …`. */
function lastLines(text: string): string {
  const lines = text.trim().split('\n')
  const from = lines.findLastIndex((line) => line.startsWith('ajar: '))
  return (from < 0 ? lines.slice(-1) : [lines[from].slice('ajar: '.length)]).join(' ')
}

function failure(why: string): Reason {
  return {
    code: 'commissioning.training',
    text: `The last training from the reed switch came to nothing: ${why}`,
    hint: 'It is tried again each night; `ajar commission --train-now` tries at once and says more.',
  }
}
