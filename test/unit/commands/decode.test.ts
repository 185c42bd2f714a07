import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { decode } from '../../../src/commands/decode.js'
import { RecordingWriter } from '../../../src/sensing/link/recording.js'
import { CAPTURES, capturesAbsent, needsCaptures } from '../../support/captures.js'

interface Count {
  packets: number
  discarded: Record<string, number>
  other: number
  values: Record<string, number>
  transmitters: Record<string, number>
}

async function count(...files: string[]): Promise<Count[]> {
  const lines: string[] = []
  expect(await decode(files, { json: true }, (line) => lines.push(line))).toBe(0)
  return lines.map((line) => JSON.parse(line) as Count)
}

/** captures/README.md: file, packets, corrupt, other lines, values, transmitters. */
const COUNTED: [string, number, Record<string, number>, number, Record<string, number>, number][] = [
  ['formats/esp-csi-classic.csv', 299, {}, 0, { 384: 299 }, 1],
  ['formats/esp-csi-c6.txt', 399, { truncated: 1 }, 0, { 256: 399 }, 1],
  ['formats/esp-radar-console.csv', 399, {}, 0, { 104: 399 }, 1],
  ['formats/esp32-csi-tool.csv', 13, {}, 0, { 128: 13 }, 1],
  ['formats/esp32-csi-tool-passive.csv', 833, { length: 1 }, 0, { 128: 833 }, 1],
  ['formats/esp32-csi-tool-host-time.csv', 399, {}, 0, { 384: 376, 128: 23 }, 1],
  ['formats/esp32-csi-tool-wrapped.csv', 299, {}, 0, { 128: 299 }, 2],
  ['formats/esp-csi-wrapped.csv', 299, {}, 0, { 384: 299 }, 1],
  ['formats/monitor-transcript.txt', 151, {}, 122, { 128: 151 }, 2],
  ['door-angle/raw-iq.txt', 319, {}, 0, { 108: 319 }, 1],
  ['door-angle/recording-1.csv.gz', 2197, {}, 0, { 106: 2197 }, 1],
  ['door-angle/recording-2.csv.gz', 2839, {}, 0, { 106: 2839 }, 1],
  ['motion/no_activity_livroom_02_1776090586.txt.gz', 1667, { truncated: 1 }, 0, { 256: 1667 }, 1],
  ['motion/no_activity_livroom_03_1776090685.txt.gz', 1952, { columns: 1 }, 0, { 256: 1952 }, 1],
  ['motion/no_activity_livroom_04_1776090987.txt.gz', 1813, { spliced: 1 }, 0, { 256: 1813 }, 1],
  ['motion/walk_activity_livroom_02_vasilis_1776092415.txt.gz', 955, { spliced: 1 }, 0, { 256: 955 }, 1],
  ['motion/walk_activity_livroom_03_vasilis_1776092910.txt.gz', 1322, { spliced: 1 }, 0, { 256: 1322 }, 1],
  ['motion/walk_activity_livroom_04_vasilis_1776093314.txt.gz', 1717, { spliced: 1 }, 0, { 256: 1717 }, 1],
]

describe.skipIf(capturesAbsent)(`ajar decode agrees with the independent counts${needsCaptures}`, () => {
  it.each(COUNTED)('%s', async (file, packets, discarded, other, values, transmitters) => {
    const [result] = await count(path.join(CAPTURES, file))
    expect(result).toMatchObject({ packets, discarded, other, values })
    expect(Object.keys(result.transmitters)).toHaveLength(transmitters)
  })

  it.each([
    ['two-state/los', 87, 63_930, { truncated: 23 }],
    ['two-state/nlos', 70, 52_602, { truncated: 13 }],
    ['static-reflector', 15, 2_248, { truncated: 1 }],
  ])('%s', async (folder, files, packets, discarded) => {
    const directory = path.join(CAPTURES, folder)
    const results = await count(
      ...readdirSync(directory)
        .filter((name) => name.endsWith('.csv.gz'))
        .map((name) => path.join(directory, name)),
    )
    expect(results).toHaveLength(files)
    expect(results.reduce((sum, { packets: n }) => sum + n, 0)).toBe(packets)
    const reasons: Record<string, number> = {}
    for (const result of results)
      for (const [reason, n] of Object.entries(result.discarded)) reasons[reason] = (reasons[reason] ?? 0) + n
    expect(reasons).toEqual(discarded)
  })
})

describe('ajar decode', () => {
  it('says which file is missing and still counts the others', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'ajar-decode-')), 'boot.txt')
    writeFileSync(file, 'I (24) boot: ESP-IDF v5.5.4\n')
    const lines: string[] = []
    expect(await decode([`${file}.none`, file], { json: true }, (line) => lines.push(line))).toBe(1)
    expect(JSON.parse(lines[0])).toMatchObject({ packets: 0, other: 1, dialect: 'none' })
  })

  it("reads Ajar's own recordings", async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'ajar-decode-')), 'own.ajar')
    const header = { source: 'test', baudRate: 921_600, startedMs: 0, note: '' }
    const writer = await RecordingWriter.open(file, header, { mostBytes: 1e6, mostSeconds: 60 })
    writer.append(Buffer.from('CSI_DATA,7,1a:00:00:00:00:00,-48,11,-96,16,36,11,100,5'), 1000)
    writer.append(Buffer.from('1,0,4,0,"[1,-2,3,-4]"\nI (24) boot\n'), 2000)
    await writer.close()
    const [result] = await count(file)
    expect(result).toMatchObject({ packets: 1, other: 1, discarded: {}, values: { 4: 1 } })
  })

  it('says it in words too', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'ajar-decode-')), 'two.txt')
    writeFileSync(
      file,
      'CSI_DATA,7,1a:00:00:00:00:00,-48,11,-96,16,36,11,100,51,0,4,0,"[1,-2,3,-4]"\nCSI_DATA,8',
    )
    const lines: string[] = []
    expect(await decode([file], { json: false }, (line) => lines.push(line))).toBe(0)
    expect(lines).toEqual([
      `${file}: 1 packets (esp-csi-c6), discarded: 1 × truncated, other lines: 0, values: 1 × 4, transmitters: 1 × 1a:00:00:00:00:00`,
    ])
  })

  it('refuses a damaged .gz instead of counting half of it', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'ajar-decode-')), 'broken.csv.gz')
    writeFileSync(file, Buffer.from('1f8b0800000000000003ff', 'hex'))
    expect(await decode([file], { json: false }, () => undefined)).toBe(1)
  })
})
