import type { Engine, Scores } from '../../domain/model.js'
import type { Stage } from '../../domain/stage.js'
import type { SignalWindow } from '../../domain/window.js'
import { AjarError } from '../../platform/errors.js'
import type { Artefact } from './artefact.js'
import { featureExtractor, type FeatureExtractor } from './features.js'
import { distanceToTraining, normaliseInPlace } from './out-of-distribution.js'
import { quantizeInto } from './quantize.js'

/** Window → features → normalised → int8 → engine → probabilities. Allocates nothing for a window. */
export class ModelStage implements Stage<SignalWindow, Scores> {
  private readonly features: Float32Array
  private readonly judge: FeatureExtractor
  private readonly judged: Float32Array
  private readonly scratch: Float32Array
  private readonly input: Int8Array
  private readonly logits: Int8Array
  private readonly scores: { -readonly [K in keyof Scores]: Scores[K] }

  constructor(
    private readonly artefact: Artefact,
    private readonly engine: Engine,
  ) {
    const { size } = artefact.features
    this.features = new Float32Array(size)
    this.judge = featureExtractor(artefact.outOfDistribution.features)
    this.judged = new Float32Array(this.judge.size)
    this.scratch = new Float32Array(this.judge.size)
    this.input = new Int8Array(size)
    this.logits = new Int8Array(artefact.outputs.length)
    this.scores = {
      outputs: artefact.outputs,
      probabilities: new Float32Array(artefact.outputs.length),
      outOfDistribution: 0,
    }
  }

  /** Throws AjarError 'model.layout' for a window of another subcarrier layout, 'model.window' for another form. */
  push(window: SignalWindow, emit: (scores: Scores) => void): void {
    const { features, input, logits, scores } = this
    const { network, normalisation, outOfDistribution } = this.artefact
    this.checkForm(window)
    this.artefact.features.extract(window, features)
    normaliseInPlace(features, normalisation.mean, normalisation.scale)
    quantizeInto(features, network.input, input)
    this.engine.run(input, logits)
    softmax(logits, network.layers[network.layers.length - 1].output.scale, scores.probabilities)
    this.judge.extract(window, this.judged)
    normaliseInPlace(this.judged, outOfDistribution.mean, outOfDistribution.scale)
    scores.outOfDistribution =
      distanceToTraining(outOfDistribution, this.judged, this.scratch) / outOfDistribution.limit
    emit(scores)
  }

  /** Each window is scored on its own: there is no state of the stream to forget. */
  reset(_reason: string): void {}

  private checkForm(window: SignalWindow): void {
    const { id, layoutId, manifest } = this.artefact
    if (window.layoutId !== layoutId)
      throw new AjarError(
        'model.layout',
        `Model ${id} was trained on subcarrier layout ${layoutId}; the receiver sends layout ${window.layoutId}.`,
        'Use a model that was trained with this kind of receiver, or calibrate again.',
      )
    if (window.bins !== manifest.features.bins)
      throw new AjarError(
        'model.window',
        `Model ${id} takes windows of ${manifest.features.bins} bins, not ${window.bins}.`,
        'Set signal.bins in the configuration to what the model was trained with.',
      )
    const windowMs = (1000 * window.rows) / window.gridRateHz
    if (Math.abs(windowMs - manifest.features.windowMs) > 1000 / window.gridRateHz)
      throw new AjarError(
        'model.window',
        `Model ${id} takes windows of ${manifest.features.windowMs} ms, not ${Math.round(windowMs)} ms.`,
        'Set signal.windowMs in the configuration to what the model was trained with.',
      )
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
