import { designOf, type Design } from './design.js'
import { markerDistances, type MarkerDistance } from './distances.js'
import { balancedAccuracy, confusionOf, leaveSessionsOut, sessionsRight, type LeftOut } from './left-out.js'
import { permutationTest, type PermutationTest } from './permutation.js'
import type { SurveyPoint } from './points.js'
import { repeatabilityOf, type Repeatability } from './repeatability.js'
import { dispersionOf, varianceShares, type Dispersion, type VarianceShares } from './variance.js'

/** Every figure of the standing channel: of visits at which the door stood still. */
export interface Standing {
  design: Design
  variance: VarianceShares
  dispersion: Dispersion
  permutation: PermutationTest
  distances: MarkerDistance[]
  leftOut: LeftOut<SurveyPoint>
  balancedAccuracy: number | null
  right: ReturnType<typeof sessionsRight>
  /** Of sessions in which markers can be compared, alone: only they can say that it is the marker. */
  comparableRight: ReturnType<typeof sessionsRight>
  confusion: number[][]
  repeatability: Repeatability
}

/** Of two markers at least. */
export function standingFigures(points: readonly SurveyPoint[]): Standing {
  const design = designOf(points)
  const leftOut = leaveSessionsOut(points)
  return {
    design,
    variance: varianceShares(points, design),
    dispersion: dispersionOf(points, design),
    permutation: permutationTest(points, design),
    distances: markerDistances(points, design.markers, leftOut.fits),
    leftOut,
    balancedAccuracy: balancedAccuracy(leftOut.visits),
    right: sessionsRight(leftOut.sessions),
    comparableRight: sessionsRight(
      leftOut.sessions.filter(({ session }) => design.comparable.includes(session)),
    ),
    confusion: confusionOf(design.markers, leftOut.visits),
    repeatability: repeatabilityOf(points),
  }
}
