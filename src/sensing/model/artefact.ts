import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Model, Output } from '../../domain/model.js'
import { AjarError } from '../../platform/errors.js'
import {
  CARD_FILE,
  GOLDEN_FILE,
  MANIFEST_FILE,
  WEIGHTS_FILE,
  damaged,
  openManifest,
  sha256Of,
  type Manifest,
} from './artefact-manifest.js'
import type { DoorAxis } from './burst-features.js'
import { featureForm, isWindowFeature, SHAPE_BINS, type FeatureForm } from './features.js'
import { unpackGolden, type GoldenVector } from './golden.js'
import { checkNetwork, outputsOf, type Network } from './network.js'
import type { OutOfDistribution } from './out-of-distribution.js'
import { unpackWeights } from './weights-file.js'

/** No file of a model comes near it; what does is no model and is not read into memory. */
const LARGEST_FILE_BYTES = 16 * 2 ** 20

/** A model read from its directory, each byte checked; its golden vectors are still to be run (golden.ts). */
export interface Artefact extends Model {
  readonly manifest: Manifest
  readonly network: Network
  readonly features: FeatureForm
  readonly normalisation: { mean: Float32Array; scale: Float32Array }
  readonly outOfDistribution: OutOfDistribution
  /** Of a model of bursts. */
  readonly door?: DoorAxis
  readonly golden: readonly GoldenVector[]
}

/**
 * Reads and verifies `models/<id>/`. Throws AjarError: 'model.missing' (no such file), 'model.newer' (schema version),
 * 'model.manifest' (a field), 'model.damaged' (length or checksum, with the file), 'model.network' or
 * 'model.accumulator' (layers that cannot run).
 */
export function loadArtefact(directory: string): Artefact {
  const manifest = openManifest(
    readBounded(path.join(directory, MANIFEST_FILE)).toString('utf8'),
    path.join(directory, MANIFEST_FILE),
  )
  const read = (name: keyof Manifest['files']): Buffer => {
    const file = path.join(directory, name)
    const { bytes, sha256 } = manifest.files[name]
    const content = readBounded(file)
    if (content.length !== bytes)
      throw damaged(`${file} is ${content.length} bytes long; the manifest says ${bytes}`)
    if (sha256Of(content) !== sha256) throw damaged(`${file} differs from its checksum in the manifest`)
    return content
  }
  const { network, outOfDistribution, door } = unpackWeights(read(WEIGHTS_FILE), manifest)
  checkNetwork(network)
  read(CARD_FILE)
  const features = featureForm(manifest.features.name)
  checkFit(manifest, network, features, directory)
  return {
    id: manifest.id,
    layoutId: manifest.layoutId,
    outputs: manifest.outputs satisfies readonly Output[],
    inputShape: manifest.input.shape,
    site: manifest.site,
    manifest,
    network,
    features,
    normalisation: {
      mean: Float32Array.from(manifest.normalisation.mean),
      scale: Float32Array.from(manifest.normalisation.scale),
    },
    outOfDistribution,
    door,
    golden: unpackGolden(read(GOLDEN_FILE), network, manifest.golden.vectors),
  }
}

/** The parts of a manifest that must agree with one another. */
function checkFit(manifest: Manifest, network: Network, features: FeatureForm, directory: string): void {
  const outputs = outputsOf(network.layers[network.layers.length - 1])
  const { normalisation, outOfDistribution } = manifest
  const judged = featureForm(outOfDistribution.features).size
  if (isWindowFeature(features.name) !== (manifest.door === undefined))
    throw new AjarError(
      'model.manifest',
      `${path.join(directory, MANIFEST_FILE)}: a door axis belongs to models of bursts, and only to them.`,
      'Train the model again with this version of Ajar.',
    )
  const wanted: [what: string, found: number, expected: number][] = [
    ['features.bins', manifest.features.bins, SHAPE_BINS],
    ['input.shape (values)', network.inputs, features.size],
    ['normalisation.mean (values)', normalisation.mean.length, features.channels],
    ['normalisation.scale (values)', normalisation.scale.length, features.channels],
    ['outOfDistribution.normalisation.mean (values)', outOfDistribution.normalisation.mean.length, judged],
    ['outOfDistribution.normalisation.scale (values)', outOfDistribution.normalisation.scale.length, judged],
    ['outputs (of the last layer)', outputs, manifest.outputs.length],
  ]
  for (const [what, found, expected] of wanted)
    if (found !== expected)
      throw new AjarError(
        'model.manifest',
        `${path.join(directory, MANIFEST_FILE)}: ${what} is ${found}; ${expected} was expected.`,
        'Train the model again with this version of Ajar.',
      )
}

function readBounded(file: string): Buffer {
  let descriptor
  try {
    descriptor = openSync(file, 'r')
    const { size } = fstatSync(descriptor)
    if (size > LARGEST_FILE_BYTES) throw damaged(`${file} is ${size} bytes long: this is no file of a model`)
    return readFileSync(descriptor)
  } catch (cause) {
    if (cause instanceof AjarError) throw cause
    throw new AjarError(
      'model.missing',
      `${file} cannot be read (${(cause as NodeJS.ErrnoException).code}).`,
      'Check the path of the model directory; `ajar train` makes one.',
      { cause },
    )
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}
