import { loadArtefact, type Artefact } from '../../sensing/model/artefact.js'
import { Int8JsEngine } from '../../sensing/model/engine-int8-js.js'
import { normaliseInPlace } from '../../sensing/model/out-of-distribution.js'
import { quantizeInto } from '../../sensing/model/quantize.js'

interface Difference {
  key: string
  one: unknown
  other: unknown
}

interface ModelDiff {
  /** Fields of the manifests that say different things, but for names and checksums. */
  differences: Difference[]
  /** Share of the golden inputs of both to which they give the same state; absent where inputs do not compare. */
  agreement?: number
}

/** Follow from what is compared, or name the files. */
const LEFT_OUT = new Set(['id', 'files', 'digest', 'golden', 'layers', 'bySession'])

/** `ajar model diff`: what two models say differently, and how often they would have said so. Exit code 0. */
export function diffModels(
  [one, other]: readonly [string, string],
  options: { json: boolean },
  out: (line: string) => void,
): number {
  const diff = compare(loadArtefact(one), loadArtefact(other))
  if (options.json) {
    out(JSON.stringify(diff))
    return 0
  }
  for (const { key, one: left, other: right } of diff.differences)
    out(`${key}: ${JSON.stringify(left)} → ${JSON.stringify(right)}`)
  if (diff.differences.length === 0) out('Their manifests say the same.')
  if (diff.agreement !== undefined)
    out(`the same state for ${(100 * diff.agreement).toFixed(1)} % of the golden inputs of both`)
  return 0
}

function compare(one: Artefact, other: Artefact): ModelDiff {
  const differences = [...differing('', one.manifest, other.manifest), ...layerDifferences(one, other)]
  return { differences, ...agreementOf(one, other) }
}

function differing(prefix: string, one: object, other: object): Difference[] {
  const [left, right] = [one, other] as Record<string, unknown>[]
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])].filter((key) => !LEFT_OUT.has(key))
  return keys.flatMap((name) => {
    const [a, b] = [left[name], right[name]]
    const key = prefix + name
    if (isSection(a) && isSection(b)) return differing(`${key}.`, a, b)
    return JSON.stringify(a) === JSON.stringify(b) ? [] : [{ key, one: a, other: b }]
  })
}

function isSection(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Of layers only their form: weights differ after every training. */
function layerDifferences(one: Artefact, other: Artefact): Difference[] {
  const forms = ({ manifest }: Artefact) =>
    manifest.layers.map(
      ({ kind, positions, kernel, stride, channels, outputs }) =>
        `${kind} ${positions} × (${kernel} × ${channels}, stride ${stride}) → ${outputs}`,
    )
  const [left, right] = [forms(one), forms(other)]
  return left.join() === right.join() ? [] : [{ key: 'layers', one: left, other: right }]
}

/** The states, not the markers: models of one door may name them differently. */
function agreementOf(one: Artefact, other: Artefact): Pick<ModelDiff, 'agreement'> {
  const comparable =
    one.manifest.features.name === other.manifest.features.name &&
    one.manifest.features.windowMs === other.manifest.features.windowMs &&
    one.layoutId === other.layoutId
  if (!comparable) return {}
  const [left, right] = [caller(one), caller(other)]
  const values = [one, other].flatMap((artefact) =>
    artefact.golden.map(({ input }) => valuesOf(artefact, input)),
  )
  const same = values.filter((value) => left(value) === right(value))
  return { agreement: same.length / values.length }
}

/** The features that a quantized input stands for. */
function valuesOf({ network, normalisation: { mean, scale } }: Artefact, input: Int8Array): Float32Array {
  const { input: grid } = network
  return Float32Array.from(
    input,
    (q, i) => (q - grid.zeroPoint) * grid.scale * scale[i % scale.length] + mean[i % mean.length],
  )
}

/** Names the state of features as the model would. */
function caller(artefact: Artefact): (values: Float32Array) => string {
  const { network, normalisation, outputs } = artefact
  const engine = new Int8JsEngine(artefact, network)
  const input = new Int8Array(network.inputs)
  const logits = new Int8Array(outputs.length)
  return (values) => {
    const normalised = values.slice()
    normaliseInPlace(normalised, normalisation.mean, normalisation.scale)
    quantizeInto(normalised, network.input, input)
    engine.run(input, logits)
    return outputs[logits.indexOf(Math.max(...logits))].state
  }
}
