import { readFileSync } from 'node:fs'
import { LineCounter, isMap, isScalar, isSeq, parseDocument, type Document } from 'yaml'
import type { z } from 'zod'
import { AjarError, messageOf } from '../platform/errors.js'
import { migrate, STEPS, type MigrationStep } from './migrate.js'
import { keysOf, nearestKey } from './schema-keys.js'
import { schema, type Config } from './schema.js'

/** Values from the command line, by their path (`receiver.port`); undefined = not given. */
export type Overrides = Readonly<Record<string, unknown>>

export interface LoadedConfig {
  config: Config
  /** Where each value comes from, by its path: 'default', 'FILE:line' or 'command line'. */
  origins: ReadonlyMap<string, string>
}

/** Where each key stands, by its path: FILE:line, and the column. */
type Places = Map<string, { origin: string; column?: number }>

export function defaultConfig(): Config {
  return schema.parse({})
}

/**
 * Defaults, then the file, then the command line. A file of an earlier version is brought to this one. Throws
 * AjarError 'config.unreadable', 'config.yaml', 'config.newer', or 'config.invalid' with a line for each mistake.
 */
export function loadConfig(
  file: string | undefined,
  overrides: Overrides = {},
  steps: readonly MigrationStep[] = STEPS,
): LoadedConfig {
  const places: Places = new Map()
  const values = file === undefined ? {} : readFile(file, steps, places)
  for (const [path, value] of Object.entries(overrides)) {
    if (value === undefined) continue
    place(values, path.split('.'), value)
    places.set(path, { origin: 'command line' })
  }
  const result = schema.safeParse(values)
  if (!result.success)
    throw new AjarError(
      'config.invalid',
      result.error.issues.flatMap((issue) => describe(issue, places, file)).join('\n'),
      '`ajar config` shows every key with its default.',
    )
  const origins = new Map<string, string>()
  for (const { path } of keysOf(result.data)) origins.set(path, places.get(path)?.origin ?? 'default')
  return { config: result.data, origins }
}

function readFile(file: string, steps: readonly MigrationStep[], places: Places): Record<string, unknown> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new AjarError(
      'config.unreadable',
      `${file}: ${messageOf(error)}`,
      'Is the name right and the file readable?',
      { cause: error },
    )
  }
  let parsed = parse(file, text)
  if (migrate(file, text, parsed.document, steps)) parsed = parse(file, parsed.document.toString())
  notePlaces(parsed.document.contents, '', (offset, path) => {
    const { line, col } = parsed.lines.linePos(offset)
    places.set(path, { origin: `${file}:${line}`, column: col })
  })
  return parsed.values
}

/** The document, where its lines begin, and its values: an object. */
function parse(file: string, text: string) {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const [mistake] = [...document.errors, ...document.warnings]
  if (mistake !== undefined)
    throw new AjarError(
      'config.yaml',
      `${file}: ${mistake.message}`,
      'Mind the indentation: two spaces a level.',
    )
  if (document.contents !== null && !isMap(document.contents))
    throw new AjarError(
      'config.yaml',
      `${file} does not consist of keys and values.`,
      '`ajar config` shows the keys.',
    )
  try {
    return { document, lines, values: (document.toJS() ?? {}) as Record<string, unknown> }
  } catch (error) {
    throw new AjarError(
      'config.yaml',
      `${file}: ${messageOf(error)}`,
      'Write the value out instead of `*name`.',
    )
  }
}

function notePlaces(
  node: Document['contents'],
  prefix: string,
  note: (offset: number, path: string) => void,
): void {
  if (isMap(node))
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue
      const path = prefix + String(key.value)
      note(key.range?.[0] ?? 0, path)
      notePlaces(value as Document['contents'], `${path}.`, note)
    }
  else if (isSeq(node))
    node.items.forEach((item, index) => {
      if (!isScalar(item)) return
      note(item.range?.[0] ?? 0, prefix + index)
    })
}

function place(values: Record<string, unknown>, [key, ...rest]: string[], value: unknown): void {
  if (rest.length === 0) values[key] = value
  else {
    if (typeof values[key] !== 'object' || values[key] === null) values[key] = {}
    place(values[key] as Record<string, unknown>, rest, value)
  }
}

/** One line for each mistake: where, which key, what. */
function describe(issue: z.core.$ZodIssue, places: Places, file: string | undefined): string[] {
  const where = (path: readonly PropertyKey[]): string => placeOf(path, places) ?? file ?? 'command line'
  if (issue.code !== 'unrecognized_keys')
    return [`${where(issue.path)}: ${issue.path.join('.')}: ${issue.message}`]
  return issue.keys.map((key) => {
    const path = [...issue.path, key]
    return `${where(path)}: unknown key '${path.join('.')}'; did you mean '${nearestKey(issue.path, key)}'?`
  })
}

/** FILE:line:column of a value; of one that is missing, of the section around it. */
function placeOf(path: readonly PropertyKey[], places: Places): string | undefined {
  for (let length = path.length; length > 0; length--) {
    const found = places.get(path.slice(0, length).join('.'))
    if (found !== undefined)
      return found.column === undefined ? found.origin : `${found.origin}:${found.column}`
  }
  return undefined
}
