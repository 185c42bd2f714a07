import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ApiBench } from './api-bench.js'

let api: ApiBench
beforeEach(async () => void (api = await ApiBench.start()))
afterEach(() => api.stop())

interface Made {
  id: string
  file: string
  seconds: number
}

describe('POST /api/v1/door/flag', () => {
  it('keeps what is shown, answers 201 and lists it', async () => {
    api.show('open', 1)
    const answer = await api.ask('POST', '/api/v1/door/flag', { body: '{"note":"it is closed"}' })
    expect(answer.status).toBe(201)
    const made = (await answer.json()) as Made
    expect(made).toMatchObject({ seconds: 0, note: 'it is closed', reading: { state: 'open' }, model: 'm' })
    expect(readFileSync(made.file, 'utf8')).toMatch(/^AJAR1 \{.*"note":"it is closed"/)
    const listed: unknown = await (await api.ask('GET', '/api/v1/flags', { authorised: false })).json()
    expect(listed).toMatchObject({ flags: [made], dropped: 0, unreadable: 0, recent: { bytes: 0 } })
    expect(readFileSync(made.file, 'utf8')).not.toContain(readFileSync(api.tokenFile, 'utf8').trim())
  })

  it('needs no note, and no more than one in ten seconds', async () => {
    expect((await api.ask('POST', '/api/v1/door/flag')).status).toBe(201)
    const answer = await api.ask('POST', '/api/v1/door/flag', { body: '{}' })
    expect(answer.status).toBe(429)
    expect(answer.headers.get('retry-after')).toBe('10')
    expect(await answer.json()).toMatchObject({ code: 'flag.too-soon', hint: expect.any(String) as string })
  })

  it.each([
    ['without the token', { body: '{}', authorised: false }, 401],
    ['with a note that is too long', { body: JSON.stringify({ note: 'x'.repeat(501) }) }, 400],
    ['with an unknown key', { body: '{"nota":"x"}' }, 400],
    ['as text', { body: 'wrong', type: 'text/plain' }, 415],
  ])('is refused %s', async (_, options, status) => {
    const answer = await api.ask('POST', '/api/v1/door/flag', options)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    expect(await (await api.ask('GET', '/api/v1/flags')).json()).toMatchObject({ flags: [] })
  })
})
