import { readFileSync } from 'node:fs'
import path from 'node:path'
import { loadArtefact } from '../../sensing/model/artefact.js'
import { CARD_FILE } from '../../sensing/model/artefact-manifest.js'

/** `ajar model show`: the card of a model that is whole; with `json` its manifest in the newest schema. */
export function showModel(
  directory: string,
  options: { json: boolean },
  out: (line: string) => void,
): number {
  const { manifest } = loadArtefact(directory)
  out(
    options.json ? JSON.stringify(manifest) : readFileSync(path.join(directory, CARD_FILE), 'utf8').trimEnd(),
  )
  return 0
}
