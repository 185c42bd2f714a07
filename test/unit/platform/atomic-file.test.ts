import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeFileAtomic } from '../../../src/platform/atomic-file.js'

describe('writeFileAtomic', () => {
  let directory: string
  beforeEach(() => void (directory = mkdtempSync(path.join(tmpdir(), 'ajar-atomic-'))))
  afterEach(() => rmSync(directory, { recursive: true }))

  it('replaces a file whole and leaves nothing beside it', () => {
    const file = path.join(directory, 'a')
    writeFileSync(file, 'a much longer old text')
    writeFileAtomic(file, 'new')
    expect(readFileSync(file, 'utf8')).toBe('new')
    expect(readdirSync(directory)).toEqual(['a'])
  })

  it('gives the mode that was asked for, whatever an earlier attempt has left', () => {
    const file = path.join(directory, 'secret')
    writeFileSync(`${file}.new`, 'left by a power cut', { mode: 0o644 })
    writeFileAtomic(file, 'x', 0o600)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('keeps the old file when the new one cannot take its place', () => {
    const file = path.join(directory, 'folder')
    mkdirSync(path.join(file, 'full'), { recursive: true })
    expect(() => writeFileAtomic(file, 'x')).toThrow()
    expect(readdirSync(directory)).toEqual(['folder'])
  })

  it('writes bytes as they are', () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251)
    writeFileAtomic(path.join(directory, 'b'), bytes)
    expect(new Uint8Array(readFileSync(path.join(directory, 'b')))).toEqual(bytes)
  })
})
