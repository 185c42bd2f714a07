import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '../../../../src/domain/model.js'
import { writeArtefact } from '../../../../src/learning/training/artefact-files.js'
import { AjarError } from '../../../../src/platform/errors.js'
import { loadArtefact, type Artefact } from '../../../../src/sensing/model/artefact.js'
import { sealManifest } from '../../../../src/sensing/model/artefact-manifest.js'
import { Int8JsEngine } from '../../../../src/sensing/model/engine-int8-js.js'
import { verifyGolden } from '../../../../src/sensing/model/golden.js'
import { syntheticModel } from '../../learning/training/synthetic-rows.js'

const parent = mkdtempSync(path.join(tmpdir(), 'ajar-artefact-'))
const directory = path.join(parent, 'good')
const { manifest, files } = await syntheticModel()

beforeAll(() => writeArtefact(directory, files))
afterAll(() => rmSync(parent, { recursive: true }))

const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')

function failure(run: () => unknown): AjarError {
  try {
    run()
  } catch (error) {
    if (error instanceof AjarError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** The failure of a copy in which one file is other than it was. */
function failureWith(name: string, content: string | Uint8Array): AjarError {
  const copy = path.join(parent, 'broken')
  rmSync(copy, { recursive: true, force: true })
  writeArtefact(copy, files)
  writeFileSync(path.join(copy, name), content)
  return failure(() => {
    const artefact = loadArtefact(copy)
    verifyGolden(new Int8JsEngine(artefact, artefact.network), artefact.golden)
  })
}

describe('loadArtefact', () => {
  it('gives back what was trained', () => {
    const artefact = loadArtefact(directory)
    expect(artefact).toMatchObject({
      id: 'synthetic',
      layoutId: 5,
      inputShape: [5],
      outputs: [
        { marker: 'shut', state: 'closed' },
        { marker: 'wide', state: 'open' },
      ],
    })
    expect(artefact.manifest).toEqual(manifest)
    verifyGolden(new Int8JsEngine(artefact, artefact.network), artefact.golden)
  })

  it.each(['manifest.json', 'weights.bin', 'golden.bin', 'card.md'])(
    'refuses %s with any byte flipped, cut short or made longer, and names it',
    (name) => {
      const content = readFileSync(path.join(directory, name))
      const step = Math.ceil(content.length / 120)
      for (let at = 0; at < content.length; at += step) {
        const flipped = Buffer.from(content)
        flipped[at] ^= 1 << (at % 7)
        const error = failureWith(name, flipped)
        expect(error.code).toMatch(/^model\.(damaged|manifest|newer)$/)
        expect(error.message).toContain(name)
      }
      expect(failureWith(name, content.subarray(0, -1)).message).toContain(name)
      expect(failureWith(name, Buffer.concat([content, Buffer.of(32)])).message).toContain(name)
    },
    20_000,
  )

  it('refuses a newer schema and says to update', () => {
    const text = readFileSync(path.join(directory, 'manifest.json'), 'utf8')
    const error = failureWith('manifest.json', text.replace('"schemaVersion": 3', '"schemaVersion": 4'))
    expect(error.code).toBe('model.newer')
    expect(error.hint).toMatch(/Update Ajar/)
  })

  it.each([
    ['an unknown key', { colour: 'red' }, 'colour'],
    [
      'outputs that the network does not have',
      { outputs: [...manifest.outputs, { marker: 'x', state: 'ajar' }] },
      '',
    ],
    ['a normalisation of another length', { normalisation: { mean: [1], scale: [1] } }, 'normalisation.mean'],
    [
      'weights beyond the file',
      { layers: [{ ...manifest.layers[0], weightsOffset: 4000 }] },
      'the weights of layer 0',
    ],
    ['misaligned biases', { layers: [{ ...manifest.layers[0], biasesOffset: 1 }] }, 'the biases of layer 0'],
    ['a scale missing', { layers: [{ ...manifest.layers[0], weightScales: [1] }] }, 'layers.0.weightScales'],
    ['other vectors than there are', { golden: { vectors: 3 } }, 'golden.bin'],
  ])('refuses a sealed manifest with %s', (_, change, named) => {
    const error = failureWith('manifest.json', sealManifest({ ...manifest, ...change } as typeof manifest))
    expect(error.code).toMatch(/^model\.(manifest|damaged)$/)
    expect(error.message).toContain(named)
  })

  it('refuses biases that leave the exact range', () => {
    const weights = Buffer.from(files.get('weights.bin') ?? [])
    weights.writeInt32LE(2 ** 24, manifest.layers[0].biasesOffset)
    // As it would be after an export without the check: checksum and digest are right.
    const model = path.join(parent, 'wide')
    const seal = sealManifest({
      ...manifest,
      files: { ...manifest.files, 'weights.bin': { bytes: weights.length, sha256: sha256(weights) } },
    })
    writeArtefact(model, new Map([...files, ['weights.bin', weights], ['manifest.json', Buffer.from(seal)]]))
    expect(failure(() => loadArtefact(model)).code).toBe('model.accumulator')
  })

  it.each([1, 2])('takes a model of schema version %s as it was', (version) => {
    const artefact = loadArtefact(`test/fixtures/model-schema-${version}`)
    expect(artefact.manifest.schemaVersion).toBe(3)
    expect(artefact.network.layers).toMatchObject([{ kind: 'dense', positions: 1, channels: 5, outputs: 3 }])
    expect(artefact.outOfDistribution.features).toBe('five-numbers')
    verifyGolden(new Int8JsEngine(artefact, artefact.network), artefact.golden)
  })

  it.each<[string, object]>([
    ['layers', { layers: [null] }],
    ['outOfDistribution', { outOfDistribution: 7 }],
    ['features', { features: [] }],
    ['layers', { layers: 'none' }],
  ])('refuses a sealed manifest of schema version 1 whose %s are of another form', (named, change) => {
    const old = JSON.parse(
      readFileSync('test/fixtures/model-schema-1/manifest.json', 'utf8'),
    ) as typeof manifest
    const error = failureWith('manifest.json', sealManifest({ ...old, ...change }))
    expect(error.code).toBe('model.manifest')
    expect(error.message).toContain(named)
  })

  it('says which file is missing', () => {
    const error = failure(() => loadArtefact(path.join(parent, 'nowhere')))
    expect(error.code).toBe('model.missing')
    expect(error.message).toContain(path.join('nowhere', 'manifest.json'))
  })
})

describe('verifyGolden', () => {
  let artefact: Artefact
  let honest: Int8JsEngine
  beforeAll(() => {
    artefact = loadArtefact(directory)
    honest = new Int8JsEngine(artefact, artefact.network)
  })
  const lying = (lie: Partial<Engine>): Engine => ({
    name: 'int8-simd',
    model: artefact,
    run: (input, output) => honest.run(input, output),
    trace: (input) => honest.trace(input),
    dispose: () => honest.dispose(),
    ...lie,
  })

  it('catches an engine whose activations differ by one step', () => {
    const trace: Engine['trace'] = (input) =>
      honest.trace(input).map((values) => values.map((value, i) => (i === 1 ? value ^ 1 : value)))
    const error = failure(() => verifyGolden(lying({ trace }), artefact.golden))
    expect(error.code).toBe('model.golden')
    expect(error.message).toMatch(
      /Engine int8-simd gives .* golden vector 0, layer 0, output 1 of model synthetic/,
    )
  })

  it.each<[string, Partial<Engine>]>([
    [
      'runs otherwise than it shows',
      { run: (input, output) => void (honest.run(input, output), output.reverse()) },
    ],
    ['does not run at all', { run: () => undefined }],
    ['shows no layer', { trace: () => [] }],
    ['shows too much', { trace: (input) => honest.trace(input).map((values) => Int8Array.of(...values, 0)) }],
  ])('catches one that %s', (_, lie) => {
    expect(failure(() => verifyGolden(lying(lie), artefact.golden)).code).toBe('model.golden')
  })
})
