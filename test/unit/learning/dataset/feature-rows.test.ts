import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readFeatureRows } from '../../../../src/learning/dataset/feature-rows.js'
import { loadDataset } from '../../../../src/learning/dataset/manifest.js'
import { VisitReader } from '../../../../src/learning/dataset/visit-reader.js'
import { featureExtractor } from '../../../../src/sensing/model/features.js'
import { RecordingWriter } from '../../../../src/sensing/link/recording.js'
import { CAPTURES, capturesAbsent, needsCaptures } from '../../../support/captures.js'
import { signalSettings } from '../../../support/packets.js'
import { classic, text } from '../../sensing/packet/streams.js'
import { wireBytes } from './wire-bytes.js'

const directory = mkdtempSync(path.join(tmpdir(), 'ajar-rows-'))
const options = {
  signal: signalSettings,
  features: featureExtractor('five-numbers'),
  judge: featureExtractor('five-numbers'),
  transmitters: [],
  tablePacketsPerSecond: 3,
}

async function rowsOf(files: Record<string, Uint8Array>) {
  const visits = Object.entries(files).map(([file, bytes], index) => {
    writeFileSync(path.join(directory, file), bytes)
    return `  - { file: ${file}, marker: m${index}, session: s, place: hall }`
  })
  const manifest = path.join(directory, 'dataset.yaml')
  writeFileSync(manifest, `name: wire\nvisits:\n${visits.join('\n')}\n`)
  const readers: VisitReader[] = []
  const result = await readFeatureRows(await loadDataset(manifest), options, (_, reader) =>
    readers.push(reader),
  )
  return { ...result, readers }
}

describe('readFeatureRows', () => {
  it('turns bytes into labelled rows, one for each window', async () => {
    const { rows, layoutId, packets, discarded } = await rowsOf({ 'still.bin': wireBytes({}) })
    expect({ layoutId, packets, discarded }).toEqual({ layoutId: 2, packets: 400, discarded: {} })
    expect(rows.length).toBeGreaterThanOrEqual(9) // 4 s: the first window after 2 s, then five a second
    expect(rows.length).toBeLessThanOrEqual(11)
    expect(rows[0]).toMatchObject({ marker: 'm0', session: 's', place: 'hall', visit: 'still.bin' })
    const [rssi, rssiSd, level, levelSd, difference] = rows[0].features
    expect([rssi, rssiSd]).toEqual([-50, 0])
    expect(level).toBeCloseTo(20 * Math.log10(30 * Math.SQRT2), 1)
    expect(levelSd).toBeLessThan(0.2)
    expect(difference).toBeCloseTo(level + 50, 3)
  })

  it('reads the same from a gzipped file and from an own recording, and counts a cut tail', async () => {
    const bytes = wireBytes({})
    const recording = path.join(directory, 'own.ajar')
    const header = { source: 'test', baudRate: 921_600, startedMs: 0, note: '' }
    const writer = await RecordingWriter.open(recording, header, { mostBytes: 1e6, mostSeconds: 10 })
    for (let at = 0; at < bytes.length; at += 1000) writer.append(bytes.subarray(at, at + 1000), at)
    await writer.close()
    const own = readFileSync(recording)
    const { readers } = await rowsOf({
      'plain.bin': bytes,
      'zipped.bin.gz': gzipSync(bytes),
      'whole.ajar': own,
      'cut.ajar': own.subarray(0, -3),
    })
    const features = readers.map((reader) => reader.rows.map((row) => [...row.features]))
    expect(features[1]).toEqual(features[0])
    expect(features[2]).toEqual(features[0])
    expect(readers[3].discarded).toMatchObject({ 'cut-record': 1 })
    expect(readers[3].packets).toBeLessThan(400)
  })

  it('says that a recording among the visits is simulated', async () => {
    const recording = path.join(directory, 'simulated.ajar')
    const header = { source: 'simulated site x', baudRate: 0, startedMs: 0, note: '', simulated: true }
    const writer = await RecordingWriter.open(recording, header, { mostBytes: 1e6, mostSeconds: 10 })
    writer.append(wireBytes({}), 0)
    await writer.close()
    const own = readFileSync(recording)
    expect((await rowsOf({ 'plain.bin': wireBytes({}) })).simulated).toBe(false)
    expect((await rowsOf({ 'sim.ajar': own, 'plain.bin': wireBytes({}) })).simulated).toBe(true)
    expect((await rowsOf({ 'sim.ajar.gz': gzipSync(own) })).simulated).toBe(true)
  })

  it('finds the rate although the last stamp was damaged', async () => {
    const stamps = Array.from({ length: 400 }, (_, i) => 1_000_000 + i * 10_000).with(399, 1_399)
    const { readers } = await rowsOf({ 'damaged.csv': text(...stamps.map((us, i) => classic(i, us))) })
    expect(readers[0].discarded).toEqual({ 'no-time': 1 })
    expect(readers[0].packetsPerSecond).toBeCloseTo(100, 0)
  })

  it('keeps few rows of a long visit, evenly, and never holds it whole', () => {
    const labels = { marker: 'm', session: 's', place: 'p', visit: 'v' }
    const reader = new VisitReader(labels, { ...options, mostRows: 4 })
    let held = 0
    let at = 0
    for (let part = 0; part < 6; part++) {
      // 20 s each, one after the other by the device's clock; the RSSI tells them apart.
      const bytes = wireBytes({ seconds: 20, rssiDbm: -80 + 5 * part, startUs: 1e6 + part * 20e6 })
      for (at = 0; at < bytes.length; at += 500) {
        reader.push(bytes.subarray(at, at + 500), 0)
        held = Math.max(held, reader.rows.length)
      }
    }
    reader.end(0)
    expect(reader.windows).toBeGreaterThan(550)
    expect(held).toBeLessThanOrEqual(64)
    const levels = reader.rows.map(({ features }) => Math.round((features[0] + 80) / 5))
    expect(levels).toEqual([0, 2, 3, 5])
  })

  it('refuses visits of different layouts', async () => {
    const files = { 'a.bin': wireBytes({}), 'b.bin': wireBytes({ layoutId: 1 }) }
    await expect(rowsOf(files)).rejects.toThrow(/Visit b\.bin has subcarrier layout 1, visit a\.bin 2/)
  })

  it('names visits of which no window came', async () => {
    const { withoutWindows } = await rowsOf({
      'long.bin': wireBytes({}),
      'short.bin': wireBytes({ seconds: 1 }),
    })
    expect(withoutWindows).toEqual(['short.bin'])
  })

  it('says why there are no windows', async () => {
    await expect(rowsOf({ 'short.bin': wireBytes({ seconds: 1 }) })).rejects.toThrow(
      /100 packets at up to 100\.0 a second, discarded: nothing/,
    )
  })

  it('names a damaged file', async () => {
    const zipped = gzipSync(wireBytes({}))
    await expect(rowsOf({ 'cut.bin.gz': zipped.subarray(0, 500) })).rejects.toThrow(
      /Visit cut\.bin\.gz: .* cannot be read/,
    )
  })
})

describe.skipIf(capturesAbsent)(`recordings${needsCaptures}`, () => {
  it('two-state: every visit of a session gives labelled rows', async () => {
    const dataset = await loadDataset(path.join(CAPTURES, 'two-state', 'dataset.yaml'))
    const visits = dataset.visits.filter((visit) => visit.session === 'los-d' || visit.session === 'nlos-a')
    const { rows, layoutId, discarded } = await readFeatureRows({ ...dataset, visits }, options, () => {})
    expect(new Set(rows.map((row) => row.visit)).size).toBe(visits.length)
    expect(rows.length).toBeGreaterThan(30 * visits.length)
    expect(rows.every((row) => row.marker === row.session.split('-')[0])).toBe(true)
    expect(rows.every((row) => row.features[0] < 0 && row.features[0] > -100)).toBe(true)
    expect(layoutId).toBeGreaterThan(0)
    expect(Object.keys(discarded).every((reason) => reason === 'truncated')).toBe(true)
  }, 20_000)

  it('door-angle: says that 3 packets a second without RSSI are too little', async () => {
    const dataset = await loadDataset(path.join(CAPTURES, 'door-angle', 'dataset.yaml'))
    const [first] = dataset.visits
    await expect(readFeatureRows({ ...dataset, visits: [first] }, options, () => {})).rejects.toMatchObject({
      code: 'dataset.no-windows',
      message: expect.stringContaining('2197 packets at up to 3.0 a second'),
    })
  })

  it('a marker column that the file does not have is named', async () => {
    const dataset = await loadDataset(path.join(CAPTURES, 'two-state', 'dataset.yaml'))
    const visits = [{ ...dataset.visits[0], marker: '', markerColumn: 'Door' }]
    await expect(readFeatureRows({ ...dataset, visits }, options, () => {})).rejects.toThrow(
      /in a column Door/,
    )
  })
})
