import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { AjarError } from '../../platform/errors.js'
import { openSimulatedPort } from './simulated-port.js'

/** How pm2 starts the appliance: what is measured is what is installed. */
const ECOSYSTEM = new URL('../../../ecosystem.config.js', import.meta.url)
const DEMO_MODEL = fileURLToPath(new URL('../../../models/demo', import.meta.url))
const SITE = 'metal-doorway'
/** Of /proc/<pid>/stat: the kernel shows USER_HZ, which is 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100
const START_TIMEOUT_MS = 60_000

export interface MemoryFigures {
  memory: {
    residentMb: number
    cpuPercent: number
    seconds: number
    packetsPerSecond: number
    source: 'pseudo-terminal' | 'simulator'
  }
}

export interface MemoryEffort {
  /** Left out of the processor's share: code is compiled, the first windows are made. */
  settleMs: number
  measureMs: number
}

/**
 * What the appliance takes: `ajar run` in a process of its own, the demo model, 100 packets/s, a door in use.
 * Resident memory at the end, share of one core over `measureMs`; in the first minutes the garbage of starting up is
 * still in it. Frames come over a pseudo-terminal; where socat is absent the simulator runs inside the appliance, which
 * makes it larger and busier than it is.
 */
export async function benchMemory(
  effort: MemoryEffort,
  cli: string,
  signal: AbortSignal,
): Promise<MemoryFigures> {
  const directory = mkdtempSync(path.join(tmpdir(), 'ajar-bench-'))
  const { apps } = (await import(ECOSYSTEM.href)) as { apps: { name: string; env?: NodeJS.ProcessEnv }[] }
  const port = await openSimulatedPort(path.join(directory, 'receiver'), SITE, signal)
  const from = port === undefined ? ['--simulate', SITE] : ['--port', port.device]
  const paths = ['--model', DEMO_MODEL, '--data-dir', path.join(directory, 'data')]
  const child = spawn(process.execPath, [cli, 'run', ...from, ...paths, '--http-port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...apps.find(({ name }) => name === 'ajar')?.env },
  })
  const ended = once(child, 'exit')
  try {
    const startedMs = performance.now()
    const url = await whenUp(child)
    const measured = await measure(child, effort, signal)
    const link = (await (await fetch(`${url}/api/v1/link`)).json()) as { packetsPerSecond: number }
    return {
      memory: {
        ...measured,
        seconds: Math.round((performance.now() - startedMs) / 1000),
        packetsPerSecond: Math.round(link.packetsPerSecond),
        source: port === undefined ? 'simulator' : 'pseudo-terminal',
      },
    }
  } finally {
    child.kill()
    await ended
    await port?.close()
    rmSync(directory, { recursive: true })
  }
}

async function measure(
  { pid }: ChildProcess,
  { settleMs, measureMs }: MemoryEffort,
  signal: AbortSignal,
): Promise<{ residentMb: number; cpuPercent: number }> {
  await sleep(settleMs, undefined, { signal })
  const startMs = performance.now()
  const before = processorSeconds(pid)
  await sleep(measureMs, undefined, { signal })
  const seconds = (performance.now() - startMs) / 1000
  return {
    residentMb: Math.round(residentMb(pid) * 10) / 10,
    cpuPercent: Math.round(((processorSeconds(pid) - before) / seconds) * 10_000) / 100,
  }
}

/** The address of the appliance's API, once it is there. Throws AjarError 'bench.appliance' where it does not start. */
async function whenUp(child: ChildProcess): Promise<string> {
  let log = ''
  let url: string | undefined
  const read = (chunk: Buffer): void => {
    if (url !== undefined) return // only taken, so that the appliance can go on writing
    log += chunk.toString()
    url = /https?:\/\/[\w.:[\]-]+:\d+/.exec(log)?.[0]
  }
  child.stdout?.on('data', read)
  child.stderr?.on('data', read)
  const startMs = performance.now()
  while (url === undefined && child.exitCode === null && performance.now() - startMs < START_TIMEOUT_MS)
    await sleep(50)
  if (url === undefined)
    throw new AjarError(
      'bench.appliance',
      `The appliance did not start:\n${log}`,
      'Does `ajar run` work here?',
    )
  return url
}

function residentMb(pid: number | undefined): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

/** User and system time; the fields are counted from after the name, which may hold anything. */
function processorSeconds(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}
