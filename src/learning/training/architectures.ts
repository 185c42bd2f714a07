import {
  featureForm,
  SEQUENCE_CHANNELS,
  SEQUENCE_ROWS,
  type WindowFeatureName,
} from '../../sensing/model/features.js'
import { denseShape, outputsOf, type LayerShape } from '../../sensing/model/network.js'

/** A layer to be trained. */
export interface LayerPlan extends LayerShape {
  /** Negative outputs become 0. */
  rectified: boolean
}

/** Hidden values of the perceptron (D): some 6,000 parameters on 57 inputs. */
const HIDDEN = [64, 32]

/** Convolutions [kernel, stride, outputs] (D): some 30,000 parameters with the dense layer behind them. */
const CONVOLUTIONS = [
  [5, 2, 48],
  [5, 2, 48],
  [3, 2, 32],
] as const

/** The features that a network family looks at. */
export const NETWORK_FEATURES = { mlp: 'standing', conv: 'sequence' } as const satisfies Record<
  string,
  WindowFeatureName
>

export type NetworkFamily = keyof typeof NETWORK_FEATURES

export function architecture(family: NetworkFamily, markers: number): LayerPlan[] {
  return family === 'mlp' ? perceptron(featureForm(NETWORK_FEATURES.mlp).size, markers) : convolution(markers)
}

function perceptron(inputs: number, markers: number): LayerPlan[] {
  const widths = [inputs, ...HIDDEN, markers]
  return widths.slice(1).map((outputs, index) => ({
    ...denseShape(widths[index], outputs),
    rectified: index < HIDDEN.length,
  }))
}

/** Along time, without padding; the last layer sees every position of the one before. */
function convolution(markers: number): LayerPlan[] {
  const layers: LayerPlan[] = []
  let rows = SEQUENCE_ROWS
  let channels = SEQUENCE_CHANNELS
  for (const [kernel, stride, outputs] of CONVOLUTIONS) {
    const positions = Math.floor((rows - kernel) / stride) + 1
    layers.push({ kind: 'conv1d', positions, kernel, stride, channels, outputs, rectified: true })
    rows = positions
    channels = outputs
  }
  const last = layers[layers.length - 1]
  return [...layers, { ...denseShape(outputsOf(last), markers), rectified: false }]
}
