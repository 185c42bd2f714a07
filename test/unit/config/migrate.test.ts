import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseDocument, type Document } from 'yaml'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { migrate } from '../../../src/config/migrate.js'

const OLD = '# my door\nversion: 1\ndoor:\n  title: Shed # as on the map\n'
const rename = (document: Document): void => {
  document.setIn(['door', 'name'], document.getIn(['door', 'title']))
  document.deleteIn(['door', 'title'])
}
const addLog = (document: Document): void => document.set('log', { level: 'warn' })

let directory: string
let file: string
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'ajar-migrate-'))
  file = path.join(directory, 'ajar.yaml')
})
afterEach(() => rmSync(directory, { recursive: true }))

function migrateFile(steps: readonly ((document: Document) => void)[]) {
  const text = readFileSync(file, 'utf8')
  const document = parseDocument(text)
  return { changed: migrate(file, text, document, steps), values: document.toJS() as unknown }
}

it('takes every step from the version of the file on and keeps the file as it was', () => {
  writeFileSync(file, OLD)
  chmodSync(file, 0o640)
  const { changed, values } = migrateFile([rename, addLog])
  expect(changed).toBe(true)
  expect(values).toEqual({ version: 3, door: { name: 'Shed' }, log: { level: 'warn' } })
  expect(parseDocument(readFileSync(file, 'utf8')).toJS()).toEqual(values)
  expect(readFileSync(file, 'utf8')).toContain('# my door')
  expect(readFileSync(`${file}.version-1`, 'utf8')).toBe(OLD)
  expect(statSync(file).mode & 0o777).toBe(0o640)
})

it('takes a file without a version for the first', () => {
  writeFileSync(file, 'door:\n  title: Shed\n')
  expect(migrateFile([rename]).values).toEqual({ version: 2, door: { name: 'Shed' } })
})

it('takes only the steps that are left, and none from this version on', () => {
  writeFileSync(file, 'version: 2\n')
  expect(migrateFile([rename, addLog]).values).toEqual({ version: 3, log: { level: 'warn' } })
  expect(migrateFile([rename, addLog]).changed).toBe(false)
  expect(readdirSync(directory).sort()).toEqual(['ajar.yaml', 'ajar.yaml.version-2'])
})

it('refuses a later version and leaves the file alone', () => {
  writeFileSync(file, 'version: 3\n')
  expect(() => migrateFile([rename])).toThrow(expect.objectContaining({ code: 'config.newer' }))
  expect(readFileSync(file, 'utf8')).toBe('version: 3\n')
})

it('goes on without rewriting a file that it may not write', () => {
  // sysfs takes no new files from anybody, root included.
  const document = parseDocument(OLD)
  expect(migrate('/sys/kernel/uevent_seqnum', OLD, document, [rename])).toBe(true)
  expect(document.toJS()).toEqual({ version: 2, door: { name: 'Shed' } })
})
