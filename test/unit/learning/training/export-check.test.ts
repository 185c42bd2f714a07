import { describe, expect, it } from 'vitest'
import { compareExport } from '../../../../src/learning/training/export-check.js'
import { Int8JsEngine } from '../../../../src/sensing/model/engine-int8-js.js'
import { denseShape } from '../../../../src/sensing/model/network.js'
import { quantizeInto, quantizeNetwork, type FloatLayer } from '../../../../src/sensing/model/quantize.js'
import { seededNormal } from '../../../support/packets.js'

/** One feature decides between two markers at a threshold; the rows lie around it, `spread` wide with a gap. */
function problem(spread: number) {
  const normal = seededNormal(4)
  const values = Array.from({ length: 400 }, () => {
    const value = normal()
    return Float32Array.of(spread * (value + 0.1 * Math.sign(value)), 1)
  })
  const layers: FloatLayer[] = [
    {
      ...denseShape(2, 2),
      rectified: false,
      weights: Float64Array.of(1, 0, -1, 0),
      biases: new Float64Array(2),
    },
  ]
  const rows = values.map((features, index) => ({
    features,
    judged: features,
    marker: features[0] > 0 ? 'a' : 'b',
    session: `s${index % 4}`,
    place: 'p',
    visit: `v${index % 4}`,
  }))
  // The grid is made for values of order 1 whatever the rows are.
  const network = quantizeNetwork(layers, [...values, Float32Array.of(3, 1), Float32Array.of(-3, 1)])
  const engine = new Int8JsEngine({ id: 'm', layoutId: 0, outputs: [], inputShape: [2] }, network)
  const quantized = values.map((row) => {
    const into = new Int8Array(2)
    quantizeInto(row, network.input, into)
    return into
  })
  return { rows, markers: ['a', 'b'], layers, normalised: values, engine, quantized }
}

describe('compareExport', () => {
  it('takes an export that keeps the classes', () => {
    const { agreement, accuracyChange } = compareExport(problem(1))
    expect(agreement).toBeGreaterThanOrEqual(0.99)
    expect(Math.abs(accuracyChange)).toBeLessThanOrEqual(0.01)
  })

  it('refuses one whose grid is too coarse for what the rows differ by, and says by how much', () => {
    expect(() => compareExport(problem(0.02))).toThrow(
      expect.objectContaining({
        code: 'train.quantization',
        message: expect.stringMatching(/calls \d+\.\d % .* otherwise than in float/),
      }),
    )
  })
})
