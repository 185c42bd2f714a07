import { copyFileSync, readFileSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../../config/schema.js'
import { recordedVisit } from '../../learning/commissioning/recorded-visit.js'
import type { VisitEvidence } from '../../learning/commissioning/visit-evidence.js'
import type { WatchSettings } from '../../learning/commissioning/visit-watch.js'
import { AjarError, messageOf } from '../../platform/errors.js'
import { MOST_QUIET_WAIT_MS, QUIET_MS, stopped, type TakeRequest, type VisitTaker } from './visit-taker.js'

const LOOK_MS = 250
/** An appliance that does not answer within it is none. */
const ANSWER_MS = 2000
/** A recording is written and synced after its time. */
const WRITE_MS = 10_000

interface Recording {
  id: string
  file: string
  done: boolean
  error?: { code: string; text: string; hint: string }
}

/** Visits through the HTTP API of the appliance that runs on this machine: it holds the port and goes on reading the door. */
export class ApplianceVisits implements VisitTaker {
  readonly origin: string

  private constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly settings: WatchSettings,
    readonly simulated: boolean,
  ) {
    this.origin = `the appliance at ${url}`
  }

  /** Undefined where none runs with this configuration. Throws AjarError 'calibrate.token' where its token cannot be read. */
  static async find(config: Config, settings: WatchSettings): Promise<ApplianceVisits | undefined> {
    const { host, port, tls } = config.api
    if (port === 0) return undefined
    const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
    const url = `${tls === undefined ? 'http' : 'https'}://${name.includes(':') ? `[${name}]` : name}:${port}`
    const door = await answerOf<{ doorId: string; simulated: boolean }>(`${url}/api/v1/door`).catch(
      () => undefined,
    )
    if (typeof door?.doorId !== 'string') return undefined
    const file = path.join(config.dataDirectory, 'api-token')
    let token
    try {
      token = readFileSync(file, 'utf8').trim()
    } catch (cause) {
      throw new AjarError(
        'calibrate.token',
        `An appliance runs at ${url}, but its token cannot be read: ${messageOf(cause)}`,
        'Give its --config or --data-dir, and run as its user or with sudo; or stop it: then the port itself is read.',
        { cause },
      )
    }
    return new ApplianceVisits(url, token, settings, door.simulated)
  }

  async start(): Promise<void> {}

  /** Its state would be lost with it; a session begins as an occasion. */
  async resetReceiver(): Promise<boolean> {
    return false
  }

  async untilQuiet(signal: AbortSignal): Promise<boolean> {
    for (let waitedMs = 0, stillMs = 0; waitedMs < MOST_QUIET_WAIT_MS; waitedMs += LOOK_MS) {
      if (signal.aborted) throw stopped()
      const { motion } = await this.ask<{ motion: string }>('GET', '/api/v1/door')
      stillMs = motion === 'still' ? stillMs + LOOK_MS : 0
      if (stillMs >= QUIET_MS) return true
      await sleep(LOOK_MS)
    }
    return false
  }

  async take({ file, seconds, note }: TakeRequest, signal: AbortSignal): Promise<VisitEvidence> {
    await this.untilFree(signal)
    const { id } = await this.ask<Recording>('POST', '/api/v1/recordings', { seconds, note })
    let recording: Recording | undefined
    for (let waitedMs = 0; recording?.done !== true; waitedMs += LOOK_MS) {
      await sleep(LOOK_MS)
      recording = await this.ask<Recording>('GET', '/api/v1/recordings/current')
      if (recording.id !== id || waitedMs > seconds * 1000 + WRITE_MS) throw lost(this.origin)
      if (!signal.aborted || recording.done) continue
      await this.ask('DELETE', `/api/v1/recordings/current?id=${encodeURIComponent(id)}`)
      throw stopped()
    }
    const { error } = recording
    if (error !== undefined) throw new AjarError(error.code, error.text, error.hint)
    moveFile(recording.file, file)
    return recordedVisit(file, this.settings)
  }

  /** A calibration that lost its power may have left a recording behind that still runs. */
  private async untilFree(signal: AbortSignal): Promise<void> {
    const running = async () =>
      this.ask<Recording>('GET', '/api/v1/recordings/current').then(
        ({ done }) => !done,
        () => false, // nothing was recorded yet
      )
    while (await running()) {
      if (signal.aborted) throw stopped()
      await sleep(LOOK_MS)
    }
  }

  async stop(): Promise<void> {}

  private async ask<T>(method: string, resource: string, body?: object): Promise<T> {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' }
    return answerOf<T>(`${this.url}${resource}`, { method, headers, body: body && JSON.stringify(body) })
  }
}

async function answerOf<T>(url: string, init: RequestInit = {}): Promise<T> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_MS) }).catch(
    (cause: unknown) => {
      throw new AjarError(
        'calibrate.appliance',
        `${url} does not answer: ${messageOf(cause)}`,
        'Does the appliance still run? Give the same command again when it does.',
        { retryable: true, cause },
      )
    },
  )
  const said = (await answer.json()) as T & { detail?: string; hint?: string }
  if (answer.ok) return said
  throw new AjarError(
    'calibrate.appliance',
    `The appliance refused (${answer.status}): ${said.detail ?? ''}`,
    said.hint ?? '',
  )
}

/** Moved, because recordings of the appliance share a cap; copied where that is another file system. */
function moveFile(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw unreadable(from, error)
    copyFileSync(from, to)
    rmSync(from, { force: true })
  }
}

function unreadable(file: string, cause: unknown): AjarError {
  return new AjarError(
    'calibrate.file',
    `${file}, which the appliance recorded, cannot be moved: ${messageOf(cause)}`,
    "Run as the appliance's user, or with sudo.",
    { cause },
  )
}

function lost(origin: string): AjarError {
  return new AjarError(
    'calibrate.appliance',
    `Another recording was begun through ${origin}, or this one did not end.`,
    'Give the same command again: it goes on with the open visits.',
  )
}
