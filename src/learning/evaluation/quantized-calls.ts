import { Int8JsEngine } from '../../sensing/model/engine-int8-js.js'
import { quantizeNetwork } from '../../sensing/model/quantize.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import { quantizeRows } from '../training/export-check.js'
import { normalise, type Fit } from '../training/fit.js'
import { CALIBRATION_ROWS, spread } from '../training/spread.js'
import type { Outcome } from './method.js'

/**
 * Rows as the int8 network of the fit calls them, executed as on the appliance. Equal logits are equal probabilities:
 * such a network names none of their markers before the other, as in export-check.ts.
 * @param float what the fit itself calls them.
 */
export function quantizedCalls(
  { layers, mean, scale, markers }: Fit,
  train: readonly FeatureRow[],
  rows: readonly FeatureRow[],
  float: readonly string[],
): NonNullable<Outcome['int8']> {
  const normalised = ({ features }: FeatureRow) => normalise(features, mean, scale)
  const network = quantizeNetwork(layers, spread(train, CALIBRATION_ROWS).map(normalised))
  const outputs = markers.map((marker) => ({ marker, state: 'unknown' as const }))
  const engine = new Int8JsEngine({ id: 'fold', layoutId: 0, outputs, inputShape: [network.inputs] }, network)
  const logits = new Int8Array(markers.length)
  return quantizeRows(rows.map(normalised), network).map((input, row) => {
    engine.run(input, logits)
    const most = Math.max(...logits)
    const named = markers.filter((_, index) => logits[index] === most)
    const right = Number(named.includes(rows[row].marker)) / named.length
    return { agrees: named.includes(float[row]), right }
  })
}
