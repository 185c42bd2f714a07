import { spawn, type ChildProcess } from 'node:child_process'
import path from 'node:path'
import { endWithTests, until } from './appliance-process.js'

/** A real `scripts/demo`, as a user starts it. */
export class Demo {
  private out = ''
  private complaints = ''
  private readonly startedMs = performance.now()
  private readonly child: ChildProcess
  private readonly ended: Promise<number | null>

  constructor(args: readonly string[]) {
    this.child = spawn(path.resolve('scripts/demo'), args, { stdio: ['ignore', 'pipe', 'pipe'] })
    endWithTests(this.child)
    this.child.stdout?.on('data', (chunk: Buffer) => (this.out += chunk.toString()))
    this.child.stderr?.on('data', (chunk: Buffer) => (this.complaints += chunk.toString()))
    this.ended = new Promise((resolve) => this.child.on('close', resolve))
  }

  /** What it has shown so far, line by line. */
  lines(): string[] {
    return this.out.split('\n').filter((line) => line !== '')
  }

  /** Lines that tell a state: they begin with the time of day. */
  states(): string[] {
    return this.lines().filter((line) => /^\d\d:\d\d:\d\d {2}/.test(line))
  }

  stderr(): string {
    return this.complaints
  }

  /** Of the API; with the ms since the start at which it was there. */
  async url(timeoutMs: number): Promise<{ url: string; afterMs: number }> {
    const find = (): string | undefined => /http:\/\/[\w.:]+\/api\/v1\/door/.exec(this.out)?.[0]
    await this.shows(() => find() !== undefined, timeoutMs)
    return { url: find() as string, afterMs: performance.now() - this.startedMs }
  }

  async shows(condition: () => boolean, timeoutMs: number): Promise<void> {
    await until(condition, timeoutMs).catch(() => {
      throw new Error(`not shown within ${timeoutMs} ms:\n${this.out}\n${this.complaints}`)
    })
  }

  /** Ctrl+C; its exit code. */
  async interrupt(): Promise<number | null> {
    this.child.kill('SIGINT')
    return this.ended
  }

  exited(): Promise<number | null> {
    return this.ended
  }
}
