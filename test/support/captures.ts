import { existsSync } from 'node:fs'
import path from 'node:path'

/** The public recordings beside the project; tests that need them are skipped, and say so, where they are absent. */
export const CAPTURES = path.resolve('../shared/captures')
export const capturesAbsent = !existsSync(CAPTURES)
export const needsCaptures = capturesAbsent ? ' (skipped: ../shared/captures is absent)' : ''
