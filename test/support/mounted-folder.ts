import { execFileSync } from 'node:child_process'
import { closeSync, openSync, writeSync } from 'node:fs'
import path from 'node:path'
import { temporaryDirectory } from './appliance-process.js'

/** A file system of its own in memory, small enough to be filled. Mounting needs root. */
export class MountedFolder {
  readonly path = temporaryDirectory()

  constructor(megabytes: number) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', this.path], { stdio: 'pipe' })
  }

  /** The file that takes the room. */
  fill(): string {
    return fill(this.path)
  }

  unmount(): void {
    execFileSync('umount', ['-l', this.path])
  }
}

/** Writes into a file of this directory until nothing fits any more; returns its path. */
export function fill(directory: string): string {
  const file = path.join(directory, 'filler')
  const handle = openSync(file, 'a')
  for (const size of [1 << 20, 4096, 512])
    for (;;)
      try {
        if (writeSync(handle, Buffer.alloc(size)) < size) break
      } catch {
        break
      }
  closeSync(handle)
  return file
}

/** Why nothing can be mounted here; undefined where it can. */
export const mountingAbsent = ((): string | undefined => {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'pipe' })
    return undefined
  } catch {
    return 'mounting needs root'
  }
})()
