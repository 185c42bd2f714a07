import { statSync } from 'node:fs'
import type { Document } from 'yaml'
import { writeFileAtomic } from '../platform/atomic-file.js'
import { AjarError } from '../platform/errors.js'

/** Changes a document of version n into one of version n + 1; comments stay where they are. */
export type MigrationStep = (document: Document) => void

/** The n-th is for version n; never change one that has shipped. There is one version yet. */
export const STEPS: readonly MigrationStep[] = []

/** Who may not write a file, or not there. */
const READ_ONLY = new Set(['EACCES', 'EPERM', 'EROFS'])

/**
 * Brings a configuration to this version, in the document and in its file; the file as it was stays beside
 * it as FILE.version-N. Where the file may not be written, the change holds for this run. Returns whether
 * anything was changed. Throws AjarError 'config.newer' for a file of a later version.
 */
export function migrate(
  file: string,
  text: string,
  document: Document,
  steps: readonly MigrationStep[],
): boolean {
  const current = steps.length + 1
  const version = document.get('version') ?? 1
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) return false // the schema's matter
  if (version > current)
    throw new AjarError(
      'config.newer',
      `${file} is of version ${version}; this Ajar knows version ${current}.`,
      'Install the newer Ajar again, or go back to the copy that it left beside the file.',
    )
  if (version === current) return false
  for (const step of steps.slice(version - 1)) step(document)
  document.set('version', current)
  try {
    const mode = statSync(file).mode & 0o777
    writeFileAtomic(`${file}.version-${version}`, text, mode)
    writeFileAtomic(file, document.toString(), mode)
  } catch (error) {
    if (!READ_ONLY.has((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
  return true
}
