import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { ApiBench } from './api-bench.js'

interface Operation {
  operationId: string
  security: object[]
  parameters?: { name: string }[]
  requestBody?: object
  responses: Record<string, { content: Record<string, { schema: object }> }>
}
interface Description {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object> }
}

let api: ApiBench
let description: Description
beforeEach(async () => {
  api = await ApiBench.start()
  description = (await (await api.ask('GET', '/openapi.json')).json()) as Description
})
afterEach(() => api.stop())

it('lists what is served', () => {
  expect(description.openapi).toBe('3.1.0')
  const served = Object.entries(description.paths).map(([path, methods]) => [path, Object.keys(methods)])
  expect(Object.fromEntries(served)).toEqual({
    '/healthz': ['get'],
    '/readyz': ['get'],
    '/metrics': ['get'],
    '/openapi.json': ['get'],
    '/api/v1/commissioning': ['get', 'post'],
    '/api/v1/door': ['get'],
    '/api/v1/door/history': ['get'],
    '/api/v1/link': ['get'],
    '/api/v1/model': ['get'],
    '/api/v1/events': ['get'],
    '/api/v1/log-level': ['patch'],
    '/api/v1/recordings': ['post'],
    '/api/v1/door/flag': ['post'],
    '/api/v1/flags': ['get'],
    '/api/v1/placement/start': ['post'],
    '/api/v1/placement': ['get'],
    '/api/v1/recordings/current': ['get', 'delete'],
  })
})

it('lists every method that the router allows, and no other', async () => {
  for (const [path, methods] of Object.entries(description.paths)) {
    const answer = await api.ask('PUT', path)
    expect(answer.status, path).toBe(405)
    const allowed = answer.headers.get('allow')?.toLowerCase().split(', ') ?? []
    expect(allowed.filter((method) => method !== 'head').sort(), path).toEqual(Object.keys(methods).sort())
  }
})

it('says what the answers look like', async () => {
  api.publish('open', 1)
  for (const started of ['recordings', 'placement/start', 'door/flag'])
    await api.ask('POST', `/api/v1/${started}`, { body: '{}' })
  for (const [path, { get }] of Object.entries(description.paths)) {
    const schema = get?.responses['200'].content['application/json']?.schema
    if (schema === undefined) continue
    const answer = await api.ask('GET', path)
    expect(answer.status, path).toBe(200)
    expect(z.fromJSONSchema(schema as never).safeParse(await answer.json()).error, path).toBeUndefined()
  }
  const problem: unknown = await (await api.ask('GET', '/api/v1/door/history?limit=0')).json()
  expect(
    z.fromJSONSchema(description.components.schemas.Problem as never).safeParse(problem).error,
  ).toBeUndefined()
})

it('names parameters, bodies and who needs the token', () => {
  const { paths } = description
  const names = paths['/api/v1/door/history'].get.parameters?.map(({ name }) => name)
  expect(names).toEqual(['fromMs', 'toMs', 'afterId', 'limit'])
  expect(paths['/api/v1/log-level'].patch.requestBody).toMatchObject({
    content: { 'application/json': { schema: { required: ['level'], additionalProperties: false } } },
  })
  expect(paths['/api/v1/log-level'].patch.security).toEqual([{ token: [] }])
  expect(paths['/api/v1/door'].get.security).toEqual([{}, { token: [] }])
  const ids = Object.values(paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  )
  expect(new Set(ids).size).toBe(ids.length)
})
