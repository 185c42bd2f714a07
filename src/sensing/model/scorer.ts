import type { Engine, Scores } from '../../domain/model.js'
import type { Artefact } from './artefact.js'
import { distanceToTraining, normaliseInPlace } from './out-of-distribution.js'
import { quantizeInto } from './quantize.js'

/** Features → normalised → int8 → engine → probabilities. Allocates nothing for an input. */
export class Scorer {
  /** Of the artefact's features: to be filled before `score`, which overwrites it. */
  readonly features: Float32Array
  /** What out of distribution is judged by: to be filled before `score`, which overwrites it. */
  readonly judged: Float32Array
  private readonly scratch: Float32Array
  private readonly input: Int8Array
  private readonly logits: Int8Array
  private readonly scores: { -readonly [K in keyof Scores]: Scores[K] }

  constructor(
    private readonly artefact: Artefact,
    private readonly engine: Engine,
  ) {
    const { features, outOfDistribution, outputs } = artefact
    this.features = new Float32Array(features.size)
    this.judged = new Float32Array(outOfDistribution.mean.length)
    this.scratch = new Float32Array(outOfDistribution.mean.length)
    this.input = new Int8Array(features.size)
    this.logits = new Int8Array(outputs.length)
    this.scores = { outputs, probabilities: new Float32Array(outputs.length), outOfDistribution: 0 }
  }

  /** Reused. */
  score(): Scores {
    const { features, judged, input, logits, scores } = this
    const { network, normalisation, outOfDistribution } = this.artefact
    normaliseInPlace(features, normalisation.mean, normalisation.scale)
    quantizeInto(features, network.input, input)
    this.engine.run(input, logits)
    softmax(logits, network.layers[network.layers.length - 1].output.scale, scores.probabilities)
    normaliseInPlace(judged, outOfDistribution.mean, outOfDistribution.scale)
    scores.outOfDistribution =
      distanceToTraining(outOfDistribution, judged, this.scratch) / outOfDistribution.limit
    return scores
  }
}

/** Zero points cancel: only the scale of the quantized logits matters. */
function softmax(logits: Int8Array, scale: number, into: Float32Array): void {
  let most = -128
  for (const logit of logits) if (logit > most) most = logit
  let sum = 0
  for (let i = 0; i < logits.length; i++) sum += into[i] = Math.exp((logits[i] - most) * scale)
  for (let i = 0; i < logits.length; i++) into[i] /= sum
}
