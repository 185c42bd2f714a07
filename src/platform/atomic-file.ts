import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import path from 'node:path'

/** Writes a file whole or not at all, whenever power fails: temporary file, fsync, rename, fsync of the folder. */
export function writeFileAtomic(file: string, contents: string | Uint8Array, mode = 0o644): void {
  const temporary = `${file}.new`
  rmSync(temporary, { force: true }) // one that a power cut left may have another mode
  const handle = openSync(temporary, 'wx', mode)
  try {
    const bytes = typeof contents === 'string' ? Buffer.from(contents) : contents
    for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at)
    fsyncSync(handle)
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  } finally {
    closeSync(handle)
  }
  syncDirectory(path.dirname(file))
}

/** Makes renames and new names in a folder last. */
export function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
