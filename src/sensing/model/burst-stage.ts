import type { Burst } from '../../domain/burst.js'
import type { Engine, Scores } from '../../domain/model.js'
import type { Stage } from '../../domain/stage.js'
import { AjarError } from '../../platform/errors.js'
import type { Artefact } from './artefact.js'
import { BurstReader } from './burst-features.js'
import { Scorer } from './scorer.js'

/** A burst so far → what the model of events says of it. */
export class BurstModelStage implements Stage<Burst, Scores> {
  private readonly reader: BurstReader
  private readonly scorer: Scorer

  /** Throws AjarError 'model.kind' for a model of windows. */
  constructor(
    private readonly artefact: Artefact,
    engine: Engine,
  ) {
    if (artefact.door === undefined)
      throw new AjarError(
        'model.kind',
        `Model ${artefact.id} reads windows, not the events of a door.`,
        'Give the model of windows as model.directory; the model of events lies in its folder events.',
      )
    this.reader = new BurstReader(artefact.door)
    this.scorer = new Scorer(artefact, engine)
  }

  /** Throws AjarError 'model.layout' for a burst of another subcarrier layout. */
  push(burst: Burst, emit: (scores: Scores) => void): void {
    const { scorer, artefact } = this
    if (burst.layoutId !== artefact.layoutId)
      throw new AjarError(
        'model.layout',
        `Model ${artefact.id} was trained on subcarrier layout ${artefact.layoutId}; the receiver sends layout ${burst.layoutId}.`,
        'Use a model that was trained with this kind of receiver, or calibrate again.',
      )
    this.reader.extract(burst, scorer.features)
    scorer.judged.set(scorer.features)
    emit(scorer.score())
  }

  /** Each burst is scored on its own: there is no state of the stream to forget. */
  reset(_reason: string): void {}
}
