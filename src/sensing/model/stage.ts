import type { Engine, Scores } from '../../domain/model.js'
import type { Stage } from '../../domain/stage.js'
import type { SignalWindow } from '../../domain/window.js'
import { AjarError } from '../../platform/errors.js'
import type { Artefact } from './artefact.js'
import { featureExtractor, isWindowFeature, type FeatureExtractor, type FeatureName } from './features.js'
import { Scorer } from './scorer.js'

/** Window → features → probabilities. Allocates nothing for a window. */
export class ModelStage implements Stage<SignalWindow, Scores> {
  private readonly features: FeatureExtractor
  private readonly judge: FeatureExtractor
  private readonly scorer: Scorer

  /** Throws AjarError 'model.kind' for a model of bursts. */
  constructor(
    private readonly artefact: Artefact,
    engine: Engine,
  ) {
    this.features = extractorOf(artefact, artefact.features.name)
    this.judge = extractorOf(artefact, artefact.outOfDistribution.features)
    this.scorer = new Scorer(artefact, engine)
  }

  /** Throws AjarError 'model.layout' for a window of another subcarrier layout, 'model.window' for another form. */
  push(window: SignalWindow, emit: (scores: Scores) => void): void {
    this.checkForm(window)
    this.features.extract(window, this.scorer.features)
    this.judge.extract(window, this.scorer.judged)
    emit(this.scorer.score())
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

function extractorOf({ id }: Artefact, name: FeatureName): FeatureExtractor {
  if (isWindowFeature(name)) return featureExtractor(name)
  throw new AjarError(
    'model.kind',
    `Model ${id} reads the events of a door, not windows.`,
    'Give the model of windows as model.directory; the model of events lies in its folder events.',
  )
}
