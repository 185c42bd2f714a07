import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Appliance, type Door } from '../support/appliance-process.js'

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
})
