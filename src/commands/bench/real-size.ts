import { Random } from '../../learning/random.js'
import { architecture, NETWORK_FEATURES } from '../../learning/training/architectures.js'
import { quantizeRows } from '../../learning/training/export-check.js'
import { featureForm } from '../../sensing/model/features.js'
import { reachOf, type Network } from '../../sensing/model/network.js'
import { quantizeNetwork } from '../../sensing/model/quantize.js'

const MARKERS = ['a', 'b', 'c'] as const
const WINDOWS = 64

export interface RealSize {
  network: Network
  markers: readonly string[]
  /** Normalised windows. */
  features: readonly Float32Array[]
  /** The same, as the network takes them. */
  windows: readonly Int8Array[]
}

/**
 * The network that a door gets, the convolution family's 30,000 parameters, without the training: neither time nor
 * memory depends on what the weights are. The same bits on every machine: there is no function in it that two
 * processors compute differently.
 */
export function realSize(): RealSize {
  const random = new Random('bench', 'conv')
  const normals = (length: number, sd: number) => Array.from({ length }, () => sd * random.normal())
  const layers = architecture('conv', MARKERS.length).map((plan) => {
    const reach = reachOf(plan)
    return {
      ...plan,
      weights: Float64Array.from(normals(plan.outputs * reach, Math.sqrt(2 / reach))),
      biases: Float64Array.from(normals(plan.outputs, 0.1)),
    }
  })
  const { size } = featureForm(NETWORK_FEATURES.conv)
  const features = Array.from({ length: WINDOWS }, () => Float32Array.from(normals(size, 1)))
  const network = quantizeNetwork(layers, features)
  return { network, markers: MARKERS, features, windows: quantizeRows(features, network) }
}
