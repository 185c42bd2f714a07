import { AjarError } from '../../platform/errors.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import { Random } from '../random.js'
import type { Fold } from '../training/leave-out.js'

export const SPLITS = ['session', 'day', 'place', 'forward', 'random'] as const
export type Split = (typeof SPLITS)[number]

export interface SplitOptions {
  seed: number
  /** Of the place split: train on these and test on those, instead of leaving each place out in turn. */
  trainPlaces?: readonly string[]
  testPlaces?: readonly string[]
}

/** What is tested in a fold, by name. */
export interface NamedFold extends Fold {
  held: string
}

export interface Folds {
  folds: NamedFold[]
  /** Folds that cannot be done, and why. */
  notes: string[]
}

/** Of the leakage reference. */
const RANDOM_FOLDS = 10

/**
 * Rows → folds. A fold needs rows of every marker to learn from; one that has not is left out, and a note says so.
 * Throws AjarError 'usage.place' for a place that no visit has, 'evaluate.day' where a visit states none and
 * 'evaluate.folds' where no fold is left.
 */
export function foldsOf(split: Split, rows: readonly FeatureRow[], options: SplitOptions): Folds {
  const all = split === 'random' ? atRandom(rows, options.seed) : byUnit(split, rows, options)
  const markers = [...new Set(rows.map(({ marker }) => marker))]
  const notes: string[] = []
  const folds = all.filter(({ held, train, test }) => {
    const known = new Set(train.map(({ marker }) => marker))
    const missing = markers.filter((marker) => !known.has(marker))
    if (missing.length > 0 && train.length > 0)
      notes.push(`${held} is not tested: without it nothing is left of ${missing.join(', ')} to learn from`)
    return missing.length === 0 && test.length > 0
  })
  if (folds.length === 0 || markers.length < 2)
    throw new AjarError('evaluate.folds', whyNone(split, rows, markers), hintOf(split))
  const tested = new Set(folds.flatMap(({ test }) => test.map(({ marker }) => marker)))
  for (const marker of markers)
    if (!tested.has(marker)) notes.push(`${marker} is never tested: balanced accuracy is that of the others`)
  return { folds, notes }
}

function byUnit(split: Exclude<Split, 'random'>, rows: readonly FeatureRow[], options: SplitOptions) {
  if (split === 'forward') return forward(rows)
  if (split === 'place' && (options.trainPlaces ?? options.testPlaces) !== undefined)
    return [betweenPlaces(rows, options)]
  const unitOf = (row: FeatureRow) => (split === 'day' ? dayOf(row) : row[split])
  return namesOf(rows, unitOf).map((held) => ({
    held,
    train: rows.filter((row) => unitOf(row) !== held),
    test: rows.filter((row) => unitOf(row) === held),
  }))
}

/** Each session on all earlier ones: by day where every visit states one, else in the order of the manifest. */
function forward(rows: readonly FeatureRow[]): NamedFold[] {
  const sessions = namesOf(rows, ({ session }) => session)
  const firstDay = (session: string) => rows.find((row) => row.session === session)?.day ?? ''
  if (rows.every(({ day }) => day !== undefined))
    sessions.sort((a, b) => (firstDay(a) < firstDay(b) ? -1 : firstDay(a) > firstDay(b) ? 1 : 0))
  return sessions.map((held, at) => {
    const earlier = new Set(sessions.slice(0, at))
    return {
      held,
      train: rows.filter(({ session }) => earlier.has(session)),
      test: rows.filter(({ session }) => session === held),
    }
  })
}

function betweenPlaces(rows: readonly FeatureRow[], { trainPlaces, testPlaces }: SplitOptions): NamedFold {
  const known = namesOf(rows, ({ place }) => place)
  const asked = [...(trainPlaces ?? []), ...(testPlaces ?? [])]
  const strange = asked.find((place) => !known.includes(place))
  if (strange !== undefined)
    throw new AjarError('usage.place', `No visit is of place ${strange}.`, `Places: ${known.join(', ')}.`)
  const twice = trainPlaces?.find((place) => testPlaces?.includes(place))
  if (twice !== undefined)
    throw new AjarError(
      'usage.place',
      `${twice} is trained on and tested.`,
      'Name each place on one side only.',
    )
  const trained = trainPlaces ?? known.filter((place) => !testPlaces?.includes(place))
  const tested = testPlaces ?? known.filter((place) => !trained.includes(place))
  return {
    held: tested.join('+'),
    train: rows.filter(({ place }) => trained.includes(place)),
    test: rows.filter(({ place }) => tested.includes(place)),
  }
}

function atRandom(rows: readonly FeatureRow[], seed: number): NamedFold[] {
  const random = new Random('random split', seed)
  const foldOf = rows.map(() => Math.floor(RANDOM_FOLDS * random.share()))
  return Array.from({ length: RANDOM_FOLDS }, (_, fold) => ({
    held: `${fold + 1}`,
    train: rows.filter((_row, index) => foldOf[index] !== fold),
    test: rows.filter((_row, index) => foldOf[index] === fold),
  }))
}

/** Throws AjarError 'evaluate.day'. */
function dayOf({ day, visit }: FeatureRow): string {
  if (day !== undefined) return day
  throw new AjarError(
    'evaluate.day',
    `Visit ${visit} states no day.`,
    'Add day: YYYY-MM-DD to each visit of the data set, or split by session.',
  )
}

/** In the order of the rows, which is that of the manifest. */
function namesOf(rows: readonly FeatureRow[], nameOf: (row: FeatureRow) => string): string[] {
  return [...new Set(rows.map(nameOf))]
}

function whyNone(split: Split, rows: readonly FeatureRow[], markers: readonly string[]): string {
  if (markers.length < 2) return `There is one marker only (${markers.join()}): nothing is to be told apart.`
  const unit = split === 'forward' ? 'session' : split
  if (unit === 'random' || unit === 'day') return `No fold of the ${split} split can be learned from.`
  const units = namesOf(rows, (row) => row[unit])
  return units.length === 1
    ? `There is one ${unit} only (${units[0]}): it cannot be learned from and tested.`
    : `No fold of the ${split} split can be learned from: each leaves some marker without a row.`
}

function hintOf(split: Split): string {
  return split === 'place'
    ? 'Record each marker at two places, or split by session.'
    : 'Record each marker in at least two sessions.'
}
