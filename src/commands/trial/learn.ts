import type { Config } from '../../config/schema.js'
import type { FeatureRow } from '../../learning/dataset/visit-reader.js'
import { trainEvents, validateEvents, type HeldBurst } from '../../learning/events/event-training.js'
import type { LabelledBurst } from '../../learning/events/labelled-burst.js'
import { ReedLabeller } from '../../learning/events/reed-labeller.js'
import type { Household } from '../../learning/simulator/household.js'
import type { ScoredEvent } from '../../learning/survey/events.js'
import { codeVersion } from '../../learning/training/code-version.js'
import { fitLda } from '../../learning/training/lda.js'
import {
  trainModel,
  validate,
  type TrainedModel,
  type TrainingInput,
  type Validation,
} from '../../learning/training/train.js'
import { featureExtractor } from '../../sensing/model/features.js'
import { PlayedHome } from './played-home.js'

/** A reed opens when its door is this far from closed (D): 4 cm at the edge. */
export const REED_OPENS_DEG = 2.5
const DAY_US = 86_400e6
/** Sessions of the standing channel: halves of days. */
const SESSION_US = DAY_US / 2
const STANDING = ['five-numbers', 'standing'] as const

interface Candidate {
  features: (typeof STANDING)[number]
  input: TrainingInput
  validation: Validation | undefined
}

export interface Learned {
  standing: TrainedModel
  events: TrainedModel
  /** Which features the standing model looks at, and how well it does with sessions left out. */
  features: (typeof STANDING)[number]
  balancedAccuracy: number
  bursts: number
  quietRows: number
  /** What was told of left-out bursts, and edges of the reed in which the radio saw nothing. */
  scored: ScoredEvent[]
  computeSeconds: number
}

/** What a reed at the door of a simulated home would have taught in its first days. */
export async function learnFromReed(
  home: Household,
  days: number,
  config: Config,
  place: string,
  nowMs: () => number,
): Promise<Learned> {
  const bursts: LabelledBurst[] = []
  const rows: FeatureRow[] = []
  const unseen: ScoredEvent[] = []
  let isOpen = home.angleDeg(0) > REED_OPENS_DEG
  let layoutId = NaN
  const labeller = new ReedLabeller(
    featureExtractor('standing'),
    featureExtractor('five-numbers'),
    isOpen,
    {
      burst: (burst) => bursts.push(burst),
      quiet: (row) => rows.push(row),
      unseen: ({ open }, { session, day }) =>
        unseen.push({ session, day, label: open ? 'opened' : 'closed', told: null }),
    },
    labelsAt(0, place),
  )
  const played: PlayedHome = new PlayedHome(home, config, undefined, {
    burst: (burst) => labeller.burst(burst),
    window: (window) => {
      layoutId = window.layoutId
      labeller.window(window)
    },
  })
  const stretches = home.stretches({ leastShare: 0.1 }).filter(({ endUs }) => endUs <= days * DAY_US)
  played.play(stretches, (nowUs) => {
    labeller.labels = labelsAt(nowUs, place)
    const open = home.angleDeg(nowUs) > REED_OPENS_DEG
    if (open === isOpen || Number.isNaN(played.deviceUs)) return
    isOpen = open
    labeller.edge({ atUs: played.deviceUs, open })
  })
  labeller.reset()

  const began = nowMs()
  const about = {
    dataset: `simulated ${place}`,
    simulated: true,
    codeVersion: codeVersion(),
    layoutId,
    windowMs: config.signal.windowMs,
  }
  const validation = await validateEvents(bursts)
  const events = await trainEvents(bursts, { ...about, id: 'events' }, validation)
  const candidates: Candidate[] = []
  for (const features of STANDING) {
    const input = {
      ...about,
      ...({ id: 'standing', features, judge: 'five-numbers', family: 'lda' } as const),
      rows: features === 'standing' ? rows : rows.map((row) => ({ ...row, features: row.judged })),
      fit: async (given: readonly FeatureRow[]) => fitLda(given),
      states: { closed: 'closed', open: 'open' } as const,
    }
    candidates.push({ features, input, validation: await validate(input) })
  }
  const accuracy = ({ validation: found }: Candidate) => found?.evaluation.balancedAccuracy ?? 0
  const best = candidates.reduce((a, b) => (accuracy(b) > accuracy(a) ? b : a))
  return {
    standing: await trainModel(best.input, best.validation),
    events,
    features: best.features,
    balancedAccuracy: accuracy(best),
    bursts: bursts.length,
    quietRows: rows.length,
    scored: [...(validation?.bursts ?? []).map(scoredOf), ...unseen],
    computeSeconds: (nowMs() - began) / 1000,
  }
}

function labelsAt(nowUs: number, place: string) {
  return {
    session: `half-${Math.floor(nowUs / SESSION_US)}`,
    day: `day-${Math.floor(nowUs / DAY_US)}`,
    place,
  }
}

function scoredOf({ burst, label, told }: HeldBurst): ScoredEvent {
  return { session: burst.session, day: burst.day, label: named(label), told: named(told) }
}

/** The survey's word for a pass-through. */
function named(label: string): string {
  return label === 'passed' ? 'passed-through' : label
}
