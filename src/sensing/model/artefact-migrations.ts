type Json = Record<string, unknown>

/**
 * Step n takes the manifest of schema version n to n + 1; never change one that has shipped. Steps see JSON whose
 * seal is right and whose form is not yet checked: what they cannot read they leave to the schema. 2 → 3 added scores
 * that may be absent.
 */
const STEPS: readonly ((manifest: Json) => Json)[] = [layersWithShapes, (manifest) => manifest]

/** The manifest as the newest version would have written it. */
export function migrateManifest(json: unknown, newest: number): unknown {
  if (typeof json !== 'object' || json === null) return json
  let manifest = json as Json
  const { schemaVersion } = manifest
  if (!Number.isInteger(schemaVersion) || (schemaVersion as number) < 1) return json
  for (let version = schemaVersion as number; version < newest; version++)
    manifest = { ...STEPS[version - 1](manifest), schemaVersion: version + 1 }
  return manifest
}

/** 1 → 2: layers may be convolutions; out of distribution is judged by features of its own. */
function layersWithShapes(manifest: Json): Json {
  const { layers, outOfDistribution, features, normalisation } = manifest
  return {
    ...manifest,
    layers: Array.isArray(layers)
      ? layers.map((layer) => (isObject(layer) ? withShape(layer) : layer))
      : layers,
    outOfDistribution: isObject(outOfDistribution)
      ? { ...outOfDistribution, features: isObject(features) ? features.name : undefined, normalisation }
      : outOfDistribution,
  }
}

function withShape({ inputs, ...layer }: Json): Json {
  return { ...layer, positions: 1, kernel: 1, stride: 1, channels: inputs }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
