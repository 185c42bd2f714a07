import type { FeatureRow } from '../dataset/visit-reader.js'
import type { NetworkFamily } from '../training/architectures.js'
import type { Fitter } from '../training/fit.js'
import { fitLda } from '../training/lda.js'
import { fitLogistic } from '../training/logistic-regression.js'
import type { Method, View } from './method.js'
import { fitForest, fitNeighbours } from './neighbours-and-trees.js'
import { nestedMethod, type Candidate } from './nested-method.js'
import {
  fiveAndMotion,
  fiveAndSelectivity,
  fiveNumbers,
  medians,
  movingVariance,
  rssiAndDifference,
  rssiAlone,
  shapeAndLevel,
  shapeOnly,
  type Representation,
} from './representations.js'

/** What `gainOverFiveNumbers` compares with. */
export const REFERENCE = 'five-numbers'

/** Neighbours that are tried (D). */
const NEIGHBOURS = [5, 15, 45]
/** Shrinkages that are tried beside the estimate (D). */
const SHRINKAGES = [0.001, 0.03, 0.1, 0.3]
/** Penalties that are tried (D), the strongest first. */
const RIDGES = [1, 0.1, 0.01, 0.001]

const lda = (sees: Representation, shrinkage?: number): Candidate => ({
  sees,
  fit: (rows) => fitLda(rows, undefined, shrinkage),
})
const ldaOn = (name: string, sees: Representation, view?: View) =>
  nestedMethod({ name, view, candidates: [lda(sees)] })

/** What is always shown beside the families. */
export function baselines(rows: readonly FeatureRow[], seed: number): Method[] {
  return [
    majority(rows),
    ldaOn('rssi-threshold', rssiAlone),
    ldaOn(REFERENCE, fiveNumbers),
    ldaOn('moving-variance', movingVariance),
    nestedMethod({
      name: 'logistic',
      candidates: RIDGES.map((ridge) => ({ sees: fiveNumbers, fit: (some) => fitLogistic(some, ridge) })),
    }),
    nestedMethod({
      name: 'knn',
      candidates: NEIGHBOURS.map((k) => ({ sees: fiveNumbers, fit: (some) => fitNeighbours(some, k) })),
      calibratedOn: 'nothing',
    }),
    nestedMethod({
      name: 'random-forest',
      candidates: [{ sees: fiveNumbers, fit: (some) => fitForest(some, seed) }],
      calibratedOn: 'nothing',
    }),
  ]
}

/** Other things that LDA was given to look at. */
export function representationsTried(): Method[] {
  return [
    ldaOn('shape-only', shapeOnly),
    ldaOn('shape-and-level', shapeAndLevel),
    ldaOn('medians', medians),
    ldaOn('rssi-and-difference', rssiAndDifference),
    ldaOn('five-and-motion', fiveAndMotion),
    ldaOn('five-and-selectivity', fiveAndSelectivity),
    nestedMethod({
      name: 'shrinkage-chosen',
      candidates: [undefined, ...SHRINKAGES].map((one) => lda(fiveNumbers, one)),
    }),
  ]
}

/** Where the receiver states its gains: the same on the level as it was measured. */
export function withoutGains(): Method[] {
  return [
    ldaOn(`${REFERENCE}-gain-ignored`, fiveNumbers, 'gains-ignored'),
    ldaOn('shape-and-level-gain-ignored', shapeAndLevel, 'gains-ignored'),
  ]
}

/** LDA on the features of a model that do better on inner left-out units. */
export function ldaFamily(): Method {
  return nestedMethod({ name: 'lda', candidates: [lda(fiveNumbers), lda(shapeAndLevel)] })
}

/**
 * What a dialect does not state is 0 for every row: a network's inputs are fixed. It finds out how long to train on units
 * that it holds out itself, and is calibrated on those: leaving out once more would cost as much as all the folds.
 */
export function networkFamily(family: NetworkFamily, fit: Fitter): Method {
  const looked = family === 'mlp' ? shapeAndLevel.of : (row: Float32Array) => row
  const sees = { name: family, of: (row: Float32Array) => looked(row).map((value) => value || 0) }
  const view = family === 'mlp' ? 'few-windows' : 'sequences'
  return nestedMethod({ name: family, view, candidates: [{ sees, fit }], calibratedOn: 'own' })
}

/** Always names the marker of which there are most windows. */
function majority(rows: readonly FeatureRow[]): Method {
  const counts = new Map<string, number>()
  for (const { marker } of rows) counts.set(marker, (counts.get(marker) ?? 0) + 1)
  const [most] = [...counts.keys()].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0))
  return {
    name: 'majority',
    view: 'windows',
    run: async (_train, test) => ({ called: test.map(() => most) }),
  }
}
