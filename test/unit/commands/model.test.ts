import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { InferenceSession } from 'onnxruntime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { diffModels } from '../../../src/commands/model/diff.js'
import { exportModel } from '../../../src/commands/model/export.js'
import { showModel } from '../../../src/commands/model/show.js'
import { writeArtefact } from '../../../src/learning/training/artefact-files.js'
import type { TrainingInput } from '../../../src/learning/training/train.js'
import { doorRows, syntheticModel } from '../learning/training/synthetic-rows.js'

const parent = mkdtempSync(path.join(tmpdir(), 'ajar-models-'))
const at = (id: string) => path.join(parent, id)
const write = async (id: string, overrides: Partial<TrainingInput> = {}) =>
  writeArtefact(at(id), (await syntheticModel({ id, ...overrides })).files)

beforeAll(async () => {
  await write('one')
  await write('same', { codeVersion: '0.0.1' })
  const swapped = doorRows().map((row) => ({ ...row, marker: row.marker === 'shut' ? 'wide' : 'shut' }))
  await write('swapped', { rows: swapped })
  const renamed = doorRows().map((row) => ({ ...row, marker: row.marker === 'shut' ? '0' : '90' }))
  await write('renamed', { rows: renamed, states: { '0': 'closed', '90': 'open' } })
  await write('stateless', { rows: renamed, states: {} })
})

function said(body: (out: (line: string) => void) => number): string {
  const lines: string[] = []
  expect(body((line) => lines.push(line))).toBe(0)
  return lines.join('\n')
}

describe('ajar model show', () => {
  it('prints the card, or the manifest', () => {
    expect(said((out) => showModel(at('one'), { json: false }, out))).toBe(
      readFileSync(path.join(at('one'), 'card.md'), 'utf8').trimEnd(),
    )
    const manifest = JSON.parse(said((out) => showModel(at('one'), { json: true }, out))) as object
    expect(manifest).toMatchObject({ schemaVersion: 3, id: 'one', family: 'lda' })
  })

  it('shows a model of schema version 1 as the newest', () => {
    const json = said((out) => showModel('test/fixtures/model-schema-1', { json: true }, out))
    expect(JSON.parse(json)).toMatchObject({ schemaVersion: 3, layers: [{ positions: 1, channels: 5 }] })
  })
})

describe('ajar model diff', () => {
  const diff = (other: string) =>
    JSON.parse(said((out) => diffModels([at('one'), at(other)], { json: true }, out))) as {
      differences: { key: string }[]
      agreement?: object
    }

  it('names what differs and how often both call windows the same', () => {
    const { differences, agreement } = diff('same')
    expect(differences.map(({ key }) => key)).toEqual(['trained.codeVersion'])
    expect(agreement).toEqual({ share: 1, windows: 56, of: 'markers' })
    expect(diff('swapped').agreement).toMatchObject({ share: 0, of: 'markers' })
  })

  it('compares states where the markers are others, and nothing where there are none', () => {
    expect(diff('renamed').agreement).toMatchObject({ share: 1, of: 'states' })
    expect(diff('stateless').agreement).toBeUndefined()
  })
})

describe('ajar model export', () => {
  it('writes what onnxruntime reads, once', async () => {
    const file = at('one.onnx')
    expect(said((out) => exportModel(at('one'), { onnx: file, json: true }, out))).toContain('"inputs":5')
    const session = await InferenceSession.create(file, { logSeverityLevel: 3 })
    expect(session.inputNames).toEqual(['input'])
    expect(() => exportModel(at('one'), { onnx: file, json: true }, () => undefined)).toThrow(
      expect.objectContaining({ code: 'usage.exists' }),
    )
  })

  it('says what to do where it cannot write', () => {
    const file = path.join(parent, 'nowhere', 'one.onnx')
    expect(() => exportModel(at('one'), { onnx: file, json: false }, () => undefined)).toThrow(
      expect.objectContaining({ code: 'model.export', hint: expect.stringContaining('directory') }),
    )
    expect(existsSync(file)).toBe(false)
  })
})
