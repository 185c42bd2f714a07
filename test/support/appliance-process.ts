import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const CLI = path.resolve('dist/cli.js')

export interface Door {
  doorId: string
  state: string
  motion: string
  confidence: number
  reason: string
  epoch: number
  provisional: boolean
  simulated: boolean
  engine: string
  model: string
}

/** A real `ajar run` in a process of its own, on a free port and with a data directory of its own. */
export class Appliance {
  private log = ''
  private ended: Promise<number | null>

  private constructor(
    readonly child: ChildProcess,
    readonly dataDirectory: string,
  ) {
    endWithTests(child)
    const collect = (chunk: Buffer): void => void (this.log = (this.log + chunk.toString()).slice(-200_000))
    child.stdout?.on('data', collect)
    child.stderr?.on('data', collect)
    this.ended = new Promise((resolve) => child.on('exit', (code) => resolve(code)))
  }

  /** Resolves once HTTP answers. `wrap` puts a command in front of node (unshare, faketime). */
  static async start(
    args: readonly string[],
    options: {
      dataDirectory?: string
      env?: NodeJS.ProcessEnv
      wrap?: readonly string[]
      deadlineMs?: number
    } = {},
  ): Promise<Appliance> {
    const dataDirectory = options.dataDirectory ?? temporaryDirectory()
    const command = [...(options.wrap ?? []), process.execPath, CLI, 'run', '--data-dir', dataDirectory]
    if (!args.includes('--http-port')) command.push('--http-port', '0')
    command.push(...args)
    const child = spawn(command[0], command.slice(1), {
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const appliance = new Appliance(child, dataDirectory)
    await until(
      () => appliance.urlInLog() !== undefined || child.exitCode !== null,
      options.deadlineMs ?? 20_000,
    ).catch(() => undefined)
    if (appliance.urlInLog() === undefined) {
      child.kill('SIGKILL')
      throw new Error(`the appliance did not start:\n${appliance.output()}`)
    }
    return appliance
  }

  get url(): string {
    return this.urlInLog() as string
  }

  output(): string {
    return this.log
  }

  async json<T = Record<string, unknown>>(route: string): Promise<T> {
    const response = await fetch(`${this.url}${route}`)
    return (await response.json()) as T
  }

  door(): Promise<Door> {
    return this.json<Door>('/api/v1/door')
  }

  /** Waits until the door reads so. */
  async reads(predicate: (door: Door) => boolean, timeoutMs: number): Promise<Door> {
    let last: Door | undefined
    await until(async () => predicate((last = await this.door())), timeoutMs).catch(() => {
      throw new Error(
        `after ${timeoutMs} ms the door still reads ${JSON.stringify(last)}\n${this.log.slice(-2000)}`,
      )
    })
    return last as Door
  }

  /** Exit code, after SIGTERM. */
  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM')
    return this.ended
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
  }

  exited(): Promise<number | null> {
    return this.ended
  }

  private urlInLog(): string | undefined {
    return /https?:\/\/[\w.:[\]-]+:\d+/.exec(this.log)?.[0]
  }
}

const children = new Set<ChildProcess>()
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')))

/** A test that fails must not leave a process behind. */
export function endWithTests(child: ChildProcess): void {
  children.add(child)
  child.once('exit', () => children.delete(child))
}

export function temporaryDirectory(): string {
  return mkdtempSync(path.join(tmpdir(), 'ajar-test-'))
}

export async function until(condition: () => boolean | Promise<boolean>, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not so within ${timeoutMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 40))
  }
}

/** Runs the command line to its end. */
export async function ajar(
  args: readonly string[],
  options: { cwd?: string } = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: options.cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, stdout, stderr }
}
