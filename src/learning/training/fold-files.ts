import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { writeFileAtomic } from '../../platform/atomic-file.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import type { FoldCheckpoint, FoldResult } from './cross-validation.js'

const schema = z.strictObject({
  key: z.string(),
  result: z.strictObject({
    markers: z.array(z.string()),
    logits: z.array(z.array(z.number())),
    epochs: z.int().min(1).optional(),
  }),
})

/** What a training depends on: folds of another are not taken for its own. */
export function trainingKey(rows: readonly FeatureRow[], settings: object): string {
  const hash = createHash('sha256').update(JSON.stringify(settings))
  for (const { features, judged, marker, session, visit, place } of rows) {
    hash.update(JSON.stringify([marker, session, visit, place]))
    for (const { buffer, byteOffset, byteLength } of [features, judged])
      hash.update(new Uint8Array(buffer, byteOffset, byteLength))
  }
  return hash.digest('hex')
}

/** Results of folds in a directory beside the model to come, so that a run that was killed goes on where it was. */
export class FoldFiles {
  private readonly directory: string

  constructor(model: string) {
    const target = path.resolve(model)
    this.directory = path.join(path.dirname(target), `.${path.basename(target)}.training`)
  }

  of(key: string): FoldCheckpoint {
    const file = (fold: number) => path.join(this.directory, `${key.slice(0, 16)}-${fold}.json`)
    return {
      read: (fold) => this.read(file(fold), key),
      write: (fold, result) => {
        if (existsSync(file(fold))) return
        mkdirSync(this.directory, { recursive: true })
        writeFileAtomic(file(fold), JSON.stringify({ key, result }))
      },
    }
  }

  /** The model is written: nothing is left to go on with. */
  remove(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }

  private read(file: string, key: string): FoldResult | undefined {
    if (!existsSync(file)) return undefined
    const parsed = schema.safeParse(parseJson(readFileSync(file, 'utf8')))
    if (parsed.success && parsed.data.key === key) return parsed.data.result
    rmSync(file) // of another program, or damaged: the fold is done again
    return undefined
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // what is no JSON does not fit the schema either
  }
}
