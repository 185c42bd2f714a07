import { createReadStream } from 'node:fs'
import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises'
import path from 'node:path'
import type { Flag, FlagContext } from '../../domain/flag.js'
import { AjarError } from '../../platform/errors.js'
import type { FlagSettings } from './flag-settings.js'
import { RecordingReader, writeFailed, writeRecording, type RecordingHeader } from './recording.js'

/** What must be left on the medium: the database and the log come first (D). */
const LEAST_FREE_BYTES = 64 << 20
/** Numbered, because the wall clock of a machine that was never set does not order them. */
const NAME = /^(\d{6})-[\w-]+\.ajar$/

/** A recording with what was said of the door. */
export type FlagHeader = RecordingHeader & { flag: FlagContext }

/** The folder of flags: each a file of its own, bounded in number and bytes; the oldest makes room. */
export class FlagFolder {
  /** Flags that made room for newer ones, since the start. */
  dropped = 0

  constructor(
    private readonly directory: string,
    private readonly settings: FlagSettings,
  ) {}

  /** The new flag lasts before an old one goes. Throws AjarError 'flag.no-room' or 'recording.write'. */
  async add(header: FlagHeader, records: readonly Uint8Array[]): Promise<Flag> {
    const size = records.reduce((total, { length }) => total + length, 0)
    const names = await this.prepare(size)
    const number = Number(NAME.exec(names.at(-1) ?? '')?.[1] ?? 0) + 1
    const time = new Date(header.flag.atMs).toISOString().replace(/[:.]/g, '-')
    const name = `${String(number).padStart(6, '0')}-${time}.ajar`
    const file = path.join(this.directory, name)
    await writeRecording(file, header, records)
    await this.makeRoom([...names, name])
    return flagOf(file, (await stat(file)).size, header)
  }

  /** Oldest first. */
  async list(): Promise<{ flags: Flag[]; unreadable: number }> {
    const flags: Flag[] = []
    let unreadable = 0
    for (const name of await this.names()) {
      const flag = await readFlag(path.join(this.directory, name))
      if (flag === undefined) unreadable++
      else flags.push(flag)
    }
    return { flags, unreadable }
  }

  /** Names of the flags there are, once the folder can take one of `size` bytes more. */
  private async prepare(size: number): Promise<string[]> {
    const { directory } = this
    let freeBytes: number
    try {
      await mkdir(directory, { recursive: true, mode: 0o750 })
      for (const name of await readdir(directory))
        if (name.endsWith('.part')) await rm(path.join(directory, name), { force: true }) // a power cut left it
      const { bavail, bsize } = await statfs(directory)
      freeBytes = bavail * bsize
    } catch (error) {
      throw writeFailed(directory, error)
    }
    if (freeBytes - size < LEAST_FREE_BYTES)
      throw new AjarError(
        'flag.no-room',
        `The flag would take ${size} bytes; ${freeBytes} are free, and ${LEAST_FREE_BYTES} must be left.`,
        `Make room on the disk (\`df -h\`): old recordings and flags lie under ${path.dirname(directory)}.`,
        { retryable: true },
      )
    return this.names()
  }

  private async makeRoom(names: readonly string[]): Promise<void> {
    const { maxFlags, maxBytes } = this.settings
    const files = names.map((name) => path.join(this.directory, name))
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size))
    let bytes = sizes.reduce((total, size) => total + size, 0)
    for (let oldest = 0; oldest < files.length - 1; oldest++) {
      if (files.length - oldest <= maxFlags && bytes <= maxBytes) return
      await rm(files[oldest], { force: true })
      bytes -= sizes[oldest]
      this.dropped++
    }
  }

  private async names(): Promise<string[]> {
    try {
      return (await readdir(this.directory)).filter((name) => NAME.test(name)).sort()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw writeFailed(this.directory, error)
    }
  }
}

/** Undefined where the file is no flag, or went away meanwhile. */
async function readFlag(file: string): Promise<Flag | undefined> {
  const input = createReadStream(file)
  try {
    const reader = new RecordingReader(input)
    await reader.records().next()
    const { header } = reader
    return header?.flag && flagOf(file, (await stat(file)).size, header as FlagHeader)
  } catch {
    return undefined
  } finally {
    input.destroy()
  }
}

function flagOf(file: string, bytes: number, header: FlagHeader): Flag {
  const { seconds, atMs, reading, model, engine } = header.flag
  const id = path.basename(file, '.ajar')
  const simulated = header.simulated === true
  return { id, file, bytes, seconds, atMs, note: header.note, simulated, reading, model, engine }
}
