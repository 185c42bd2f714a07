import { setImmediate as yieldToEvents } from 'node:timers/promises'
import type { FeatureRow } from '../dataset/visit-reader.js'
import { refuseIfStopped } from '../training/stopped.js'
import type { Method, View } from './method.js'
import { reportOf, type FoldOutcome, type Report } from './report.js'
import type { Folds } from './splits.js'

export interface EvaluationPlan {
  /** The same for each view: a fold is named by what it holds. */
  foldsOf(rows: readonly FeatureRow[]): Folds
  methods: readonly Method[]
  /** Rows of each view that some method needs; `windows` always. */
  views: ReadonlyMap<View, readonly FeatureRow[]>
  /** Stops between two fits. */
  signal?: AbortSignal
  progress(line: string): void
}

/**
 * Every method on the same folds. Throws what `foldsOf` does, and AjarError 'train.stopped'.
 */
export async function runMethods(plan: EvaluationPlan): Promise<Report & { notes: string[] }> {
  const { foldsOf, methods, views, signal, progress } = plan
  const { folds, notes } = foldsOf(rowsOf(views, 'windows'))
  const byView = new Map([...views].map(([view, rows]) => [view, foldsOf(rows).folds]))
  const outcomes = new Map<string, FoldOutcome[]>()
  for (const method of methods) {
    const done: FoldOutcome[] = []
    outcomes.set(method.name, done)
    const why = method.unusable?.(rowsOf(views, method.view))
    if (why !== undefined) {
      notes.push(why)
      continue
    }
    const own = byView.get(method.view) ?? []
    for (const [index, { held, train, test }] of own.entries()) {
      await yieldToEvents()
      refuseIfStopped(signal)
      const context = { name: `without ${held}`, fitsLeft: own.length - index }
      done.push({ held, rows: test, outcome: await method.run(train, test, context) })
      progress(`${method.name}: ${index + 1}/${own.length} without ${held}`)
    }
  }
  return { ...reportOf(outcomes, folds), notes }
}

function rowsOf(views: EvaluationPlan['views'], view: View): readonly FeatureRow[] {
  const rows = views.get(view)
  if (rows === undefined) throw new RangeError(`no rows of view ${view}`)
  return rows
}
