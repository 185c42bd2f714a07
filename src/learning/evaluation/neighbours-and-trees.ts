import KNN from 'ml-knn'
import { RandomForestClassifier } from 'ml-random-forest'
import type { FeatureRow } from '../dataset/visit-reader.js'
import { normalise } from '../training/fit.js'
import { markersOf, normalisationOf } from '../training/lda.js'
import { rowWeights } from '../training/row-weights.js'
import { spreadByVisit } from '../training/spread.js'
import type { Classifier } from './nested-method.js'

/**
 * Windows of a visit that these learn from (D), evenly spread: they repeat one another, ml-knn compares each with each,
 * and ml-random-forest takes the square of the rows (64 ms a tree on 600 rows, M).
 */
const NEIGHBOUR_ROWS_OF_VISIT = 8
const FOREST_ROWS_OF_VISIT = 4
/** Trees, and the share of the features that each of them sees (ml-random-forest draws them once a tree) (D). */
const TREES = 50
const FEATURES_OF_TREE = 0.6

/** The k nearest on normalised features. */
export function fitNeighbours(rows: readonly FeatureRow[], k: number): Classifier {
  return fitVotes(rows, NEIGHBOUR_ROWS_OF_VISIT, (inputs, labels) => new KNN(inputs, labels, { k }))
}

export function fitForest(rows: readonly FeatureRow[], seed: number): Classifier {
  return fitVotes(rows, FOREST_ROWS_OF_VISIT, (inputs, labels) => {
    const forest = new RandomForestClassifier({
      nEstimators: TREES,
      maxFeatures: FEATURES_OF_TREE,
      replacement: false,
      useSampleBagging: true,
      noOOB: true,
      seed,
    })
    forest.train(inputs, labels)
    return forest
  })
}

/** They name a marker and do not say how sure they are: its logit is 1, the others 0. */
function fitVotes(
  rows: readonly FeatureRow[],
  mostRows: number,
  fit: (inputs: number[][], labels: number[]) => { predict(inputs: number[][]): number[] },
): Classifier {
  const markers = markersOf(rows)
  const few = spreadByVisit(rows, mostRows)
  const features = few.map((row) => row.features)
  const { mean, scale } = normalisationOf(features, rowWeights(few), features[0].length)
  const inputOf = (row: FeatureRow) => Array.from(normalise(row.features, mean, scale))
  const fitted = fit(
    few.map(inputOf),
    few.map(({ marker }) => markers.indexOf(marker)),
  )
  return {
    markers,
    logits: (others) =>
      fitted
        .predict(others.map(inputOf))
        .map((named) => Float32Array.from(markers, (_, i) => Number(i === named))),
  }
}
