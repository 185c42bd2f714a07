import { loadArtefact, type Artefact } from '../../sensing/model/artefact.js'
import { Int8JsEngine } from '../../sensing/model/engine-int8-js.js'
import { GOLDEN_EDGES } from '../../sensing/model/golden.js'
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
  /** How often both call real windows the same; absent where their inputs or what they call do not compare. */
  agreement?: { share: number; windows: number; of: 'markers' | 'states' }
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
  if (diff.agreement !== undefined) {
    const { share, windows, of } = diff.agreement
    out(
      `the same ${of} for ${(100 * share).toFixed(1)} % of ${windows} windows, those in the golden vectors of both`,
    )
  }
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

/** By markers where both have the same ones, else by the states that both know. */
function agreementOf(one: Artefact, other: Artefact): Pick<ModelDiff, 'agreement'> {
  const comparable =
    one.manifest.features.name === other.manifest.features.name &&
    one.manifest.features.windowMs === other.manifest.features.windowMs &&
    one.layoutId === other.layoutId
  const markersOf = ({ outputs }: Artefact) => outputs.map(({ marker }) => marker).sort()
  const of = markersOf(one).join('\n') === markersOf(other).join('\n') ? 'markers' : 'states'
  if (!comparable) return {}
  const [left, right] = [caller(one, of), caller(other, of)]
  const values = [one, other].flatMap((artefact) =>
    artefact.golden.slice(0, -GOLDEN_EDGES).map(({ input }) => valuesOf(artefact, input)),
  )
  const calls = values.map((value) => [left(value), right(value)]).filter((pair) => !pair.includes('unknown'))
  if (calls.length === 0) return {}
  const same = calls.filter(([a, b]) => a === b).length
  return { agreement: { share: same / calls.length, windows: calls.length, of } }
}

/** The features that a quantized input stands for. */
function valuesOf({ network, normalisation: { mean, scale } }: Artefact, input: Int8Array): Float32Array {
  const { input: grid } = network
  return Float32Array.from(
    input,
    (q, i) => (q - grid.zeroPoint) * grid.scale * scale[i % scale.length] + mean[i % mean.length],
  )
}

/** Names the marker or state of features as the model would. */
function caller(artefact: Artefact, of: 'markers' | 'states'): (values: Float32Array) => string {
  const { network, normalisation, outputs } = artefact
  const engine = new Int8JsEngine(artefact, network)
  const input = new Int8Array(network.inputs)
  const logits = new Int8Array(outputs.length)
  return (values) => {
    const normalised = values.slice()
    normaliseInPlace(normalised, normalisation.mean, normalisation.scale)
    quantizeInto(normalised, network.input, input)
    engine.run(input, logits)
    const { marker, state } = outputs[logits.indexOf(Math.max(...logits))]
    return of === 'markers' ? marker : state
  }
}
