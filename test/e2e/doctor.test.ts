import { cpSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ajar, temporaryDirectory } from '../support/appliance-process.js'
import { openPty } from '../support/pty.js'
import { streamFrames } from '../support/stream.js'

const answer = z.strictObject({
  checks: z.array(
    z.strictObject({
      code: z.string().min(1),
      status: z.enum(['ok', 'warn', 'fail']),
      text: z.string().min(1),
      hint: z.string(),
    }),
  ),
})

/** Of `ajar doctor --json`; what is not well must come with something to do. */
async function doctor(port: string, config = '') {
  const file = path.join(temporaryDirectory(), 'ajar.yaml')
  writeFileSync(file, `dataDirectory: ${temporaryDirectory()}\n${config}`)
  const args = ['doctor', '--json', '--config', file, '--port', port, '--seconds', '4']
  const { code, stdout, stderr } = await ajar(args)
  const { checks } = answer.parse(JSON.parse(stdout))
  for (const check of checks)
    if (check.status !== 'ok') expect(check.hint, `hint of ${check.code}`).not.toBe('')
  const statusOf = Object.fromEntries(checks.map((check) => [check.code, check.status]))
  return { code, stderr, checks, statusOf }
}

describe('ajar doctor', () => {
  it('finds a receiver at work, and only the model is to be made yet', async () => {
    const pty = await openPty()
    const feed = streamFrames(pty)
    const { code, statusOf, checks } = await doctor(pty.device)
    await feed.stop()
    await pty.close()
    expect(statusOf).toEqual({
      port: 'ok',
      packets: 'ok',
      dialect: 'ok',
      rate: 'ok',
      loss: 'ok',
      gain: 'ok',
      gpio: 'ok',
      disk: 'ok',
      clock: 'ok',
      model: 'warn',
    })
    expect(checks.find((check) => check.code === 'rate')?.text).toMatch(/^(9\d|10\d)\.\d packets a second/)
    expect(code).toBe(0)
  })

  it('warns of a gain that is reported but not locked', async () => {
    const pty = await openPty()
    const feed = streamFrames(pty, { change: (packet) => ({ agcGain: 40 + (packet % 3) }) })
    const { code, checks } = await doctor(pty.device)
    await feed.stop()
    await pty.close()
    expect(checks.find((check) => check.code === 'gain')).toMatchObject({
      status: 'warn',
      text: expect.stringContaining('not locked') as string,
    })
    expect(code).toBe(0)
  })

  it('fails on a port that is not there, and looks at the rest all the same', async () => {
    const port = path.join(temporaryDirectory(), 'ttyUSB9')
    const { code, statusOf, checks } = await doctor(port)
    expect(statusOf).toMatchObject({ port: 'fail', disk: 'ok', clock: 'ok' })
    expect(statusOf).not.toHaveProperty('packets')
    expect(checks[0].text).toContain(port)
    expect(code).toBe(1)
  })

  it('fails on bytes that are no packets and on a model that is damaged', async () => {
    const model = path.join(temporaryDirectory(), 'model')
    cpSync('models/demo', model, { recursive: true })
    writeFileSync(path.join(model, 'weights.bin'), 'no weights')
    const pty = await openPty()
    let running = true
    const feed = (async () => {
      for (; running; await sleep(20)) await pty.write(Buffer.alloc(300, 0xa5))
    })()
    const { code, statusOf, checks } = await doctor(pty.device, `model: { directory: ${model} }\n`)
    running = false
    await feed
    await pty.close()
    expect(statusOf).toMatchObject({ port: 'ok', packets: 'fail', model: 'fail' })
    expect(checks.find((check) => check.code === 'packets')?.hint).toContain('baud')
    expect(code).toBe(1)
  })

  it('calls wrong use by exit code 2, and a bad configuration by 1', async () => {
    expect((await ajar(['doctor', '--seconds', 'long'])).code).toBe(2)
    const file = path.join(temporaryDirectory(), 'ajar.yaml')
    writeFileSync(file, 'recevier: {}\n')
    const { code, stderr } = await ajar(['doctor', '--config', file])
    expect(code).toBe(1)
    expect(stderr).toContain("did you mean 'receiver'?")
  })
})
