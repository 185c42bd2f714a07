import type { Engine } from '../../domain/model.js'
import { AjarError } from '../../platform/errors.js'
import type { Network } from '../../sensing/model/network.js'
import { quantizeInto, type FloatLayer } from '../../sensing/model/quantize.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import { logitsOf } from './fit.js'
import { indexOfLargest } from '../../platform/index-of-largest.js'
import { rowWeights } from './row-weights.js'

/** More than this and the int8 model is not the model that was scored. */
const MOST_ACCURACY_LOSS = 0.005
const LEAST_AGREEMENT = 0.99

export interface ExportComparison {
  /** Share of the rows whose marker by float is the one, or among those, that int8 calls most likely. */
  agreement: number
  /** Balanced accuracy of int8 less that of float, on the training rows. */
  accuracyChange: number
}

export function quantizeRows(normalised: readonly Float32Array[], { input }: Network): Int8Array[] {
  return normalised.map((values) => {
    const into = new Int8Array(values.length)
    quantizeInto(values, input, into)
    return into
  })
}

/** Throws AjarError 'train.quantization' where int8 loses more than 0.5 points of accuracy or 1 % of agreement. */
export function compareExport(parts: {
  rows: readonly FeatureRow[]
  markers: readonly string[]
  layers: readonly FloatLayer[]
  normalised: readonly Float32Array[]
  engine: Engine
  quantized: readonly Int8Array[]
}): ExportComparison {
  const { rows, markers, layers, normalised, engine, quantized } = parts
  const weights = rowWeights(rows)
  const logits = new Int8Array(markers.length)
  let same = 0
  let accuracyChange = 0
  rows.forEach(({ marker }, row) => {
    const float = markers[indexOfLargest(logitsOf(layers, normalised[row]))]
    engine.run(quantized[row], logits)
    const most = Math.max(...logits)
    // Equal logits are equal probabilities: the model names none before the other.
    const int8 = markers.filter((_, index) => logits[index] === most)
    if (int8.includes(float)) same++
    accuracyChange += weights[row] * (Number(int8.includes(marker)) / int8.length - Number(float === marker))
  })
  const agreement = same / rows.length
  if (agreement < LEAST_AGREEMENT || accuracyChange < -MOST_ACCURACY_LOSS)
    throw new AjarError(
      'train.quantization',
      `In int8 the model calls ${(100 * (1 - agreement)).toFixed(1)} % of the training windows otherwise than in ` +
        `float, and its balanced accuracy changes by ${(100 * accuracyChange).toFixed(2)} points.`,
      'It was not written. Train with other features or another family, or record more sessions.',
    )
  return { agreement, accuracyChange }
}
