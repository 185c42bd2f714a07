import type { Context } from 'koa'
import { z } from 'zod'
import { Problem, validated } from './problem.js'

type Method = 'get' | 'post' | 'patch'

interface Endpoint<Query extends z.ZodObject, Body extends z.ZodObject, Answer extends z.ZodType> {
  method: Method
  path: string
  summary: string
  query?: Query
  body?: Body
  answer: Answer
  /** Where it goes well: default 200. */
  status?: number
  /** Of the answer: default application/json. */
  mediaType?: string
  handle(request: {
    ctx: Context
    query: z.output<Query>
    body: z.output<Body>
  }): z.input<Answer> | Promise<z.input<Answer>>
}

/** One method of one path: what the router serves and what /openapi.json says are made from the same object. */
export interface Route {
  readonly method: Method
  readonly path: string
  readonly summary: string
  readonly query?: z.ZodObject
  readonly body?: z.ZodObject
  readonly answer: z.ZodType
  readonly status: number
  readonly mediaType: string
  serve(ctx: Context): Promise<void>
}

/** A handler of validated input whose answer has the type that it states. */
export function route<
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodObject = z.ZodObject,
  Answer extends z.ZodType = z.ZodType,
>(endpoint: Endpoint<Query, Body, Answer>): Route {
  const { handle, ...stated } = endpoint
  const { query, body, status = 200, mediaType = 'application/json' } = stated
  return {
    ...stated,
    status,
    mediaType,
    async serve(ctx) {
      const answer = await handle({
        ctx,
        query: (query === undefined ? {} : validated(query, ctx.query)) as z.output<Query>,
        body: (body === undefined ? {} : validated(body, jsonBody(ctx))) as z.output<Body>,
      })
      ctx.status = status
      ctx.type = mediaType
      ctx.body = answer
    },
  }
}

/** No body at all is an empty object: everything in it may have a default. */
function jsonBody(ctx: Context): unknown {
  if (ctx.request.length !== 0 && ctx.request.is('json') === false)
    throw new Problem(415, 'The body is not JSON.', 'Send Content-Type: application/json.')
  return ctx.request.body ?? {}
}
