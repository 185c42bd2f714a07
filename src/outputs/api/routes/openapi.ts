import { z } from 'zod'
import { problemSchema } from '../problem.js'
import { route, type Route } from '../route.js'

/** OpenAPI 3.1 of the given routes and of itself. */
export function openApiRoute(routes: readonly Route[], version: string): Route {
  const self: Route = route({
    method: 'get',
    path: '/openapi.json',
    summary: 'This description',
    answer: z.record(z.string(), z.unknown()),
    handle: () => description([...routes, self], version),
  })
  return self
}

function description(routes: readonly Route[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, object>> = {}
  for (const each of routes) (paths[each.path] ??= {})[each.method] = operation(each)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ajar',
      version,
      description:
        'Reading is free from the machine itself; everything else needs the token that `ajar token` shows. ' +
        'A proxy on the machine makes every client look like the machine itself.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: jsonSchema(problemSchema, 'output') },
    },
  }
}

function operation({ method, path, summary, query, body, answer, status, mediaType }: Route): object {
  const schema = mediaType === 'application/json' ? jsonSchema(answer, 'output') : { type: 'string' }
  return {
    operationId: `${method}${path.replace(/[^a-z0-9]+(.)/gi, (_, first: string) => first.toUpperCase())}`,
    summary,
    security: path === '/healthz' ? [] : method === 'get' ? [{}, { token: [] }] : [{ token: [] }],
    ...(query && { parameters: parameters(query) }),
    ...(body && { requestBody: { content: { 'application/json': { schema: jsonSchema(body, 'input') } } } }),
    responses: {
      [status]: { description: summary, content: { [mediaType]: { schema } } },
      default: {
        description: 'What went wrong, and one thing to do (RFC 9457)',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
}

function parameters(query: z.ZodObject): object[] {
  const { properties = {}, required = [] } = jsonSchema(query, 'input')
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output') {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io })
  return rest
}
