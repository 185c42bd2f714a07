import type { SurveyPoint } from './points.js'
import { standingFigures, type Standing } from './standing.js'

export interface Merge {
  /** Markers that cannot be told apart stand together. */
  groups: string[][]
  /** Figures with one marker for each group. */
  standing: Standing
}

/**
 * Markers to be offered as one: those that left-out sessions confuse most are put together until what is left is read
 * right as `right` wants it. Undefined where not even two groups are. `right` is told how many groupings were looked at,
 * because the best of many looks better than it is.
 */
export function findMerge(
  points: readonly SurveyPoint[],
  standing: Standing,
  right: (standing: Standing, looks: number) => boolean,
): Merge | undefined {
  let groups = standing.design.markers.map((marker) => [marker])
  let { confusion } = standing
  for (let looks = 1; groups.length > 2; looks++) {
    const [one, other] = mostConfused(confusion)
    groups = [
      [...groups[one], ...groups[other]].sort(),
      ...groups.filter((_, index) => index !== one && index !== other),
    ]
    const named = groups.map((group) => ({ group, name: group.join(' + ') }))
    const merged = standingFigures(
      points.map((point) => ({
        ...point,
        marker: named.find(({ group }) => group.includes(point.visit.marker))!.name,
      })),
    )
    if (right(merged, looks)) return { groups, standing: merged }
    confusion = merged.confusion
    groups = merged.design.markers.map((name) => named.find((one) => one.name === name)!.group)
  }
  return undefined
}

/** The pair of which the greatest share of visits is called the other. */
function mostConfused(confusion: readonly (readonly number[])[]): [number, number] {
  const counts = confusion.map((row) => row.reduce((sum, value) => sum + value, 0))
  let most: [number, number] = [0, 1]
  let greatest = -1
  for (let i = 0; i < confusion.length; i++)
    for (let j = i + 1; j < confusion.length; j++) {
      const share = confusion[i][j] / counts[i] + confusion[j][i] / counts[j]
      if (share > greatest) {
        greatest = share
        most = [i, j]
      }
    }
  return most
}
