import { z } from 'zod'
import { editDistance } from '../platform/edit-distance.js'
import { schema, type Config } from './schema.js'

/** One key of a configuration. */
export interface Key {
  /** As in `receiver.port`. */
  path: string
  /** Undefined: not set, and without a default. */
  value: unknown
  help: string
}

/** Every key that there is, in the schema's order; an optional section that is not set is one key. */
export function* keysOf(config: Config): Generator<Key> {
  yield* keysOfSection(config, schema, '')
}

function* keysOfSection(values: object, section: z.ZodObject, prefix: string): Generator<Key> {
  for (const [name, type] of Object.entries(section.shape)) {
    const path = prefix + name
    const value: unknown = (values as Record<string, unknown>)[name]
    const inner = unwrapped(type)
    if (inner instanceof z.ZodObject && value !== undefined)
      yield* keysOfSection(value as object, inner, `${path}.`)
    else yield { path, value, help: (type as z.ZodType).description ?? '' }
  }
}

/** The key of a section that `name` was meant to be: the one with the fewest edits. */
export function nearestKey(path: readonly PropertyKey[], name: string): string {
  let section: z.ZodObject = schema
  for (const key of path) section = unwrapped(section.shape[String(key)]) as z.ZodObject
  const candidates = Object.keys(section.shape).map((known) => ({
    known,
    edits: editDistance(name.toLowerCase(), known.toLowerCase()),
  }))
  return candidates.reduce((best, next) => (next.edits < best.edits ? next : best)).known
}

function unwrapped(type: z.core.$ZodType): z.core.$ZodType {
  let inner = type
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodPrefault) inner = inner.unwrap()
  return inner
}
