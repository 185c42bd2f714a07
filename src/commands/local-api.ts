import { readFileSync } from 'node:fs'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIPv6 } from 'node:net'
import type { Config } from '../config/schema.js'
import { AjarError, messageOf } from '../platform/errors.js'
import { apiToken } from './token.js'

const TIMEOUT_MS = 30_000

interface ProblemBody {
  detail: string
  hint: string
  code?: string
}

/** The API of the appliance that runs on this machine, at the address and with the token of its configuration. */
export class LocalApi {
  readonly url: string
  private readonly certificate: Buffer | undefined

  constructor(private readonly config: Config) {
    const { host, port, tls } = config.api
    const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
    this.url = `${tls === undefined ? 'http' : 'https'}://${isIPv6(name) ? `[${name}]` : name}:${port}`
    this.certificate = tls && readFileSync(tls.certFile)
  }

  /** Whether an appliance answers there. */
  async answers(): Promise<boolean> {
    try {
      await this.get('/healthz')
      return true
    } catch (error) {
      if (error instanceof AjarError && error.code === 'appliance.not-running') return false
      throw error
    }
  }

  /** Throws AjarError 'appliance.…', or with the code of the problem that was answered. */
  get<T>(resource: string): Promise<T> {
    return this.ask('GET', resource)
  }

  /** The same, and 'token.…' where the token cannot be read. */
  post<T>(resource: string, body: object): Promise<T> {
    return this.ask('POST', resource, apiToken(this.config.dataDirectory), JSON.stringify(body))
  }

  private async ask<T>(method: string, resource: string, token?: string, body?: string): Promise<T> {
    const { status, text } = await this.send(method, resource, token, body)
    const answer = parsed(text)
    if (status >= 200 && status < 300 && answer !== undefined) return answer as T
    const { detail, hint, code } = (answer ?? {}) as Partial<ProblemBody>
    if (detail === undefined || hint === undefined)
      throw new AjarError(
        'appliance.other',
        `What answers at ${this.url} is not Ajar (status ${status}).`,
        'Give the --config or --http-port with which Ajar runs.',
      )
    throw new AjarError(code ?? `appliance.status-${status}`, detail, hint)
  }

  private send(
    method: string,
    resource: string,
    token?: string,
    body?: string,
  ): Promise<{ status: number; text: string }> {
    const request = this.certificate === undefined ? httpRequest : httpsRequest
    const headers = {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    }
    return new Promise((resolve, reject) => {
      const options = {
        method,
        headers,
        timeout: TIMEOUT_MS,
        // The appliance's own certificate is trusted as it stands in the configuration, whatever name it is made out to.
        ca: this.certificate,
        checkServerIdentity: () => undefined,
      }
      const sent = request(`${this.url}${resource}`, options, (answer) => whole(answer).then(resolve, reject))
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)))
      sent.on('error', (error) => reject(this.unreachable(error)))
      sent.end(body)
    })
  }

  private unreachable(error: Error): AjarError {
    const refused = (error as NodeJS.ErrnoException).code === 'ECONNREFUSED'
    return new AjarError(
      refused ? 'appliance.not-running' : 'appliance.unreachable',
      refused ? `No appliance answers at ${this.url}.` : `${this.url} cannot be asked: ${messageOf(error)}`,
      'Start it: `ajar run`. If it runs, give the --config, --http-port and --data-dir that it has.',
      { cause: error },
    )
  }
}

async function whole(answer: IncomingMessage): Promise<{ status: number; text: string }> {
  let text = ''
  answer.setEncoding('utf8')
  for await (const chunk of answer) text += chunk as string
  return { status: answer.statusCode ?? 0, text }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
