import { setImmediate as yieldToEvents } from 'node:timers/promises'
import type { State } from '../../domain/reading.js'
import { AjarError } from '../../platform/errors.js'
import { distanceToTraining } from '../../sensing/model/out-of-distribution.js'
import type { HeldOut } from '../training/cross-validation.js'
import { evaluate } from '../training/evaluation.js'
import { normalise } from '../training/fit.js'
import { indexOfLargest } from '../../platform/index-of-largest.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import { fitLda } from '../training/lda.js'
import type { Fit } from '../training/fit.js'
import { fitPerceptron } from '../training/perceptron.js'
import { refuseIfStopped } from '../training/stopped.js'
import { trainModel, type TrainedModel, type TrainingInput, type Validation } from '../training/train.js'
import { learnAxis } from './door-axis.js'
import { eventRows } from './event-rows.js'
import { cutsOf, EVENT_CLASSES, labelAt, type EventClass, type LabelledBurst } from './labelled-burst.js'

/** What each class of event leaves the door as, or shows it doing. `same` and `passed` say nothing of where it is. */
export const EVENT_STATES: Readonly<Record<string, State>> = {
  opening: 'opening',
  opened: 'open',
  closing: 'closing',
  closed: 'closed',
}

/** A burst that was left out, by its end. */
export interface HeldBurst {
  burst: LabelledBurst
  label: EventClass
  told: EventClass
}

export interface EventValidation extends Validation {
  bursts: readonly HeldBurst[]
}

/** The logit of a class that a fold's training had none of: no chance, and yet a number to calibrate with. */
const UNTAUGHT = -30
/** Sessions may be hundreds; a fit on a Pi takes seconds (D). */
const MOST_FOLDS = 4

/**
 * Tests the bursts of each session, days where there is one session, on a model of all others; the axis is learned
 * anew. Where there are many, several are left out together, in order of time: each is still judged by a model that has
 * seen none of it. Undefined where nothing can be left out.
 */
export async function validateEvents(
  bursts: readonly LabelledBurst[],
  signal?: AbortSignal,
  progress: (done: number, of: number) => void = () => undefined,
): Promise<EventValidation | undefined> {
  const unit = new Set(bursts.map(({ session }) => session)).size > 1 ? 'session' : 'day'
  const units = [...new Set(bursts.map((burst) => burst[unit]))]
  const held: HeldOut[] = []
  const told: HeldBurst[] = []
  if (units.length < 2) return undefined
  const markers = classesOf(eventRows(bursts, learnAxis(bursts)).map(({ marker }) => marker))
  const folds = Math.min(units.length, MOST_FOLDS)
  const foldOf = new Map(units.map((name, index) => [name, Math.floor((index * folds) / units.length)]))
  for (let fold = 0; fold < folds; fold++) {
    const others = bursts.filter((burst) => foldOf.get(burst[unit]) !== fold)
    if (!hasBoth(others)) continue
    const axis = learnAxis(others)
    const rows = eventRows(others, axis)
    const fit = fitEvents(rows)
    const judge = fitLda(rows, ({ judged }) => judged)
    const distance = (judged: Float32Array) =>
      distanceToTraining(judge, normalise(judged, judge.mean, judge.scale), new Float32Array(judged.length))
    for (const burst of bursts.filter((candidate) => foldOf.get(candidate[unit]) === fold)) {
      const own = eventRows([burst], axis)
      fit.logits(own).forEach((logits, at) => {
        const row = own[at]
        const padded = Float32Array.from(markers, (marker) => logits[fit.markers.indexOf(marker)] ?? UNTAUGHT)
        held.push({ row, logits: padded, distance: distance(row.judged), byRssi: 'same' })
        const call = fit.markers[indexOfLargest(logits)] as EventClass
        if (at === 0 && endsWithCut(burst) && !isOnTheWay(row.marker))
          told.push({ burst, label: row.marker as EventClass, told: call })
      })
    }
    progress(fold + 1, folds)
    await yieldToEvents()
    refuseIfStopped(signal)
  }
  if (held.length === 0) return undefined
  const result = { markers, rows: held, epochs: [] }
  return { held: result, evaluation: evaluate(result, 'session'), bursts: told }
}

type Described = Pick<
  TrainingInput,
  'id' | 'dataset' | 'date' | 'made' | 'simulated' | 'codeVersion' | 'layoutId' | 'windowMs'
>

/**
 * The model of events of one door: `burst` features, a small perceptron, the door's axis in the artefact. Throws AjarError
 * 'train.quantization' where int8 loses too much with every seed.
 */
export async function trainEvents(
  bursts: readonly LabelledBurst[],
  about: Described,
  validation: Validation | undefined,
): Promise<TrainedModel> {
  const door = learnAxis(bursts)
  const input = {
    ...about,
    ...({ family: 'mlp', features: 'burst', judge: 'burst' } as const),
    rows: eventRows(bursts, door),
    states: EVENT_STATES,
    door,
  }
  for (const seed of SEEDS)
    try {
      return await trainModel({ ...input, fit: async (rows) => fitEvents(rows, seed) }, validation)
    } catch (error) {
      // Of a class with few rows one that int8 calls otherwise is too many: another network may not.
      if (!(error instanceof AjarError) || error.code !== 'train.quantization') throw error
      if (seed === SEEDS[SEEDS.length - 1]) throw error
    }
  throw new RangeError('there is no seed')
}

/** Classes weigh as the square root of their rows: neither the rare nor the common drowns (D). */
const CLASS_EXPONENT = -0.5
/** Of the network, and of those that take its place where int8 loses too much. */
const SEEDS = [1, 2, 3, 4, 5]

function fitEvents(rows: readonly FeatureRow[], seed = SEEDS[0]): Fit {
  const counts = new Map<string, number>()
  for (const { marker } of rows) counts.set(marker, (counts.get(marker) ?? 0) + 1)
  const weights = Float64Array.from(rows, ({ marker }) => counts.get(marker)! ** CLASS_EXPONENT)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return fitPerceptron(
    rows,
    weights.map((weight) => weight / sum),
    seed,
  )
}

function classesOf(markers: readonly string[]): EventClass[] {
  return [...EVENT_CLASSES].filter((name) => markers.includes(name)).sort()
}

/** Whether an axis can be learned of them. */
function hasBoth(bursts: readonly LabelledBurst[]): boolean {
  const ends = new Set(
    bursts.map((labelled) => labelled.burst.quietFrames > 0 && labelAt(labelled, labelled.burst.endUs)),
  )
  return ends.has('opened') && ends.has('closed')
}

function endsWithCut(labelled: LabelledBurst): boolean {
  return cutsOf(labelled)[0]?.count === labelled.burst.count
}

function isOnTheWay(marker: string): boolean {
  return marker === 'opening' || marker === 'closing'
}
