import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Appliance, until, type Door } from '../support/appliance-process.js'

const directory = mkdtempSync(path.join(tmpdir(), 'ajar-engine-'))
afterAll(() => rmSync(directory, { recursive: true }))

interface Shown {
  engine: string
  engineReason: { code: string; text: string; hint: string }
}

async function runOn(engine: string): Promise<{ model: Shown; door: Door; log: string }> {
  const config = path.join(directory, `${engine}.yaml`)
  writeFileSync(config, `model:\n  directory: ${path.resolve('models/demo')}\n  engine: ${engine}\n`)
  const appliance = await Appliance.start(['--config', config, '--simulate', 'metal-doorway'])
  try {
    const model = await appliance.json<Shown>('/api/v1/model')
    const door = await appliance.reads(({ state }) => state !== 'unknown', 60_000)
    expect(await appliance.stop()).toBe(0)
    return { model, door, log: appliance.output() }
  } finally {
    await appliance.kill()
  }
}

describe('the engine of ajar run', () => {
  it('is the one that the configuration asks for', async () => {
    const { model, door, log } = await runOn('tfjs-wasm')
    expect(model).toMatchObject({ engine: 'tfjs-wasm', engineReason: { code: 'engine.configured' } })
    expect(door.engine).toBe('tfjs-wasm')
    expect(log).toContain('Engine tfjs-wasm executes the model: it was asked for.')
  })

  it('is one of int8 where nothing is asked for', async () => {
    const { model, door } = await runOn('auto')
    expect(model.engine).toMatch(/^int8-/)
    expect(model.engineReason).toMatchObject({ code: 'engine.auto' })
    expect(door.engine).toBe(model.engine)
  })

  it('is not called broken by a stop while it was tried', async () => {
    const config = path.join(directory, 'stopped.yaml')
    writeFileSync(config, `model:\n  directory: ${path.resolve('models/demo')}\n  engine: tfjs-wasm\n`)
    const args = ['run', '--config', config, '--simulate', 'metal-doorway', '--http-port', '0']
    const child = spawn(process.execPath, [
      'dist/cli.js',
      ...args,
      '--data-dir',
      path.join(directory, 'data'),
    ])
    let log = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes: Buffer) => (log += bytes.toString()))
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
    await until(() => hasProbe(child.pid as number), 10_000)
    child.kill('SIGTERM')
    expect(await ended, log).toBe(0)
    expect(log).not.toContain('executes the model')
    expect(log).not.toContain('engine.')
  })
})

/** Whether a process has a child that tries an engine. */
function hasProbe(pid: number): boolean {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
  return children.some((child) => {
    try {
      return readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('probe')
    } catch {
      return false // it has ended
    }
  })
}
