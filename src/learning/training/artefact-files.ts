import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import type { Engine } from '../../domain/model.js'
import { AjarError } from '../../platform/errors.js'
import {
  CARD_FILE,
  GOLDEN_FILE,
  MANIFEST_FILE,
  MODEL_ID,
  SCHEMA_VERSION,
  WEIGHTS_FILE,
  openManifest,
  sealManifest,
  sha256Of,
  type Manifest,
} from '../../sensing/model/artefact-manifest.js'
import type { DoorAxis } from '../../sensing/model/burst-features.js'
import { packGolden, recordGolden } from '../../sensing/model/golden.js'
import { shortDecimal, type Network } from '../../sensing/model/network.js'
import type { OutOfDistribution } from '../../sensing/model/out-of-distribution.js'
import { packWeights } from '../../sensing/model/weights-file.js'
import { modelCard } from './model-card.js'

/** Name, which may lie in a folder, → content of each file of `models/<id>/`. */
export type ArtefactFiles = ReadonlyMap<string, Uint8Array>

interface ArtefactParts {
  engine: Engine
  network: Network
  outOfDistribution: OutOfDistribution
  /** Of a model of bursts. */
  door?: DoorAxis
  goldenInputs: readonly Int8Array[]
  about: Omit<
    Manifest,
    'schemaVersion' | 'input' | 'layers' | 'outOfDistribution' | 'door' | 'golden' | 'files' | 'digest'
  >
}

export function buildArtefact(parts: ArtefactParts): { manifest: Manifest; files: ArtefactFiles } {
  const { about, network } = parts
  const weights = packWeights(network, parts.outOfDistribution, parts.door)
  const golden = recordGolden(parts.engine, parts.goldenInputs)
  const files = new Map<string, Uint8Array>([
    [WEIGHTS_FILE, weights.bytes],
    [GOLDEN_FILE, packGolden(golden)],
    [CARD_FILE, Buffer.from(modelCard(about))],
  ])
  const described = (name: keyof Manifest['files']) => {
    const content = files.get(name) ?? new Uint8Array()
    return { bytes: content.length, sha256: sha256Of(content) }
  }
  const { site, trained, ...head } = about
  const text = sealManifest({
    schemaVersion: SCHEMA_VERSION,
    ...head,
    input: {
      shape: [...parts.engine.model.inputShape],
      scale: shortDecimal(network.input.scale),
      zeroPoint: network.input.zeroPoint,
    },
    ...weights.parts,
    trained,
    ...(site === undefined ? {} : { site }),
    golden: { vectors: golden.length },
    files: {
      [WEIGHTS_FILE]: described(WEIGHTS_FILE),
      [GOLDEN_FILE]: described(GOLDEN_FILE),
      [CARD_FILE]: described(CARD_FILE),
    },
  })
  files.set(MANIFEST_FILE, Buffer.from(text))
  return { manifest: openManifest(text, MANIFEST_FILE), files }
}

/**
 * Writes a model that is there whole or not at all: into a directory beside it, synced, then renamed.
 * Throws AjarError 'usage.exists' or 'usage.id'.
 */
export function writeArtefact(directory: string, files: ArtefactFiles): void {
  const target = path.resolve(directory)
  assertWritable(target)
  const parent = path.dirname(target)
  const unfinished = path.join(parent, `.${path.basename(target)}.${process.pid}.tmp`)
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true })
  try {
    const folders = new Set([unfinished])
    for (const [name, content] of files) {
      const file = path.join(unfinished, name)
      mkdirSync(path.dirname(file), { recursive: true })
      writeFileSync(file, content, { flush: true })
      folders.add(path.dirname(file))
    }
    for (const folder of folders) syncDirectory(folder)
    renameSync(unfinished, target)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    throw error
  }
  syncDirectory(parent)
}

/** Throws AjarError 'usage.exists' or 'usage.id' where no model may be written to `directory`. */
export function assertWritable(directory: string): void {
  if (existsSync(directory))
    throw new AjarError(
      'usage.exists',
      `${directory} exists already.`,
      'Name a directory that does not exist: models are never overwritten.',
    )
  const id = path.basename(directory)
  if (!MODEL_ID.test(id))
    throw new AjarError(
      'usage.id',
      `'${id}' cannot be the id of a model.`,
      'End --out with letters, digits, dots, hyphens or underscores, at most 64, a letter or digit first.',
    )
}

function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
