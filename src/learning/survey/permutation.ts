import { Random } from '../random.js'
import type { Design } from './design.js'
import type { Point } from './discriminant.js'
import { groupBy } from './group-by.js'
import { meanVector } from './mean-vector.js'
import { basis, explainedBy, indicators, withoutColumns } from './variance.js'

export interface PermutationTest {
  /** Of markers that do nothing; null where nothing can be exchanged. */
  p: number | null
  permutations: number
  /** All of them were tried: p has no error. */
  exact: boolean
  /** What was exchanged: the markers of visits within each session, or those of whole sessions. */
  exchanged: 'visits' | 'sessions'
}

/** All arrangements are tried up to so many (D), … */
const MOST_EXACT = 5000
/** … beyond that so many random ones and the one that was seen (Phipson & Smyth, Stat. Appl. Genet. 9, 2010) (D). */
const DRAWN = 999
/** Statistics this alike are the same arrangement under other names. */
const SAME = 1e-9

/**
 * Do markers explain more than arbitrary labels would? The statistic is the variance that they explain beyond sessions
 * (PERMANOVA's pseudo-F rises with it). Labels are exchanged within sessions only, as sessions differ by themselves;
 * where each session has one marker the sessions are the units, and whole sessions exchange theirs.
 */
export function permutationTest(points: readonly Point[], design: Design): PermutationTest {
  const exchanged = design.kind === 'nested' ? 'sessions' : 'visits'
  const units = exchanged === 'sessions' ? sessionMeans(points) : points
  const strata =
    exchanged === 'sessions'
      ? [units.map((_, row) => row)]
      : [...groupBy([...units.keys()], (row) => units[row].session).values()]
  const before = basis([
    units.map(() => 1),
    ...(exchanged === 'sessions' ? [] : indicators(units, ({ session }) => session)),
  ])
  const vectors = withoutColumns(
    units.map(({ vector }) => vector),
    before,
  )
  const columns = indicators(units, ({ marker }) => marker).slice(1) // the first is what the others leave
  const statistic = (source: readonly number[]) => {
    const moved = columns.map((column) => source.map((row) => column[row]))
    return explainedBy(basis(moved, before), vectors)
  }
  const seen = statistic(units.map((_, row) => row))
  const labels = units.map(({ marker }) => marker)
  const count = strata.reduce((product, rows) => product * arrangements(rows.map((row) => labels[row])), 1)
  if (count === 1) return { p: null, permutations: 1, exact: true, exchanged }
  const exact = count <= MOST_EXACT
  let atLeast = exact ? 0 : 1
  const tryOne = (source: readonly number[]) => {
    if (statistic(source) >= seen * (1 - SAME)) atLeast++
  }
  if (exact) for (const source of allSources(strata, labels)) tryOne(source)
  else {
    const random = new Random('survey', units.length)
    for (let draw = 0; draw < DRAWN; draw++) tryOne(randomSource(strata, units.length, random))
  }
  const permutations = exact ? count : DRAWN + 1
  return { p: atLeast / permutations, permutations, exact, exchanged }
}

function sessionMeans(points: readonly Point[]): Point[] {
  return [...groupBy(points, ({ session }) => session).values()].map((own) => ({
    ...own[0],
    vector: meanVector(own.map(({ vector }) => vector)),
  }))
}

/** Distinct orders of labels of which some are the same. */
function arrangements(labels: readonly string[]): number {
  let product = 1
  let placed = 0
  for (const { length } of groupBy(labels, (label) => label).values())
    for (let i = 1; i <= length; i++) product = (product * ++placed) / i
  return Math.round(product)
}

/** Every distinct arrangement, as the row from which each row takes its label. */
function* allSources(strata: readonly number[][], labels: readonly string[]): Generator<number[]> {
  const source = labels.map((_, row) => row)
  yield* arrange(0)

  function* arrange(stratum: number): Generator<number[]> {
    if (stratum === strata.length) return yield source
    const rows = strata[stratum]
    yield* place(stratum, 0, [...groupBy(rows, (row) => labels[row]).values()])
  }

  function* place(stratum: number, at: number, left: number[][]): Generator<number[]> {
    const rows = strata[stratum]
    if (at === rows.length) return yield* arrange(stratum + 1)
    for (const [index, [first, ...rest]] of left.entries()) {
      if (first === undefined) continue
      source[rows[at]] = first
      yield* place(stratum, at + 1, left.with(index, rest))
    }
  }
}

function randomSource(strata: readonly number[][], count: number, random: Random): number[] {
  const source = new Array<number>(count)
  for (const rows of strata) {
    const shuffled = random.shuffle([...rows])
    rows.forEach((row, index) => (source[row] = shuffled[index]))
  }
  return source
}
