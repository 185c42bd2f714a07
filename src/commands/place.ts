import { setTimeout as sleep } from 'node:timers/promises'
import { loadConfig } from '../config/load.js'
import type { Config } from '../config/schema.js'
import type { PlacementResult, PlacementStatus } from '../domain/placement.js'
import { LocalApi } from './local-api.js'
import { PlacementInAppliance } from './place/in-appliance.js'
import { PlacementOnPort } from './place/on-port.js'
import type { PlacementSession } from './place/placement-session.js'

export interface PlaceOptions {
  config?: string
  dataDir?: string
  httpPort?: number
  /** Opened here, whether an appliance runs or not. */
  port?: string
  json: boolean
}

const ASK_EVERY_MS = 1000

/**
 * `ajar place`: two minutes at the door that say whether the link can work where it stands. Exit code 0 where it can,
 * 1 where it cannot.
 */
export async function place(
  options: PlaceOptions,
  signal: AbortSignal,
  out: (line: string) => void,
): Promise<number> {
  const { config } = loadConfig(options.config, {
    'receiver.port': options.port,
    'api.port': options.httpPort,
    dataDirectory: options.dataDir,
  })
  const session = await sessionOf(config, options.port !== undefined, signal)
  const tell = options.json ? new JsonTelling(out) : new WrittenTelling(out)
  tell.where(session.where)
  try {
    let status = await session.start()
    while (status.step !== 'done' && !signal.aborted) {
      tell.progress(status)
      await sleep(ASK_EVERY_MS, undefined, { signal }).catch(() => undefined)
      status = await session.status()
    }
    if (status.result === undefined) return 1 // interrupted
    tell.result(status.result, status.simulated)
    return status.result.works ? 0 : 1
  } finally {
    await session.stop()
  }
}

async function sessionOf(config: Config, ownPort: boolean, signal: AbortSignal): Promise<PlacementSession> {
  if (ownPort) return new PlacementOnPort(config, 'As asked for, ', signal)
  const api = new LocalApi(config)
  if (await api.answers()) return new PlacementInAppliance(api)
  return new PlacementOnPort(config, 'No appliance runs: ', signal)
}

/** For people: every line is marked where the link is simulated. */
class WrittenTelling {
  private step = ''

  constructor(private readonly out: (line: string) => void) {}

  where(text: string): void {
    this.out(text)
  }

  progress({ step, instruction, secondsLeft, simulated, live }: PlacementStatus): void {
    const mark = markOf(simulated)
    if (step !== this.step) this.out(`${mark}${instruction}`)
    this.step = step
    const figures = [
      `${figure(live.packetsPerSecond, 0)} packets/s`,
      `loss ${share(live.lossRatio)}`,
      `RSSI ${figure(live.rssiDbm, 0)} dBm`,
      `level ${figure(live.levelDb, 1)} dB`,
      live.saturatedRatio > 0 ? `saturated ${share(live.saturatedRatio)}` : '',
      gainOf(live.gainLocked),
      live.motion === 'unknown' ? 'motion not known yet' : live.motion,
    ]
    const line = figures.filter((text) => text !== '').join('   ')
    this.out(`${mark}${String(secondsLeft).padStart(4)} s   ${line}`)
  }

  result({ works, text, reasons, notes, figures }: PlacementResult, simulated: boolean): void {
    const mark = markOf(simulated)
    this.out(`${mark}${text}`)
    for (const [n, reason] of [...reasons, ...notes].entries()) {
      if (n > 0 || works) this.out(`${mark}${reason.text}`) // the sentence above tells the first reason
      this.out(`${mark}  → ${reason.hint}`)
    }
    if (known(figures.doorChange))
      this.out(
        `${mark}Quiet scatters by ${percent(figures.quietNoise)}, the door changes the shape by ` +
          `${percent(figures.doorChange)} and the level by ${figure(figures.doorLevelDb, 1)} dB; ` +
          `${percent(figures.leftOver)} stayed.`,
      )
    if (works)
      this.out(
        `${mark}Whoever swung the door was seen too: how well the door is told, commissioning measures.`,
      )
  }
}

class JsonTelling {
  constructor(private readonly out: (line: string) => void) {}

  where(text: string): void {
    this.out(JSON.stringify({ type: 'where', text }))
  }

  progress(status: PlacementStatus): void {
    this.out(JSON.stringify({ type: 'progress', ...status }))
  }

  result(result: PlacementResult, simulated: boolean): void {
    this.out(JSON.stringify({ type: 'result', simulated, ...result }))
  }
}

function markOf(simulated: boolean): string {
  return simulated ? 'simulated: ' : ''
}

function gainOf(locked: boolean | null | undefined): string {
  if (locked === null || locked === undefined) return ''
  return locked ? 'gain locked' : 'gain not locked'
}

/** Over HTTP null stands for what is not known, here NaN. */
function known(value: number | null): value is number {
  return value !== null && Number.isFinite(value)
}

function figure(value: number | null, digits: number): string {
  return known(value) ? value.toFixed(digits) : '–'
}

function share(value: number | null): string {
  return known(value) ? `${Math.round(100 * value)} %` : '–'
}

function percent(shape: number | null): string {
  return known(shape) ? `${(100 * shape).toFixed(1)} %` : '–'
}
