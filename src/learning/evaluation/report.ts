import type { Evaluation } from '../../sensing/model/artefact-manifest.js'
import { shortDecimal } from '../../sensing/model/network.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import { balancedAccuracy, recallBySession } from '../training/evaluation.js'
import { rowWeights } from '../training/row-weights.js'
import { accuracyInterval, pairedDifference } from '../training/session-interval.js'
import { calibrationError } from './calibration-error.js'
import type { Outcome } from './method.js'
import { REFERENCE } from './methods.js'

/** A method's outcome of one fold, beside the rows that were left out. */
export interface FoldOutcome {
  held: string
  rows: readonly FeatureRow[]
  outcome: Outcome
}

/** Null where a figure has no meaning. Shares 0..1; evaluation.ts defines balanced accuracy. */
export interface MethodScore {
  balancedAccuracy: number | null
  /** 95 % interval over sessions. */
  lower95: number | null
  upper95: number | null
  /** The same where each visit is one call, the marker that most of its windows are given. */
  balancedAccuracyByVisit: number | null
  /** Of the recall, paired by session. */
  gainOverFiveNumbers: { mean: number; lower95: number | null } | null
  /** Share of the left-out windows to which the int8 network gives the float model's class. */
  int8Agreement: number | null
  /** Balanced accuracy of the int8 network less that of the float model. */
  int8AccuracyChange: number | null
  /** Share of the left-out windows whose conformal set holds exactly one marker. */
  coverage: number | null
  ece: number | null
  bySession: Evaluation['bySession'] | null
}

export interface Report {
  folds: { held: string; n: number; scores: Record<string, number | null> }[]
  methods: Record<string, MethodScore>
}

/** Digits of a figure: four are more than the sessions carry. */
const rounded = (value: number): number => Number(value.toFixed(4))
const orNull = (value: number | undefined): number | null => (value === undefined ? null : rounded(value))

const UNUSABLE: MethodScore = {
  balancedAccuracy: null,
  lower95: null,
  upper95: null,
  balancedAccuracyByVisit: null,
  gainOverFiveNumbers: null,
  int8Agreement: null,
  int8AccuracyChange: null,
  coverage: null,
  ece: null,
  bySession: null,
}

/**
 * @param outcomes of each method its folds; none for a method that could not be used.
 * @param folds the folds of the view that holds every window.
 */
export function reportOf(
  outcomes: ReadonlyMap<string, readonly FoldOutcome[]>,
  folds: readonly { held: string; test: readonly FeatureRow[] }[],
): Report {
  const reference = outcomes.get(REFERENCE) ?? []
  return {
    folds: folds.map(({ held, test }) => ({
      held,
      n: test.length,
      scores: Object.fromEntries(
        [...outcomes].map(([name, done]) => {
          const own = done.filter((one) => one.held === held)
          return [name, own.length === 0 ? null : rounded(balancedAccuracy(recalls(own)))]
        }),
      ),
    })),
    methods: Object.fromEntries(
      [...outcomes].map(([name, done]) => [
        name,
        done.length === 0 ? UNUSABLE : scoreOf(done, name === REFERENCE ? [] : reference),
      ]),
    ),
  }
}

function scoreOf(done: readonly FoldOutcome[], reference: readonly FoldOutcome[]): MethodScore {
  const bySession = recalls(done)
  const accuracy = balancedAccuracy(bySession)
  const interval = accuracyInterval(bySession)
  const gain = reference.length === 0 ? undefined : pairedDifference(bySession, recalls(reference))
  const int8 = callsOf(done).flatMap(({ row, int8: one }) => (one === undefined ? [] : [{ row, ...one }]))
  const calibrated = callsOf(done).flatMap(({ row, called, calibrated: one }) =>
    one === undefined ? [] : [{ row, right: Number(called === row.marker), ...one }],
  )
  const weights = rowWeights(calibrated.map(({ row }) => row))
  return {
    balancedAccuracy: rounded(accuracy),
    lower95: orNull(interval?.lower95),
    upper95: orNull(interval?.upper95),
    balancedAccuracyByVisit: rounded(balancedAccuracy(recallBySession(visitCalls(done)))),
    gainOverFiveNumbers:
      gain === undefined ? null : { mean: rounded(gain.mean), lower95: orNull(gain.lower95) },
    int8Agreement: shareOf(int8, ({ agrees }) => agrees),
    int8AccuracyChange:
      int8.length === 0 ? null : rounded(balancedAccuracy(recallBySession(int8)) - accuracy),
    coverage: shareOf(calibrated, ({ setSize }) => setSize === 1),
    ece:
      calibrated.length === 0
        ? null
        : rounded(calibrationError(calibrated.map((one, index) => ({ ...one, weight: weights[index] })))),
    bySession: bySession.map((one) => ({ ...one, recall: shortDecimal(one.recall) })), // as those of a training are
  }
}

function recalls(done: readonly FoldOutcome[]): Evaluation['bySession'] {
  return recallBySession(
    callsOf(done).map(({ row, called }) => ({ row, right: Number(called === row.marker) })),
  )
}

function callsOf(done: readonly FoldOutcome[]) {
  return done.flatMap(({ rows, outcome }) =>
    rows.map((row, at) => ({
      row,
      called: outcome.called[at],
      calibrated: outcome.calibrated?.[at],
      int8: outcome.int8?.[at],
    })),
  )
}

/** One call of each visit; of two that are as frequent the first by name. */
function visitCalls(done: readonly FoldOutcome[]): { row: FeatureRow; right: number }[] {
  const visits = new Map<string, { row: FeatureRow; votes: Map<string, number> }>()
  for (const { row, called } of callsOf(done)) {
    const visit = visits.get(row.visit) ?? { row, votes: new Map<string, number>() }
    visits.set(row.visit, visit)
    visit.votes.set(called, (visit.votes.get(called) ?? 0) + 1)
  }
  return [...visits.values()].map(({ row, votes }) => {
    const [[most]] = [...votes].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    return { row, right: Number(most === row.marker) }
  })
}

function shareOf<T>(items: readonly T[], holds: (item: T) => boolean): number | null {
  return items.length === 0 ? null : rounded(items.filter(holds).length / items.length)
}
