import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Engine, EngineName } from '../../../../src/domain/model.js'
import { writeArtefact } from '../../../../src/learning/training/artefact-files.js'
import { loadArtefact, type Artefact } from '../../../../src/sensing/model/artefact.js'
import { buildEngine, chooseEngine } from '../../../../src/sensing/model/choose-engine.js'
import { Int8JsEngine } from '../../../../src/sensing/model/engine-int8-js.js'
import { engineProbe } from '../../../../src/sensing/model/engine-probe.js'
import { ajar } from '../../../support/appliance-process.js'
import { tfjsNodeInstalled } from '../../../support/tfjs-node.js'
import { syntheticModel } from '../../learning/training/synthetic-rows.js'

const parent = mkdtempSync(path.join(tmpdir(), 'ajar-engine-'))
const directory = path.join(parent, 'synthetic')
let artefact: Artefact

beforeAll(async () => {
  writeArtefact(directory, (await syntheticModel()).files)
  artefact = loadArtefact(directory)
})
afterAll(() => rmSync(parent, { recursive: true }))

const honest = async (model: Artefact) => new Int8JsEngine(model, model.network)
const works = async () => undefined
/** A test double: right but for one activation, and counting whether it was disposed of. */
function lying(name: EngineName) {
  const told = { disposed: 0 }
  const build = async (model: Artefact): Promise<Engine> => {
    const engine = new Int8JsEngine(model, model.network)
    return {
      name,
      model,
      run: (input, output) => engine.run(input, output),
      trace: (input) =>
        engine.trace(input).map((values) => values.map((value, i) => (i === 1 ? value ^ 1 : value))),
      dispose: () => void told.disposed++,
    }
  }
  return { told, build }
}
/** A real process that does this instead of being probed. */
const probing = (script: string, timeoutMs?: number) =>
  engineProbe([process.execPath, '-e', script, '--'], directory, { timeoutMs })

describe('chooseEngine', () => {
  it('takes the first in the order', async () => {
    const build = async (model: Artefact) =>
      Object.assign(await honest(model), { name: 'int8-simd' }) as unknown as Engine
    const { engine, engineReason } = await chooseEngine(artefact, {
      wanted: 'auto',
      probe: works,
      engines: { 'int8-simd': build, 'int8-js': honest },
    })
    expect(engine.name).toBe('int8-simd')
    expect(engineReason).toMatchObject({ code: 'engine.auto', hint: '' })
  })

  it('drops one that lies, and frees it', async () => {
    const { told, build } = lying('int8-simd')
    const { engine, engineReason } = await chooseEngine(artefact, {
      wanted: 'auto',
      probe: works,
      engines: { 'int8-simd': build, 'int8-js': honest },
    })
    expect(engine.name).toBe('int8-js')
    expect(told.disposed).toBe(1)
    expect(engineReason.code).toBe('engine.fallback')
    expect(engineReason.text).toMatch(
      /^Engine int8-js executes the model\. Engine int8-simd gives .* for golden vector 0, layer 0, output 1/,
    )
    expect(engineReason.hint).toMatch(/not the model/)
  })

  it('drops one that throws', async () => {
    const { engine, engineReason } = await chooseEngine(artefact, {
      wanted: 'tfjs-wasm',
      probe: works,
      engines: {
        'tfjs-wasm': () => Promise.reject(new TypeError('no such thing')),
        'int8-simd': lying('int8-simd').build,
        'int8-js': honest,
      },
    })
    expect(engine.name).toBe('int8-js')
    expect(engineReason.text).toContain('Engine tfjs-wasm failed: no such thing. Engine int8-simd gives')
  })

  it.each([
    ['process.kill(process.pid, "SIGILL")', 'Engine int8-simd crashed (SIGILL).', undefined],
    ['process.abort()', 'Engine int8-simd crashed (SIGABRT).', undefined],
    ['setInterval(() => undefined, 1000)', 'Engine int8-simd was not ready within 700 ms.', 700],
    ['process.exitCode = 3; console.error("bad luck")', 'int8-simd could not be tried: bad luck', undefined],
  ])('drops one whose probe ends by %s', async (script, text, timeoutMs) => {
    const { engine, engineReason } = await chooseEngine(artefact, {
      wanted: 'auto',
      probe: probing(script, timeoutMs),
      engines: { 'int8-simd': honest, 'int8-js': honest },
    })
    expect(engine.name).toBe('int8-js')
    expect(engineReason.code).toBe('engine.fallback')
    expect(engineReason.text).toContain(text)
  })

  it('drops one that was asked for and is not there', async () => {
    const { engine, engineReason } = await chooseEngine(artefact, {
      wanted: 'tfjs-node',
      probe: (name) => buildEngine(artefact, name, { 'int8-js': honest }).then(() => undefined),
      engines: { 'int8-js': honest },
    })
    expect(engine.name).toBe('int8-js')
    expect(engineReason.text).toContain('Engine tfjs-node is not part of this version.')
  })

  it('has no engine for a model whose golden vectors are wrong, and says so', async () => {
    const golden = artefact.golden.map(({ input, activations }) => ({
      input,
      activations: activations.map((values) => values.map((value) => value ^ 1)),
    }))
    await expect(
      chooseEngine({ ...artefact, golden }, { wanted: 'int8-js', probe: works }),
    ).rejects.toMatchObject({ code: 'model.golden' })
  })
})

describe('ajar model verify --engine', () => {
  const verify = async (engine: EngineName) => {
    const { code, stdout } = await ajar(['model', 'verify', directory, '--engine', engine, '--json'])
    return { code, ...(JSON.parse(stdout) as Record<string, unknown>) }
  }

  it.each(['int8-js', 'tfjs-wasm'] as const)('verifies on %s', async (engine) => {
    expect(await verify(engine)).toMatchObject({
      code: 0,
      ok: true,
      engine,
      engineReason: { code: 'engine.configured' },
    })
  })

  it('verifies on tfjs-node where it is installed, else says how to install it', async () => {
    expect(await verify('tfjs-node')).toMatchObject(
      tfjsNodeInstalled()
        ? { ok: true, engine: 'tfjs-node' }
        : {
            ok: false,
            message: expect.stringContaining('Engine tfjs-node is not installed.'),
            hint: expect.stringContaining('scripts/install-tfjs-node.sh'),
          },
    )
  })
})
