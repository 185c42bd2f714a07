import { isIP } from 'node:net'
import { hostname } from 'node:os'
import type { Context, Middleware } from 'koa'
import type { Clock } from '../../domain/time.js'
import { Problem } from './problem.js'
import type { ApiSettings } from './settings.js'
import type { TokenStore } from './token.js'

const MINUTE_US = 60_000_000
/** Addresses whose requests are counted; more than this in a minute is an attack, and the oldest are forgotten. */
const MOST_ADDRESSES = 1024
const READING = new Set(['GET', 'HEAD'])

/** Refuses names that are not this machine's: a page elsewhere may have its name resolve to us (DNS rebinding). */
export function hostCheck(settings: ApiSettings): Middleware {
  const own = hostname().toLowerCase()
  const known = new Set([
    'localhost',
    own,
    `${own.split('.')[0]}.local`,
    ...settings.allowedHosts.map((name) => name.toLowerCase()),
  ])
  return async (ctx, next) => {
    const name = (ctx.request.get('host') ?? '')
      .replace(/:\d+$/, '')
      .replace(/^\[(.*)\]$/, '$1')
      .replace(/\.$/, '')
      .toLowerCase()
    if (isIP(name) === 0 && !known.has(name))
      throw new Problem(
        421,
        `This machine is not called '${name}'.`,
        'Use its address, or add the name to api.allowedHosts.',
      )
    await next()
  }
}

/**
 * Loopback may read freely; everything else needs the token, commands from loopback too, but for liveness and,
 * where opened, the door's state. The peer of the connection counts and no header: a proxy on this machine
 * makes all its clients loopback.
 */
export function authorisation(settings: ApiSettings, tokens: TokenStore): Middleware {
  return async (ctx, next) => {
    const reading = READING.has(ctx.method)
    const trusted = (reading && isLoopback(ctx)) || bearsToken(ctx, tokens)
    const open =
      reading && (ctx.path === '/healthz' || (settings.publicStatus && ctx.path === '/api/v1/door'))
    if (!trusted && !open) {
      ctx.set('www-authenticate', 'Bearer')
      throw new Problem(
        401,
        'A token is needed.',
        '`ajar token` on the machine shows it; send Authorization: Bearer …',
      )
    }
    ctx.state.trusted = trusted
    await next()
  }
}

function bearsToken(ctx: Context, tokens: TokenStore): boolean {
  const [scheme, token] = (ctx.request.get('authorization') ?? '').split(' ')
  return scheme.toLowerCase() === 'bearer' && token !== undefined && tokens.accepts(token)
}

/** Refuses a body that says that it is too long before anything else looks at the request. */
export function bodyLimit(settings: ApiSettings): Middleware {
  return async (ctx, next) => {
    if (ctx.request.length > settings.bodyLimitBytes)
      throw new Problem(413, 'The body is too large.', `Send at most ${settings.bodyLimitBytes} bytes.`)
    await next()
  }
}

/** Counts requests by address, a minute at a time. */
export function rateLimit(settings: ApiSettings, clock: Clock): Middleware {
  const counts = new Map<string, { sinceUs: number; count: number }>()
  return async (ctx, next) => {
    if (!isLoopback(ctx)) {
      const address = ctx.req.socket.remoteAddress ?? ''
      const now = clock.monotonicUs()
      let entry = counts.get(address)
      if (entry === undefined || now - entry.sinceUs >= MINUTE_US) {
        counts.delete(address)
        if (counts.size >= MOST_ADDRESSES) counts.delete(counts.keys().next().value as string)
        counts.set(address, (entry = { sinceUs: now, count: 0 }))
      }
      if (++entry.count > settings.requestsPerMinute) {
        ctx.set('retry-after', String(Math.ceil((MINUTE_US - (now - entry.sinceUs)) / 1e6)))
        throw new Problem(429, 'Too many requests.', 'Wait as Retry-After says, or use the event stream.')
      }
    }
    await next()
  }
}

function isLoopback(ctx: Context): boolean {
  const address = ctx.req.socket.remoteAddress ?? ''
  return address === '::1' || /^(::ffff:)?127\./.test(address)
}
