import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { writeFileAtomic } from '../../platform/atomic-file.js'
import { MODEL_ID } from '../../sensing/model/artefact-manifest.js'
import { CERTIFICATE_FILE, type Certificate } from './certificate.js'

/** In the data directory. */
export const MODELS_FOLDER = 'models'
/** Names the model that commissioning last made and that may be used; in the folder of models. */
const CURRENT_FILE = 'current'
/** What a power cut left of a model that was being written. */
const UNFINISHED = /^\..+\.\d+\.tmp$/
/** Models that are kept behind the current one, to go back to (D). */
const KEPT_MODELS = 5
/** Verdicts that let a model decide (method.md, Verdict). */
const LIVE: readonly string[] = ['usable', 'provisional']

export function mayGoLive({ verdict }: Pick<Certificate, 'verdict'>): boolean {
  return LIVE.includes(verdict)
}

/** The models of a door that taught itself: `models/<id>/`, and which of them is current. */
export class ReedModels {
  constructor(readonly directory: string) {}

  /** Directory and certificate of the current model; undefined where there is none, or it cannot be read. */
  current(): { directory: string; certificate: Certificate } | undefined {
    try {
      const id = readFileSync(path.join(this.directory, CURRENT_FILE), 'utf8').trim()
      if (!MODEL_ID.test(id)) return undefined
      const directory = path.join(this.directory, id)
      return { directory, certificate: certificateOf(directory) }
    } catch {
      return undefined
    }
  }

  /** Directory of the current model where it may decide. */
  live(): string | undefined {
    const current = this.current()
    return current !== undefined && mayGoLive(current.certificate) ? current.directory : undefined
  }

  /** Changes whenever another model became current; undefined where there is none. Cheap. */
  stamp(): string | undefined {
    const found = statSync(path.join(this.directory, CURRENT_FILE), { throwIfNoEntry: false })
    return found && `${found.ino}-${found.mtimeMs}`
  }

  /** A name that no model has. */
  freeId(door: string, day: string): string {
    const taken = new Set(this.names())
    const name = `${door}-${day}`
    for (let n = 1; ; n++) {
      const id = n === 1 ? name : `${name}-${n}`
      if (!taken.has(id)) return id
    }
  }

  /** Takes the place of the current model, unless that one may claim more. Returns whether it did. */
  promote(certificate: Certificate): boolean {
    const current = this.current()
    if (current !== undefined && rankOf(current.certificate) > rankOf(certificate)) return false
    writeFileAtomic(path.join(this.directory, CURRENT_FILE), `${certificate.model}\n`)
    return true
  }

  /** Removes old models that commissioning has made; others are nobody's to remove. */
  prune(): void {
    for (const name of this.names())
      if (UNFINISHED.test(name)) rmSync(path.join(this.directory, name), { recursive: true, force: true })
    const current = this.current()?.certificate.model
    const made = this.names()
      .map((id) => path.join(this.directory, id))
      .flatMap((directory) => {
        const found = statSync(path.join(directory, CERTIFICATE_FILE), { throwIfNoEntry: false })
        return found === undefined ? [] : [{ directory, mtimeMs: found.mtimeMs }]
      })
      .sort((a, b) => b.mtimeMs - a.mtimeMs)
    for (const { directory } of made.slice(KEPT_MODELS))
      if (path.basename(directory) !== current) rmSync(directory, { recursive: true, force: true })
  }

  private names(): string[] {
    try {
      const entries = readdirSync(this.directory, { withFileTypes: true })
      return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
    } catch {
      return []
    }
  }
}

function certificateOf(directory: string): Certificate {
  return JSON.parse(readFileSync(path.join(directory, CERTIFICATE_FILE), 'utf8')) as Certificate
}

/** What a verdict is worth: a provisional model does not drive a relay that a usable one does. */
function rankOf(certificate: Certificate): number {
  if (certificate.verdict === 'usable') return 2
  return mayGoLive(certificate) ? 1 : 0
}
