import { describe, expect, it } from 'vitest'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { SignalWindow } from '../../../../src/domain/window.js'
import { writeArtefact } from '../../../../src/learning/training/artefact-files.js'
import { loadArtefact } from '../../../../src/sensing/model/artefact.js'
import { Int8JsEngine } from '../../../../src/sensing/model/engine-int8-js.js'
import { featureExtractor } from '../../../../src/sensing/model/features.js'
import { ModelStage } from '../../../../src/sensing/model/stage.js'
import { syntheticModel } from '../../learning/training/synthetic-rows.js'

const ROWS = 100
const BINS = 52

/** A window whose rows alternate around RSSI and level by the given deviations. */
function windowOf({
  rssi = -60,
  rssiSd = 1,
  level = 20,
  levelSd = 0.5,
  layoutId = 5,
  rows = ROWS,
}): SignalWindow {
  const alternating = (mean: number, sd: number) =>
    Float32Array.from({ length: rows }, (_, row) => mean + (row % 2 === 0 ? sd : -sd))
  return {
    link: 'l',
    startUs: 0,
    endUs: 2e6,
    epoch: 0,
    layoutId,
    rows,
    bins: BINS,
    gridRateHz: 50,
    shape: Float32Array.from({ length: rows * BINS }, (_, i) => (i % BINS) / 10 + (Math.floor(i / BINS) % 2)),
    levelDb: alternating(level, levelSd),
    rssiDbm: alternating(rssi, rssiSd),
    realShare: 1,
    motion: { lag1: 0, movingVariance: 0, moving: false },
    quality: { lossRatio: 0, saturatedRatio: 0, gainJump: false },
  }
}

describe('feature extractors', () => {
  it('five-numbers: mean and sd of RSSI and level, and their difference', () => {
    const into = new Float32Array(5)
    featureExtractor('five-numbers').extract(windowOf({}), into)
    ;[-60, 1, 20, 0.5, 80].forEach((value, i) => expect(into[i]).toBeCloseTo(value, 4))
  })

  it('standing: the same and the mean log-shape of each bin', () => {
    const extractor = featureExtractor('standing')
    const into = new Float32Array(extractor.size)
    extractor.extract(windowOf({}), into)
    expect(into.length).toBe(57)
    ;[-60, 1, 20, 0.5, 80].forEach((value, i) => expect(into[i]).toBeCloseTo(value, 4))
    for (let bin = 0; bin < BINS; bin++) expect(into[5 + bin]).toBeCloseTo(bin / 10 + 0.5, 4)
  })
})

describe('sequence', () => {
  const extractor = featureExtractor('sequence')
  const rowOf = (into: Float32Array, row: number) => [...into.subarray(row * 54, (row + 1) * 54)]

  it('is the window, row after row: shape, level, RSSI', () => {
    const window = windowOf({})
    const into = new Float32Array(extractor.size)
    extractor.extract(window, into)
    for (const row of [0, 1, 57, 99]) {
      const shape = window.shape.subarray(row * BINS, (row + 1) * BINS)
      expect(rowOf(into, row)).toEqual([...shape, window.levelDb[row], window.rssiDbm[row]])
    }
  })

  it('stretches a window of fewer rows, ends on ends', () => {
    const window = windowOf({ rows: 34 }) // 99 = 3 × 33: each third row is one of the window's
    const into = new Float32Array(extractor.size)
    extractor.extract(window, into)
    expect(rowOf(into, 0)[53]).toBe(window.rssiDbm[0])
    expect(rowOf(into, 99)[53]).toBe(window.rssiDbm[33])
    expect(rowOf(into, 30)[52]).toBeCloseTo(window.levelDb[10], 5)
    expect(rowOf(into, 31)[52]).toBeCloseTo((2 * window.levelDb[10] + window.levelDb[11]) / 3, 5)
  })
})

describe('ModelStage', async () => {
  const directory = path.join(mkdtempSync(path.join(tmpdir(), 'ajar-stage-')), 'm')
  writeArtefact(directory, (await syntheticModel()).files)
  const artefact = loadArtefact(directory)
  const stage = new ModelStage(artefact, new Int8JsEngine(artefact, artefact.network))
  const score = (window: SignalWindow) => {
    let result: { probabilities: number[]; outOfDistribution: number } | undefined
    stage.push(window, ({ probabilities, outOfDistribution, outputs }) => {
      expect(outputs.map(({ state }) => state)).toEqual(['closed', 'open'])
      result = { probabilities: [...probabilities], outOfDistribution }
    })
    if (result === undefined) throw new Error('nothing was emitted')
    return result
  }

  it('tells the markers apart, with probabilities that sum to 1', () => {
    const closed = score(windowOf({}))
    const open = score(windowOf({ rssi: -54, level: 26 }))
    expect(closed.probabilities[0]).toBeGreaterThan(0.9)
    expect(open.probabilities[1]).toBeGreaterThan(0.9)
    expect(closed.probabilities[0] + closed.probabilities[1]).toBeCloseTo(1, 6)
    expect(closed.outOfDistribution).toBeLessThan(1)
  })

  it('is unsure halfway, and sure beyond', () => {
    const [half] = score(windowOf({ rssi: -57, level: 23 })).probabilities
    expect(half).toBeGreaterThan(0.1)
    expect(half).toBeLessThan(0.9)
  })

  it('says how far a window lies from what it was trained on', () => {
    expect(score(windowOf({ rssi: -30, level: -20 })).outOfDistribution).toBeGreaterThan(3)
    expect(score(windowOf({ rssiSd: 15 })).outOfDistribution).toBeGreaterThan(3)
  })

  it.each([
    ['another layout', windowOf({ layoutId: 6 }), 'model.layout', /layout 5; the receiver sends layout 6/],
    ['another number of bins', { ...windowOf({}), bins: 26 }, 'model.window', /52 bins, not 26/],
    ['another length', windowOf({ rows: 50 }), 'model.window', /2000 ms, not 1000 ms/],
  ])('refuses a window of %s', (_, window, code, message) => {
    expect(() => score(window)).toThrow(message)
    expect(() => score(window)).toThrow(expect.objectContaining({ code }))
  })
})
