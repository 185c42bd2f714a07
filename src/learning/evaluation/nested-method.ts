import type { FeatureRow } from '../dataset/visit-reader.js'
import { probabilitiesOf, temperatureOf, type HeldLogits } from '../training/calibration.js'
import { conformalThresholds } from '../training/conformal-calibration.js'
import { balancedAccuracy, recallBySession } from '../training/evaluation.js'
import { type Fit } from '../training/fit.js'
import { indexOfLargest } from '../../platform/index-of-largest.js'
import { leaveOut, strictestUnit, type LeftOut } from '../training/leave-out.js'
import { conformalSet } from '../../sensing/decision/conformal.js'
import { spreadByVisit } from '../training/spread.js'
import type { FoldContext, Method, Outcome, View } from './method.js'
import { quantizedCalls } from './quantized-calls.js'
import { stated, type Representation } from './representations.js'

/** What a fit is asked for here: a whole Fit can be quantized too. */
export type Classifier = Pick<Fit, 'markers' | 'logits' | 'held'> &
  Partial<Pick<Fit, 'layers' | 'mean' | 'scale'>>

/** One way to do it, of those that a method chooses from. */
export interface Candidate {
  sees: Representation
  fit(rows: readonly FeatureRow[], context: FoldContext): Classifier | Promise<Classifier>
}

interface Plan {
  name: string
  view?: View
  /** The simplest first: it is kept unless another is better on inner left-out units. */
  candidates: readonly Candidate[]
  /** What its logits are calibrated on: inner left-out units, units that the fit held out itself, or they only name a marker. */
  calibratedOn?: 'inner' | 'own' | 'nothing'
}

/** Of each visit that inner choices are made on (D): windows overlap by nine tenths. */
const INNER_ROWS_OF_VISIT = 8

type Held = HeldLogits & { unit: LeftOut }

/**
 * A method that fits one of several candidates. Which one, the temperature and the conformal thresholds are found on
 * units left out of the training rows once more: the rows of the fold that are tested have no part in it.
 */
export function nestedMethod({ name, view = 'windows', candidates, calibratedOn = 'inner' }: Plan): Method {
  return {
    name,
    view,
    unusable: (rows) =>
      candidates.some(({ sees }) => stated(sees, rows) !== undefined)
        ? undefined
        : `${name}: the recordings do not state what it looks at`,
    async run(train, test, context) {
      const usable = candidates.flatMap(({ sees, fit }) => {
        const seen = stated(sees, train)
        return seen === undefined ? [] : [{ sees: seen, fit }]
      })
      const tried = []
      for (const candidate of usable) {
        const seen = train.map((row) => through(candidate.sees, row))
        const needsInner = usable.length > 1 || calibratedOn === 'inner'
        tried.push({
          candidate,
          seen,
          held: needsInner ? await leftOutLogits(seen, candidate, context) : undefined,
        })
      }
      const { candidate, seen, held } = tried.reduce((best, one) =>
        scoreOf(one.held) > scoreOf(best.held) ? one : best,
      )
      const fitted = await candidate.fit(seen, context)
      const others = test.map((row) => through(candidate.sees, row))
      const logits = fitted.logits(others)
      const called = logits.map((one) => fitted.markers[indexOfLargest(one)])
      return {
        called,
        ...(calibratedOn !== 'nothing'
          ? { calibrated: calibrated(logits, held ?? ownHeld(fitted, seen)) }
          : {}),
        ...(isQuantizable(fitted) ? { int8: quantizedCalls(fitted, seen, others, called) } : {}),
      } satisfies Outcome
    },
  }
}

function isQuantizable(fitted: Classifier): fitted is Fit {
  return fitted.layers !== undefined
}

function through(sees: Representation, row: FeatureRow): FeatureRow {
  return { ...row, features: sees.of(row.features) }
}

/** Undefined where some marker has one unit only. */
async function leftOutLogits(
  rows: readonly FeatureRow[],
  { fit }: Candidate,
  context: FoldContext,
): Promise<Held | undefined> {
  const unit = strictestUnit(rows)
  if (unit === undefined) return undefined
  let markers: readonly string[] = []
  const held: { row: FeatureRow; logits: Float32Array }[] = []
  for (const { train, test } of leaveOut(spreadByVisit(rows, INNER_ROWS_OF_VISIT), unit)) {
    const fitted = await fit(train, context)
    markers = fitted.markers
    fitted.logits(test).forEach((logits, at) => held.push({ row: test[at], logits }))
  }
  return { markers, rows: held, unit }
}

function ownHeld({ markers, held }: Classifier, rows: readonly FeatureRow[]): Held | undefined {
  const unit = strictestUnit(rows)
  return held === undefined || unit === undefined ? undefined : { markers, rows: held, unit }
}

function scoreOf(held: Held | undefined): number {
  if (held === undefined) return 0
  const { markers, rows } = held
  const right = ({ row, logits }: Held['rows'][number]) =>
    Number(markers[indexOfLargest(logits)] === row.marker)
  return balancedAccuracy(recallBySession(rows.map((one) => ({ row: one.row, right: right(one) }))))
}

/** Without held-out units nothing is known of how sure it may be: as it is, and no class ever ruled out. */
function calibrated(logits: readonly Float32Array[], held: Held | undefined): Outcome['calibrated'] {
  const temperature = held === undefined ? 1 : temperatureOf(held)
  const thresholds = held && conformalThresholds(held, temperature, held.unit)
  return logits.map((one) => {
    const probabilities = probabilitiesOf(one, temperature)
    const set = new Uint8Array(one.length)
    return {
      confidence: Math.max(...probabilities),
      setSize: thresholds === undefined ? one.length : conformalSet(probabilities, thresholds, set),
    }
  })
}
