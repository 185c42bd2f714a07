import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Pty {
  /** Path of the receiver's end, as a program under test opens it. */
  readonly device: string
  /** Resolves when the far end's process has taken the bytes. */
  write(bytes: Uint8Array | string): Promise<void>
  /** Everything that the program under test has sent so far. */
  received(): Buffer
  /** Ends the far end as pulling the plug does; the device path goes with it. */
  close(): Promise<void>
}

/**
 * A pseudo-terminal in place of a receiver. socat, a process of its own, holds the far end: one process that
 * writes both ends deadlocks. With `device` a
 * receiver is plugged in at the path of an earlier one; its directory belongs to the pseudo-terminal and goes
 * with it.
 */
export async function openPty(device?: string): Promise<Pty> {
  const path = device ?? join(await mkdtemp(join(tmpdir(), 'ajar-pty-')), 'ttyUSB0')
  await mkdir(dirname(path), { recursive: true })
  const socat = spawn('socat', [`PTY,link=${path},raw,echo=0`, 'STDIO'], { stdio: ['pipe', 'pipe', 'pipe'] })
  const received: Buffer[] = []
  const complaints: Buffer[] = []
  socat.stdout.on('data', (bytes: Buffer) => received.push(bytes))
  socat.stderr.on('data', (bytes: Buffer) => complaints.push(bytes))
  socat.stdin.on('error', () => {}) // a write after close() is told to its caller
  await linked(socat, path, complaints)
  return {
    device: path,
    write: (bytes) =>
      new Promise((resolve, reject) =>
        socat.stdin.write(bytes, (error) => (error ? reject(error) : resolve())),
      ),
    received: () => Buffer.concat(received),
    close: async () => {
      if (socat.exitCode === null && socat.signalCode === null) {
        const exit = once(socat, 'exit')
        socat.kill('SIGKILL')
        await exit
      }
      await rm(dirname(path), { recursive: true, force: true })
    },
  }
}

async function linked(socat: ChildProcess, path: string, complaints: readonly Buffer[]): Promise<void> {
  let failure: Error | undefined
  socat.once('error', (error) => (failure = error))
  socat.once('exit', () => (failure ??= new Error(`socat ended: ${Buffer.concat(complaints).toString()}`)))
  for (let waitedMs = 0; waitedMs < 5000; waitedMs += 10) {
    if (failure) throw failure
    if (existsSync(path)) return
    await sleep(10)
  }
  socat.kill('SIGKILL')
  throw new Error(`socat made no ${path} within 5 s`)
}
