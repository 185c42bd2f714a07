import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { LineCounter, parseDocument, type Document } from 'yaml'
import { z } from 'zod'
import { AjarError, messageOf } from '../../platform/errors.js'

/** A marker stands for one of these: a model reads doors at rest. */
const STANDING_STATES = ['closed', 'ajar', 'open'] as const

const name = z.union([z.string().min(1), z.int()]).transform(String)

const visitSchema = z.strictObject({
  /** Relative to the manifest. */
  file: z.string().min(1),
  /** The labelled position that was recorded, … */
  marker: name.optional(),
  /** … or the column of the file that states it for each row. */
  markerColumn: z.string().min(1).optional(),
  /** One run of the receiver between power-ups, or one occasion. */
  session: name,
  visit: name.optional(),
  place: name,
  /** When it was recorded: what can be split by days, or forward in time. */
  day: z.iso.date().optional(),
})

const datasetSchema = z.strictObject({
  name: z.string().min(1),
  /** When it was recorded; goes into the model's manifest. */
  date: z.iso.date().optional(),
  /** What the markers mean. One that is not listed never becomes a state. */
  states: z.record(z.string(), z.enum(STANDING_STATES)).default({}),
  visits: z.array(visitSchema).min(1).max(100_000),
})

/** One recording of one marker in one session at one place. */
export interface Visit {
  /** Absolute path. */
  file: string
  /** '' where the file carries the marker of each row in `markerColumn`. */
  marker: string
  markerColumn?: string
  session: string
  place: string
  /** YYYY-MM-DD, where the manifest states it. */
  day?: string
  /** Name of the visit, unique in its data set. */
  visit: string
}

export interface Dataset {
  name: string
  date?: string
  states: Readonly<Record<string, (typeof STANDING_STATES)[number]>>
  visits: Visit[]
}

/**
 * Reads a DATASET.yaml and looks whether each file of it is there. Throws AjarError 'dataset.manifest' or
 * 'dataset.file' with the line.
 */
export async function loadDataset(manifestPath: string): Promise<Dataset> {
  const text = await readFile(manifestPath, 'utf8').catch((cause: unknown) => {
    throw new AjarError(
      'dataset.manifest',
      `${manifestPath} cannot be read: ${messageOf(cause)}.`,
      'Give the path of a DATASET.yaml.',
      { cause },
    )
  })
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const fail = (keys: readonly PropertyKey[], message: string, code = 'dataset.manifest'): never => {
    throw new AjarError(
      code,
      `${manifestPath}:${lineOf(document, lines, keys)}: ${message}.`,
      'A visit is {file, marker, session, place} and may have a visit name and a day; states: maps markers to closed, ajar or open.',
    )
  }
  if (document.errors.length > 0) {
    const [{ pos, message }] = document.errors
    throw new AjarError(
      'dataset.manifest',
      `${manifestPath}:${lines.linePos(pos[0]).line}: ${message.split('\n')[0]}`,
      'Correct the YAML at this line.',
    )
  }
  const parsed = datasetSchema.safeParse(document.toJS())
  if (!parsed.success) {
    const [{ path: keys, message }] = parsed.error.issues
    return fail(keys, `${keys.join('.') || 'the whole file'}: ${message}`)
  }
  const { states, visits, ...rest } = parsed.data
  const seen = new Set<string>()
  for (const [index, { marker, markerColumn, visit, file }] of visits.entries()) {
    if ((marker === undefined) === (markerColumn === undefined))
      fail(['visits', index], `visit ${index + 1} needs either marker or markerColumn`)
    if (seen.has(visit ?? file)) fail(['visits', index], `visit ${visit ?? file} is listed twice`)
    seen.add(visit ?? file)
  }
  const markers = new Set(visits.map(({ marker }) => marker))
  for (const marker of Object.keys(states))
    if (!markers.has(marker) && !markers.has(undefined))
      fail(['states', marker], `states.${marker}: no visit has this marker`)
  const directory = path.dirname(path.resolve(manifestPath))
  for (const [index, { file, visit }] of visits.entries())
    if (!(await isFile(path.resolve(directory, file))))
      fail(['visits', index, 'file'], `visit ${visit ?? index + 1}: there is no file ${file}`, 'dataset.file')
  return {
    ...rest,
    states,
    visits: visits.map(({ file, marker = '', visit = file, ...visitRest }) => ({
      ...visitRest,
      file: path.resolve(directory, file),
      marker,
      visit,
    })),
  }
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  }
}

/** The line of the innermost node on the way to `keys` that the document has. */
function lineOf(document: Document, lines: LineCounter, keys: readonly PropertyKey[]): number {
  for (let depth = keys.length; depth > 0; depth--) {
    const node = document.getIn(keys.slice(0, depth), true) as
      { range?: [number, number, number] } | undefined
    if (node?.range) return lines.linePos(node.range[0]).line
  }
  return 1
}
