import { existsSync } from 'node:fs'
import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RecordingReader, RecordingWriter } from '../../../../src/sensing/link/recording.js'

const header = {
  source: '/dev/ttyUSB0',
  baudRate: 921_600,
  startedMs: 1_790_000_000_000,
  note: 'Tür "vorn"\n',
}
const wide = { mostBytes: 1e9, mostSeconds: 2 ** 53 }
let directory: string
let file: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ajar-recording-'))
  file = join(directory, 'door.ajar')
})
afterEach(() => rm(directory, { recursive: true }))

/** The file's bytes, delivered `size` at a time. */
async function* inPieces(path: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = await readFile(path)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(size = 65_536) {
  const reader = new RecordingReader(inPieces(file, size))
  const records: { hostTimeUs: number; text: string }[] = []
  for await (const { hostTimeUs, bytes } of reader.records())
    records.push({ hostTimeUs, text: Buffer.from(bytes).toString('latin1') })
  return { reader, records }
}

async function written(arrivals: readonly [number, string][], bounds = wide): Promise<RecordingWriter> {
  const writer = await RecordingWriter.open(file, header, bounds)
  for (const [hostTimeUs, text] of arrivals) writer.append(Buffer.from(text, 'latin1'), hostTimeUs)
  await writer.close()
  return writer
}

const arrivals: [number, string][] = [
  [5_000_000_123, 'CSI_DATA,1\n'],
  [5_000_010_456, '\0\x01\x02\xff\0'],
  [2 ** 52, 'AJAR1 not a header\n'],
]

describe('a recording', () => {
  it('gives back every byte with its time, however it is cut', async () => {
    await written(arrivals)
    for (const size of [1, 2, 3, 7, 11, 65_536]) {
      const { reader, records } = await read(size)
      expect(records).toEqual(arrivals.map(([hostTimeUs, text]) => ({ hostTimeUs, text })))
      expect(reader.header).toEqual(header)
      expect(reader.cutBytes).toBe(0)
    }
  })

  it('is laid out as written down', async () => {
    await written([[0x0102030405, 'ab']])
    const bytes = await readFile(file)
    const at = bytes.indexOf(10) + 1
    expect(bytes.toString('utf8', 0, at)).toBe(`AJAR1 ${JSON.stringify(header)}\n`)
    expect(bytes.subarray(at).toString('hex')).toBe('0504030201000000' + '0200' + '6162')
  })

  it('keeps bytes that do not fit one record', async () => {
    const long = 'x'.repeat(65_535) + 'y'.repeat(70_000)
    await written([[1, long]])
    const { records } = await read()
    expect(records.map(({ text }) => text).join('')).toBe(long)
    expect(records.every(({ hostTimeUs }) => hostTimeUs === 1)).toBe(true)
  })

  it('is read up to a cut tail, wherever the cut is, and counts what is left', async () => {
    await written([
      [1, 'first'],
      [2, 'second'],
    ])
    const whole = (await readFile(file)).length
    const secondRecord = 10 + 'second'.length
    for (let left = secondRecord - 1; left >= 0; left--) {
      await truncate(file, whole - secondRecord + left)
      const { reader, records } = await read(5)
      expect(records).toEqual([{ hostTimeUs: 1, text: 'first' }])
      expect(reader.cutBytes).toBe(left)
    }
  })

  it('has no name before it is whole', async () => {
    const writer = await RecordingWriter.open(file, header, wide)
    writer.append(Buffer.from('x'), 1)
    expect(existsSync(file)).toBe(false)
    await writer.close()
    expect(existsSync(file)).toBe(true)
    expect(existsSync(`${file}.part`)).toBe(false)
  })

  it('is bounded by bytes', async () => {
    const writer = await RecordingWriter.open(file, header, { mostBytes: 10, mostSeconds: 3600 })
    expect(writer.append(Buffer.from('12345'), 1)).toBe(true)
    expect(writer.append(Buffer.from('67890'), 2)).toBe(true)
    expect(writer.append(Buffer.from('!'), 3)).toBe(false)
    await writer.close()
    expect((await read()).records.map(({ text }) => text)).toEqual(['12345', '67890'])
    expect(writer.bytes).toBe(10)
  })

  it('is bounded by time', async () => {
    const writer = await RecordingWriter.open(file, header, { mostBytes: 1e9, mostSeconds: 2 })
    expect(writer.append(Buffer.from('a'), 7e6)).toBe(true)
    expect(writer.append(Buffer.from('b'), 9e6)).toBe(true)
    expect(writer.append(Buffer.from('c'), 9e6 + 1)).toBe(false)
    await writer.close()
    expect((await read()).records.map(({ text }) => text)).toEqual(['a', 'b'])
  })

  it('drops and counts what a slow medium cannot take', async () => {
    const writer = await RecordingWriter.open(file, header, wide)
    const block = Buffer.alloc(60_000, 'z')
    for (let i = 0; i < 100; i++) expect(writer.append(block, i)).toBe(true) // in one turn: nothing is written yet
    await writer.close()
    expect(writer.droppedBytes).toBeGreaterThan(4_000_000)
    expect(writer.bytes + writer.droppedBytes).toBe(100 * 60_000)
    expect((await read()).records.map(({ text }) => text.length).reduce((a, b) => a + b)).toBe(writer.bytes)
  })

  it('does not write over another file', async () => {
    await writeFile(file, 'precious')
    await expect(RecordingWriter.open(file, header, wide)).rejects.toMatchObject({
      code: 'usage.recording-exists',
    })
    expect(await readFile(file, 'utf8')).toBe('precious')
  })

  it('says where it cannot be written', async () => {
    const elsewhere = join(directory, 'absent/door.ajar')
    await expect(RecordingWriter.open(elsewhere, header, wide)).rejects.toMatchObject({
      code: 'recording.write',
      message: expect.stringContaining(elsewhere),
    })
  })

  it('leaves nothing when it is discarded', async () => {
    const writer = await RecordingWriter.open(file, header, wide)
    writer.append(Buffer.from('x'), 1)
    await writer.discard()
    expect(existsSync(file) || existsSync(`${file}.part`)).toBe(false)
  })

  it.each(['AJAR1 {not json}\n', 'CSI_DATA,1\n', '', 'AJAR1 ' + 'x'.repeat(100_000)])(
    'refuses a damaged header (%#)',
    async (text) => {
      await writeFile(file, '')
      await appendFile(file, text)
      await expect(read(1000)).rejects.toMatchObject({ code: 'capture.damaged' })
    },
  )
})
