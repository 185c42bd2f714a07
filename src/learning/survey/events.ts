import { rateInterval95, shareLower95, shareUpper95, student95 } from './bounds.js'
import { groupBy } from './group-by.js'

/** Something that happened or was told to have happened, scored against a label. */
export interface ScoredEvent {
  /** Any name of the day: events of one day are not independent. */
  day: string
  session: string
  /** 'opened', 'closed', 'passed-through', or anything else where the door did not move. */
  label: string
  /** What the event reader called it; null: nothing. */
  told: string | null
}

export interface EventFigures {
  /** Openings and closings by the label; passing through is counted apart. */
  labelled: number
  days: number
  recall: number | null
  recallLower95: number | null
  /** Not even this is excluded by what was seen. */
  recallUpper95: number | null
  falseEvents: number
  falseEventsPerDay: number | null
  falseEventsInterval95: [number, number] | null
  passThroughs: { labelled: number; right: number; recall: number | null }
}

const DOOR_MOVED: readonly string[] = ['opened', 'closed']
const PASSED = 'passed-through'

/** @param observedDays days that were watched, those without an event too; default: days that have one. */
export function eventFigures(
  events: readonly ScoredEvent[],
  observedDays?: number,
): EventFigures | undefined {
  if (events.length === 0) return undefined
  const door = events.filter(({ label }) => DOOR_MOVED.includes(label))
  const passed = events.filter(({ label }) => label === PASSED)
  const right = (some: readonly ScoredEvent[]) => some.filter(({ label, told }) => label === told).length
  const days = Math.max(observedDays ?? 0, new Set(events.map(({ day }) => day)).size)
  const falseEvents = events.filter(
    ({ label, told }) =>
      !DOOR_MOVED.includes(label) &&
      label !== PASSED &&
      told !== null &&
      [...DOOR_MOVED, PASSED].includes(told),
  ).length
  const byDay = [...groupBy(door, ({ day }) => day).values()].map((own) => ({
    right: right(own),
    count: own.length,
  }))
  const bounds = clusteredBounds(byDay)
  return {
    labelled: door.length,
    days,
    recall: door.length === 0 ? null : right(door) / door.length,
    recallLower95: bounds?.[0] ?? null,
    recallUpper95: bounds?.[1] ?? null,
    falseEvents,
    falseEventsPerDay: falseEvents / days,
    falseEventsInterval95: rateInterval95(falseEvents, days),
    passThroughs: {
      labelled: passed.length,
      right: right(passed),
      recall: passed.length === 0 ? null : right(passed) / passed.length,
    },
  }
}

/**
 * One-sided 95 % bounds of a share whose observations come in clusters (Korn & Graubard, Survey Methodology 24, 1998):
 * Clopper and Pearson's, with as many observations as would be independent. Few clusters count for less by the ratio of
 * Student's quantiles, also where all are right and clusters seem to agree. Null of fewer than two clusters.
 */
export function clusteredBounds(
  clusters: readonly { right: number; count: number }[],
): [lower: number, upper: number] | null {
  const m = clusters.length
  if (m < 2) return null
  const count = clusters.reduce((sum, cluster) => sum + cluster.count, 0)
  const share = clusters.reduce((sum, cluster) => sum + cluster.right, 0) / count
  const scatter = clusters.reduce((sum, cluster) => sum + (cluster.right - share * cluster.count) ** 2, 0)
  const variance = (scatter * m) / (m - 1) / count ** 2
  const independent = variance > 0 ? Math.min(count, (share * (1 - share)) / variance) : count
  const effective = Math.min(count, independent * (student95(Math.max(1, count - 1)) / student95(m - 1)) ** 2)
  return [shareLower95(share * effective, effective), shareUpper95(share * effective, effective)]
}
