import { closeSync, fsyncSync, openSync, renameSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs'
import path from 'node:path'

/** More than the write-ahead log at its longest (connection.ts), so that pruning can run in what it frees. */
export const BALLAST_BYTES = 8 << 20
/** Ballast is laid only where this many times its size is free: it must not be what fills the disk. */
const LEAVE_FREE = 3

/**
 * Room kept for a full disk. There even DELETE and a checkpoint fail, because both write first: the ballast
 * is given up, and laid again once there is room.
 */
export class Ballast {
  constructor(private readonly file: string) {}

  /** Whether it was there to be given up. */
  release(): boolean {
    const held = this.held()
    rmSync(this.file, { force: true })
    return held
  }

  /** Lays it where it is missing; false where the disk has no room to spare. Throws what the file system throws. */
  restore(): boolean {
    if (this.held()) return true
    const { bavail, bsize } = statfsSync(path.dirname(this.file))
    if (bavail * bsize < LEAVE_FREE * BALLAST_BYTES) return false
    const temporary = `${this.file}.new`
    const handle = openSync(temporary, 'w', 0o600)
    try {
      const block = Buffer.alloc(1 << 20) // written out: a sparse file holds no room
      for (let at = 0; at < BALLAST_BYTES;) at += writeSync(handle, block)
      fsyncSync(handle)
    } catch (error) {
      rmSync(temporary, { force: true })
      throw error
    } finally {
      closeSync(handle)
    }
    renameSync(temporary, this.file)
    return true
  }

  private held(): boolean {
    return statSync(this.file, { throwIfNoEntry: false })?.size === BALLAST_BYTES
  }
}
