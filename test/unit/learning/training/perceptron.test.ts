import { expect, test } from 'vitest'
import { Random } from '../../../../src/learning/random.js'
import type { FeatureRow } from '../../../../src/learning/dataset/visit-reader.js'
import { indexOfLargest } from '../../../../src/platform/index-of-largest.js'
import { fitLda } from '../../../../src/learning/training/lda.js'
import { fitPerceptron } from '../../../../src/learning/training/perceptron.js'
import { rowWeights } from '../../../../src/learning/training/row-weights.js'

/** Exclusive or: no line tells the markers apart. */
function crossed(count: number, seed: number): FeatureRow[] {
  const random = new Random('crossed', seed)
  return Array.from({ length: count }, (_, i) => {
    const [x, y] = [random.between([-1, 1]), random.between([-1, 1])]
    const features = Float32Array.of(x, y, random.normal())
    return { features, judged: features, marker: x * y > 0 ? 'same' : 'other', session: `s${i % 4}`, place: 'p', visit: `${i}` } // prettier-ignore
  })
}

test('tells apart what no discriminant can, on rows that it has not seen', () => {
  const rows = crossed(1500, 1)
  const unseen = crossed(400, 2)
  const accuracy = ({ markers, logits }: Pick<ReturnType<typeof fitLda>, 'markers' | 'logits'>) =>
    logits(unseen).filter((own, i) => markers[indexOfLargest(own)] === unseen[i].marker).length /
    unseen.length
  expect(accuracy(fitPerceptron(rows, rowWeights(rows), 1))).toBeGreaterThan(0.93)
  expect(accuracy(fitLda(rows))).toBeLessThan(0.65)
})

test('gives the same network for the same seed, and another for another', () => {
  const rows = crossed(200, 3)
  const weightsOf = (seed: number) => [...fitPerceptron(rows, rowWeights(rows), seed).layers[0].weights]
  expect(weightsOf(1)).toEqual(weightsOf(1))
  expect(weightsOf(2)).not.toEqual(weightsOf(1))
})

test('leans to what weighs more', () => {
  const rows = crossed(300, 4).map((row, i) => ({
    ...row,
    features: Float32Array.of(0, 0, 0),
    marker: i % 3 ? 'b' : 'a',
  }))
  const weights = Float64Array.from(rows, ({ marker }) => (marker === 'a' ? 3 : 1))
  const sum = weights.reduce((a, b) => a + b, 0)
  const fit = fitPerceptron(
    rows,
    weights.map((weight) => weight / sum),
    1,
  )
  const [logits] = fit.logits(rows)
  expect(logits[fit.markers.indexOf('a')]).toBeGreaterThan(logits[fit.markers.indexOf('b')])
})
