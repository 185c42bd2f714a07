import { createHash } from 'node:crypto'
import { z } from 'zod'
import { STATES } from '../../domain/reading.js'
import { AjarError } from '../../platform/errors.js'
import { migrateManifest } from './artefact-migrations.js'
import { FEATURE_NAMES } from './features.js'

/** Rises with every change of the artefact that an older program could not run: a key that it does not know is one. */
export const SCHEMA_VERSION = 3

/** Shrinkage LDA (one dense layer), multilayer perceptron, 1-D convolution. */
export const FAMILIES = ['lda', 'mlp', 'conv'] as const
export type Family = (typeof FAMILIES)[number]
/** Of a model of bursts: multinomial logistic regression, one dense layer. */
const EVENT_FAMILY = 'logistic'

/** The name of its directory too. */
export const MODEL_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

export const MANIFEST_FILE = 'manifest.json'
export const WEIGHTS_FILE = 'weights.bin'
export const GOLDEN_FILE = 'golden.bin'
export const CARD_FILE = 'card.md'

const count = z.int().min(1).max(100_000)
const offset = z.int().min(0)
const positive = z.number().positive()
const share = z.number().min(0).max(1)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in hexadecimal')
const quantization = z.strictObject({ scale: positive, zeroPoint: z.int().min(-128).max(127) })

/** network.ts says how a layer lies over its input. */
const layer = z.strictObject({
  kind: z.enum(['dense', 'conv1d']),
  positions: count,
  kernel: count,
  stride: count,
  channels: count,
  outputs: count,
  weightScales: z.array(positive),
  /** Where the parameters stand in weights.bin, bytes: int8 outputs × (kernel × channels), int32 little-endian. */
  weightsOffset: offset,
  biasesOffset: offset,
  output: quantization,
})

/** value → (value − mean) / scale, for each channel of the features. */
const normalisation = z.strictObject({ mean: z.array(z.number()), scale: z.array(positive) })

const sessionScore = z.strictObject({
  session: z.string(),
  marker: z.string(),
  windows: z.int().min(1),
  /** Share of the session's windows of this marker that were called so by a model trained without the session. */
  recall: share,
})

/** One of the methods that were tried on the same folds: families and the rules beside them. */
const methodScore = z.strictObject({
  method: z.string().min(1),
  balancedAccuracy: share,
  /** Of the recall, paired by session; no lower end of the 95 % interval where the sessions are too few. */
  gainOverFiveNumbers: z.strictObject({ mean: z.number(), lower95: z.number().optional() }).optional(),
  /** In the order of `bySession`. */
  recalls: z.array(share),
})

/** Balanced accuracy with a unit left out whole, and what simpler rules reach on the same folds. */
const evaluation = z.strictObject({
  leftOut: z.enum(['session', 'visit']),
  balancedAccuracy: share,
  /** Of always naming the same marker. */
  majority: share,
  rssiThreshold: share,
  bySession: z.array(sessionScore),
  /** Families that were tried on the same folds; `beyondLda` is the lower end of the paired 95 % interval. */
  compared: z
    .array(z.strictObject({ family: z.enum(FAMILIES), balancedAccuracy: share, beyondLda: z.number() }))
    .optional(),
  /** Of choosing among the families: each session scored by the one that is chosen without it. */
  choiceBalancedAccuracy: share.optional(),
  methods: z.array(methodScore).optional(),
})

const manifestSchema = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  id: z.string().regex(MODEL_ID),
  family: z.enum([...FAMILIES, EVENT_FAMILY]),
  /** Trained on simulated data: never a claim about a real door. */
  simulated: z.boolean(),
  layoutId: z.int().min(0).max(255),
  features: z.strictObject({ name: z.enum(FEATURE_NAMES), windowMs: count, bins: count }),
  /** Of the network's input. */
  normalisation,
  input: z.strictObject({ shape: z.array(count).min(1), ...quantization.shape }),
  layers: z.array(layer).min(1),
  /** The last layer's outputs are logits; softmax gives the probabilities. */
  outputs: z.array(z.strictObject({ marker: z.string().min(1), state: z.enum(STATES) })).min(2),
  /** Judges features of its own, few and stable; float32 matrices in weights.bin; see out-of-distribution.ts. */
  outOfDistribution: z.strictObject({
    features: z.enum(FEATURE_NAMES),
    normalisation,
    whiteningOffset: offset,
    centresOffset: offset,
    limit: positive,
  }),
  /** Of a model of bursts: the door's axis and swing in weights.bin, float32; see burst-features.ts. */
  door: z.strictObject({ axisOffset: offset, swingOffset: offset }).optional(),
  trained: z.strictObject({
    dataset: z.string(),
    /** When the data set was recorded. */
    date: z.iso.date().optional(),
    /** When the model was made; absent where the same code must give the same bytes, or no clock was set. */
    made: z.iso.date().optional(),
    codeVersion: z.string(),
    places: z.array(z.string()),
    sessions: z.array(z.string()),
    windows: z.int().min(1),
    /** Of the covariance of the features that `outOfDistribution` judges, and of LDA's. */
    shrinkage: share,
    /** Logits were divided by it; found on left-out units. */
    temperature: z.number().min(1),
    /** How a network was trained; LDA has a closed form. Fewer epochs than wanted: cut short by a time limit. */
    network: z
      .strictObject({
        backend: z.string(),
        seed: z.int(),
        epochs: z.int().min(1),
        wantedEpochs: z.int().min(1),
      })
      .optional(),
    evaluation: evaluation.optional(),
    /** Share of the training windows to which the int8 network gives the same class as the float model. */
    int8Agreement: share,
    /** Balanced accuracy on the training windows, int8 less float. Models of schema 1 do not state it. */
    int8AccuracyChange: z.number().optional(),
  }),
  site: z.strictObject({ id: z.string().min(1), verdict: z.string().min(1) }).optional(),
  golden: z.strictObject({ vectors: count }),
  files: z.record(
    z.enum([WEIGHTS_FILE, GOLDEN_FILE, CARD_FILE]),
    z.strictObject({ bytes: z.int().min(1), sha256 }),
  ),
  /** SHA-256 of this file with these 64 digits as zeros. */
  digest: sha256,
})

export type Manifest = z.infer<typeof manifestSchema>
export type Evaluation = z.infer<typeof evaluation>

const UNSEALED = '0'.repeat(64)

export function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

/** The text of manifest.json, its digest filled in. */
export function sealManifest(manifest: Omit<Manifest, 'digest'>): string {
  const text = `${JSON.stringify({ ...manifest, digest: UNSEALED }, null, 1)}\n`
  return text.replace(UNSEALED, sha256Of(text))
}

/** Throws AjarError 'model.newer', 'model.damaged' or 'model.manifest', each naming `file` and the place in it. */
export function openManifest(text: string, file: string): Manifest {
  const json = parse(text, file)
  const version = (json as { schemaVersion?: unknown } | null)?.schemaVersion
  if (typeof version === 'number' && version > SCHEMA_VERSION)
    throw new AjarError(
      'model.newer',
      `${file} has schema version ${version}; this program knows ${SCHEMA_VERSION}.`,
      'Update Ajar, or train the model with this version.',
    )
  if (!isSealed(json, text)) throw damaged(`${file} does not match its own digest`)
  const parsed = manifestSchema.safeParse(migrateManifest(json, SCHEMA_VERSION))
  if (parsed.success) return parsed.data
  const [{ path, message }] = parsed.error.issues
  throw new AjarError(
    'model.manifest',
    `${file}: ${path.join('.') || 'the whole file'}: ${message}.`,
    'Copy the model again or train it anew.',
  )
}

/** The seal is of the text as it was written, whatever its version. */
function isSealed(json: unknown, text: string): boolean {
  const digest = (json as { digest?: unknown } | null)?.digest
  return typeof digest === 'string' && sha256Of(text.replace(digest, UNSEALED)) === digest
}

export function damaged(what: string, cause?: unknown): AjarError {
  return new AjarError('model.damaged', `${what}.`, 'Copy the model again or train it anew.', { cause })
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw damaged(`${file} is no JSON (${(cause as Error).message})`, cause)
  }
}
