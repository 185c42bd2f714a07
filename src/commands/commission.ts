import { loadConfig } from '../config/load.js'
import type { Config } from '../config/schema.js'
import type { CommissioningStatus } from '../domain/commissioning.js'
import { AjarError, messageOf } from '../platform/errors.js'
import { statusLines, whatHappensNext } from './commission/summary.js'
import { trainFromJournal } from './commission/train-now.js'
import { apiToken } from './token.js'

export interface CommissionOptions {
  config?: string
  dataDir?: string
  httpPort?: number
  reedPin?: number
  inverted: boolean
  status: boolean
  stop: boolean
  trainNow: boolean
  json: boolean
}

interface Io {
  /** Results: stdout. */
  out(line: string): void
  /** Progress: stderr. */
  progress(line: string): void
}

/** `ajar commission`: begins, shows or stops learning a door from its reed switch; or trains at once. */
export async function commission(options: CommissionOptions, io: Io, signal: AbortSignal): Promise<number> {
  const { config } = loadConfig(options.config, {
    'api.port': options.httpPort,
    dataDirectory: options.dataDir,
  })
  if (options.trainNow) return trainFromJournal(config, options.json, io, signal)
  const { status, stop, inverted } = options
  const reedPin = options.reedPin ?? config.commissioning.reedPin
  if (!status && !stop && reedPin === undefined)
    throw new AjarError(
      'usage.reed-pin',
      'Which line is the reed switch on?',
      'Give --reed-pin N (BCM number), or set commissioning.reedPin; --status, --stop and --train-now do without.',
    )
  if (!status && !stop) io.progress('The door must be closed now.')
  const body = status ? undefined : stop ? { action: 'stop' } : { action: 'start', reedPin, inverted }
  const answer = await ask(config, body)
  const lines = status || stop ? statusLines(answer) : whatHappensNext(answer)
  for (const line of options.json ? [JSON.stringify(answer)] : lines) io.out(line)
  return 0
}

/** Throws AjarError: what the appliance answered, or 'commissioning.not-running'. */
async function ask(config: Config, body: object | undefined): Promise<CommissioningStatus> {
  const { host, port, tls } = config.api
  const address = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const url = `${tls === undefined ? 'http' : 'https'}://${address}:${port}/api/v1/commissioning`
  const authorization = `Bearer ${tokenOf(config, url)}`
  let response: Response
  try {
    response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    })
  } catch (error) {
    throw notRunning(url, messageOf((error as Error).cause ?? error))
  }
  const answer = (await response.json().catch(() => undefined)) as Record<string, string> | undefined
  if (response.ok && answer !== undefined) return answer as unknown as CommissioningStatus
  const {
    code = 'commissioning.refused',
    detail = `${url} answered ${response.status}.`,
    hint = '',
  } = answer ?? {}
  throw new AjarError(code, detail, hint)
}

function tokenOf({ dataDirectory }: Config, url: string): string {
  try {
    return apiToken(dataDirectory)
  } catch (error) {
    if (error instanceof AjarError && error.code === 'token.absent') throw notRunning(url, error.message)
    throw error
  }
}

function notRunning(url: string, why: string): AjarError {
  return new AjarError(
    'commissioning.not-running',
    `No appliance answers at ${url}: ${why}`,
    'Start it with `ajar run` (or `sudo systemctl start ajar`), and give the same --config, --data-dir and --http-port here.',
  )
}
