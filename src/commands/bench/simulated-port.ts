import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { inUse } from '../../learning/simulator/schedule.js'
import { Simulator } from '../../learning/simulator/simulator.js'

/** A session of the simulated site that loses 3 % of its packets: of 103 a second 100 arrive. */
const SEED = 8
const PACKETS_PER_SECOND = 103
const FEED_INTERVAL_MS = 5
const LINK_TIMEOUT_MS = 5000

export interface SimulatedPort {
  readonly device: string
  close(): Promise<void>
}

/**
 * A receiver at `device`: the simulated site's frames, each when it is due, through a pseudo-terminal that socat
 * holds. Undefined where socat is not installed. It ends with `signal`.
 */
export async function openSimulatedPort(
  device: string,
  site: string,
  signal: AbortSignal,
): Promise<SimulatedPort | undefined> {
  const socat = spawn('socat', [`PTY,link=${device},raw,echo=0`, 'STDIO'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    signal,
  })
  const ended = once(socat, 'exit').catch(() => undefined) // rejects with the 'error' of a missing program
  socat.stdin.on('error', () => undefined) // a frame that was due while the port closed
  if (!(await linked(socat, device))) {
    socat.kill()
    return undefined
  }
  const feeding = feed((frame) => void socat.stdin.write(frame), site)
  return {
    device,
    close: async () => {
      clearInterval(feeding)
      socat.kill()
      await ended
    },
  }
}

async function linked(socat: ChildProcess, device: string): Promise<boolean> {
  let failed = false
  socat.once('error', () => (failed = true))
  socat.once('exit', () => (failed = true))
  for (const startMs = performance.now(); performance.now() - startMs < LINK_TIMEOUT_MS; await sleep(10)) {
    if (failed) return false
    if (existsSync(device)) return true
  }
  return false
}

/** Packet by packet, as they come over a wire: in larger chunks the appliance would be woken less often. */
function feed(write: (frame: Uint8Array) => void, site: string): NodeJS.Timeout {
  const simulator = new Simulator({
    site,
    seed: SEED,
    session: 0,
    packetsPerSecond: PACKETS_PER_SECOND,
    script: inUse(SEED, 0),
  })
  const startMs = performance.now()
  return setInterval(() => {
    const nowUs = (performance.now() - startMs) * 1000
    while (simulator.nextUs <= nowUs) write(Buffer.from(simulator.next())) // the simulator reuses its bytes
    simulator.channel.prepare()
  }, FEED_INTERVAL_MS)
}
