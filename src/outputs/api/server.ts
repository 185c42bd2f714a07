import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { bodyParser } from '@koa/bodyparser'
import Router from '@koa/router'
import Koa from 'koa'
import { AjarError, messageOf } from '../../platform/errors.js'
import { authorisation, bodyLimit, hostCheck, rateLimit } from './access.js'
import type { ApiParts } from './parts.js'
import { problems } from './problem.js'
import type { Route } from './route.js'
import { commissioningRoutes } from './routes/commissioning.js'
import { doorRoutes } from './routes/door.js'
import { EventStreams } from './routes/events.js'
import { flagRoutes } from './routes/flags.js'
import { healthRoutes } from './routes/health.js'
import { linkRoute } from './routes/link.js'
import { logLevelRoute } from './routes/log-level.js'
import { metricsRoute } from './routes/metrics.js'
import { modelRoute } from './routes/model.js'
import { openApiRoute } from './routes/openapi.js'
import { placementRoutes } from './routes/placement.js'
import { recordingRoutes } from './routes/recordings.js'

const REQUEST_TIMEOUT_MS = 10_000
/** A connection on which nothing moves; event streams have their keep-alive. */
const IDLE_TIMEOUT_MS = 60_000
const MOST_CONNECTIONS = 256

/** The local HTTP API. */
export class ApiServer {
  private server: Server | undefined
  private readonly streams: EventStreams

  constructor(private readonly parts: ApiParts) {
    this.streams = new EventStreams(parts)
  }

  /** Where it listens. */
  get url(): string {
    const { address, port, family } = this.server?.address() as AddressInfo
    const host = family === 'IPv6' ? `[${address}]` : address
    return `${this.parts.settings.tls === undefined ? 'http' : 'https'}://${host}:${port}`
  }

  /** Throws AjarError 'api.port-in-use', 'api.listen' or, where the certificate is no good, 'api.tls'. */
  async start(): Promise<void> {
    const { settings } = this.parts
    this.ensureToken()
    const handler = this.application().callback()
    const server =
      settings.tls === undefined ? createHttpServer(handler) : secureServer(settings.tls, handler)
    server.headersTimeout = server.requestTimeout = REQUEST_TIMEOUT_MS
    server.setTimeout(IDLE_TIMEOUT_MS)
    server.maxConnections = MOST_CONNECTIONS
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        reject(
          new AjarError(
            error.code === 'EADDRINUSE' ? 'api.port-in-use' : 'api.listen',
            `The HTTP API cannot listen on ${settings.host}:${settings.port}: ${error.message}`,
            error.code === 'EADDRINUSE'
              ? 'Another program has the port: stop it, or choose another api.port (--http-port).'
              : 'Check api.host and api.port.',
            { cause: error },
          ),
        ),
      )
      server.listen(settings.port, settings.host, resolve)
    })
    this.server = server
    // Accepting fails while there are no file descriptors: without a listener that would end the process.
    server.on('error', (error) => this.parts.logger.error({}, `The HTTP API: ${error.message}`))
  }

  async stop(): Promise<void> {
    const { server } = this
    if (server === undefined) return
    this.streams.closeAll()
    server.closeIdleConnections()
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      setTimeout(() => server.closeAllConnections(), 1000).unref()
    })
  }

  /** A disk that is full at the first start takes the commands away, not what may be read. */
  private ensureToken(): void {
    try {
      this.parts.tokens.ensure()
    } catch (error) {
      this.parts.logger.error(
        { hint: 'Make room, see that the data directory can be written, and start Ajar again.' },
        `There is no token, so nobody can give one: ${messageOf(error)}`,
      )
    }
  }

  private routes(): Route[] {
    const { parts, streams } = this
    const routes = [
      ...healthRoutes(parts),
      metricsRoute(parts, streams),
      ...doorRoutes(parts),
      linkRoute(parts),
      modelRoute(parts),
      streams.route(),
      logLevelRoute(parts),
      ...recordingRoutes(parts),
      ...commissioningRoutes(parts),
      ...flagRoutes(parts),
      ...placementRoutes(parts),
    ]
    return [...routes, openApiRoute(routes, parts.view.version)]
  }

  private application(): Koa {
    const { settings, tokens, clock, logger } = this.parts
    const app = new Koa()
    app.silent = true // what goes wrong in a request is logged by `problems`; the rest is a client that left
    const router = new Router()
    for (const { method, path, serve } of this.routes()) router[method](path, (ctx) => serve(ctx))
    app.use(async (ctx, next) => {
      ctx.set({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'content-security-policy': "default-src 'none'",
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      })
      await next()
    })
    app.use(problems(logger))
    app.use(rateLimit(settings, clock)) // before anything that refuses: what is refused counts too
    app.use(hostCheck(settings))
    app.use(bodyLimit(settings))
    app.use(authorisation(settings, tokens))
    app.use(bodyParser({ enableTypes: ['json'], jsonLimit: settings.bodyLimitBytes }))
    app.use(router.routes())
    app.use(router.allowedMethods())
    return app
  }
}

function secureServer(
  { certFile, keyFile }: { certFile: string; keyFile: string },
  handler: RequestListener,
): Server {
  try {
    return createHttpsServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, handler)
  } catch (error) {
    throw new AjarError('api.tls', `The certificate cannot be used: ${messageOf(error)}`, 'Check api.tls.', {
      cause: error,
    })
  }
}
