import { STATUS_CODES } from 'node:http'
import type { Context, Middleware } from 'koa'
import { z } from 'zod'
import { AjarError, messageOf } from '../../platform/errors.js'
import type { Logger } from '../../platform/logger.js'

/**
 * How long the rest of a refused body is thrown away before the connection is cut: cut at once, the reset
 * could overtake the answer (1 of 20 uploads of 10 MB by curl never saw it).
 */
const LINGER_MS = 200

export const problemSchema = z.object({
  type: z.literal('about:blank'),
  title: z.string().describe('What the status is called'),
  status: z.number().int(),
  detail: z.string().describe('What is wrong here'),
  instance: z.string().describe('Path of the request'),
  hint: z.string().describe('One thing to do'),
  code: z.string().optional().describe('Stable, for machines'),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})

/** An answer that is an error (RFC 9457), with one thing to do; `extra` are members of its own kind. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly hint: string,
    readonly extra: object = {},
  ) {
    super(detail)
  }
}

/** Turns whatever is thrown below, and routes that do not exist, into problem+json. */
export function problems(logger: Logger): Middleware {
  return async (ctx, next) => {
    try {
      await next()
      if (ctx.status === 404 && ctx.body === undefined)
        throw new Problem(404, 'There is no such resource.', 'GET /openapi.json lists what there is.')
      if (ctx.status === 405)
        throw new Problem(405, 'The resource has no such method.', `Allowed: ${ctx.response.get('allow')}.`)
      if (ctx.status === 501)
        throw new Problem(501, 'The method is not known.', 'GET /openapi.json lists what there is.')
    } catch (error) {
      answer(ctx, asProblem(error, logger))
    }
  }
}

/** What a schema makes of a request's part; throws Problem 400 naming every mistake. */
export function validated<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const errors = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  throw new Problem(400, 'The request is not valid.', 'Mend what `errors` names.', { errors })
}

function asProblem(error: unknown, logger: Logger): Problem {
  if (error instanceof Problem) return error
  if (error instanceof AjarError) {
    const { code, retryable, message, hint } = error
    return new Problem(retryable ? 503 : 409, message, hint, { code })
  }
  const status = (error as { status?: unknown }).status
  if (status === 413) return new Problem(413, 'The body is too large.', 'Send less; see api.bodyLimitBytes.')
  if (status === 415) return new Problem(415, 'The body is not encoded so.', 'Send it plain or as gzip.')
  if (status === 400) return new Problem(400, 'The body is not valid JSON.', 'Send one JSON object.')
  logger.error({}, `A request failed: ${messageOf(error)}`)
  return new Problem(500, 'Something went wrong inside.', 'Look into the log.')
}

function answer(ctx: Context, { status, detail, hint, extra }: Problem): void {
  const title = STATUS_CODES[status] ?? 'Error'
  ctx.status = status
  ctx.body = JSON.stringify({
    type: 'about:blank',
    title,
    status,
    detail,
    instance: ctx.path,
    hint,
    ...extra,
  })
  ctx.type = 'application/problem+json'
  if (!ctx.req.complete) hangUpSoon(ctx)
}

/** A body that was not wanted is not read to its end. */
function hangUpSoon({ req }: Context): void {
  const timer = setTimeout(() => req.socket.destroy(), LINGER_MS)
  for (const event of ['end', 'close']) req.once(event, () => clearTimeout(timer))
}
