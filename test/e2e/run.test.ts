import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { ajar, Appliance, temporaryDirectory, until } from '../support/appliance-process.js'
import { openPty } from '../support/pty.js'
import { streamFrames } from '../support/stream.js'

interface Health {
  connected: boolean
  reasons: { code: string; hint: string }[]
  counters: { received: number; used: number; other: number; discarded: Record<string, number> }
}

const link = (appliance: Appliance) => appliance.json<Health>('/api/v1/link')

describe('ajar run', () => {
  it('lives without a receiver, says what to do, and stops cleanly', async () => {
    const appliance = await Appliance.start(['--port', path.join(temporaryDirectory(), 'ttyUSB9')])
    const door = await appliance.door()
    expect(door).toMatchObject({ state: 'unknown', confidence: 0, simulated: false })
    expect(await appliance.json('/healthz')).toMatchObject({ alive: true })
    expect((await fetch(`${appliance.url}/readyz`)).status).toBe(503)
    await until(
      async () =>
        (await link(appliance)).reasons.some(({ code, hint }) => code === 'link.lost' && hint !== ''),
      5000,
    )
    expect(await appliance.stop()).toBe(0)
  })

  it('senses, is unknown within 5 s of the plug being pulled, and senses again by itself', async () => {
    const pty = await openPty()
    const config = path.join(temporaryDirectory(), 'ajar.yaml')
    writeFileSync(config, 'receiver: { reconnectMinMs: 200, reconnectMaxMs: 500 }\n')
    const appliance = await Appliance.start(['--config', config, '--port', pty.device])
    const feed = streamFrames(pty)
    try {
      await appliance.reads(({ motion }) => motion === 'still', 8000)
      expect(await appliance.json('/readyz')).toMatchObject({ ready: true })
      await pty.close()
      await feed.stop()
      const gone = await appliance.reads(({ reason }) => reason === 'link-stale', 5000)
      expect(gone).toMatchObject({ state: 'unknown', motion: 'unknown' })
      const again = await openPty(pty.device)
      const feedAgain = streamFrames(again)
      await appliance.reads(({ motion }) => motion === 'still', 10_000)
      await feedAgain.stop()
      await again.close()
      const { counters } = await link(appliance)
      const discarded = Object.values(counters.discarded).reduce((sum, n) => sum + n, 0)
      expect(counters.received).toBe(counters.used + discarded)
    } finally {
      expect(await appliance.stop(), appliance.output().slice(-2000)).toBe(0)
    }
  })

  it('says so where bytes are no packets: a wrong baud rate', async () => {
    const pty = await openPty()
    const appliance = await Appliance.start(['--port', pty.device])
    let running = true
    const feed = (async () => {
      while (running) {
        await pty.write(Buffer.from(Array.from({ length: 700 }, (_, i) => (i * 89 + 7) & 0xff)))
        await sleep(50)
      }
    })()
    await until(
      async () =>
        (await link(appliance)).reasons.some(
          ({ code, hint }) => code === 'link.not-csi' && hint.includes('baud'),
        ),
      12_000,
    )
    expect((await appliance.door()).state).toBe('unknown')
    running = false
    await feed
    await appliance.stop()
    await pty.close()
  })

  it('refuses a configuration with a typo and names the nearest key', async () => {
    const file = path.join(temporaryDirectory(), 'ajar.yaml')
    writeFileSync(file, 'reciever:\n  port: /dev/ttyUSB0\n')
    const { code, stderr } = await ajar(['run', '--config', file])
    expect(code).toBe(1)
    expect(stderr).toContain("unknown key 'reciever'; did you mean 'receiver'?")
    expect(stderr).toContain(`${file}:1`)
  })

  it('goes on without a model that is missing, and says so', async () => {
    const appliance = await Appliance.start([
      '--port',
      '/dev/ttyUSB9',
      '--model',
      path.join(temporaryDirectory(), 'none'),
    ])
    expect(await appliance.json('/api/v1/model')).toMatchObject({ id: '', reason: { code: 'model.missing' } })
    expect(await appliance.stop()).toBe(0)
  })

  it('says which program has the port of the API', async () => {
    const first = await Appliance.start(['--port', '/dev/ttyUSB9'])
    const port = new URL(first.url).port
    const { code, stderr } = await ajar([
      'run',
      '--port',
      '/dev/ttyUSB9',
      '--http-port',
      port,
      '--data-dir',
      temporaryDirectory(),
    ])
    expect(code).toBe(1)
    expect(stderr).toContain('Another program has the port')
    await first.stop()
  })

  it('calls wrong use by exit code 2', async () => {
    expect((await ajar(['run', '--nonsense'])).code).toBe(2)
    expect((await ajar(['run', '--http-port', 'many'])).code).toBe(2)
    expect((await ajar(['--help'])).code).toBe(0)
  })
})

describe('pm2', () => {
  it('starts it, starts it again after kill -9, and stops it cleanly', async () => {
    const directory = temporaryDirectory()
    const config = path.join(directory, 'ajar.yaml')
    writeFileSync(config, `dataDirectory: ${directory}\nreceiver: { port: /dev/ttyUSB9 }\napi: { port: 0 }\n`)
    const pm2 = spawn(process.execPath, ['node_modules/pm2/bin/pm2-runtime', 'ecosystem.config.js'], {
      env: { ...process.env, AJAR_CONFIG: config, PM2_HOME: path.join(directory, 'pm2') },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let log = ''
    pm2.stdout.on('data', (bytes: Buffer) => (log += bytes.toString()))
    pm2.stderr.on('data', (bytes: Buffer) => (log += bytes.toString()))
    const exited = new Promise<number | null>((resolve) => pm2.on('exit', resolve))
    const urls = (): string[] => log.match(/http:\/\/127\.0\.0\.1:\d+/g) ?? []
    try {
      await until(() => urls().length === 1, 20_000)
      process.kill(applianceUnder(pm2.pid as number), 'SIGKILL')
      await until(() => urls().length === 2, 20_000)
      const response = await fetch(`${urls()[1]}/healthz`)
      expect(response.status).toBe(200)
    } catch (error) {
      throw new Error(`${String(error)}\n${log.slice(-3000)}`, { cause: error })
    } finally {
      pm2.kill('SIGTERM')
    }
    expect(await exited).toBe(0)
    expect(log).toContain('Stopped.')
  })
})

/** The process that pm2 runs the command line in. */
function applianceUnder(pm2: number): number {
  const children = readFileSync(`/proc/${pm2}/task/${pm2}/children`, 'utf8').trim().split(' ').map(Number)
  const found = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('cli.js'))
  if (found === undefined) throw new Error(`pm2 has no appliance among its children ${children.join(', ')}`)
  return found
}
