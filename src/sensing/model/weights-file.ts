import { damaged, type Manifest } from './artefact-manifest.js'
import type { DoorAxis } from './burst-features.js'
import { featureForm, FRAME_VALUES } from './features.js'
import { reachOf, shortDecimal, type Layer, type Network } from './network.js'
import type { OutOfDistribution } from './out-of-distribution.js'

/** Everything in weights.bin starts at a multiple of this, so that each array can be viewed in place. */
const ALIGNMENT = 4

type ManifestParts = Pick<Manifest, 'layers' | 'outOfDistribution' | 'door'>

/** Lays the parameters out one after the other, little-endian; the manifest's parts say where each stands. */
export function packWeights(
  network: Network,
  ood: OutOfDistribution,
  axis?: DoorAxis,
): { bytes: Uint8Array; parts: ManifestParts } {
  const regions: Uint8Array[] = []
  let length = 0
  const place = (array: Int8Array | Int32Array | Float32Array): number => {
    const at = length
    const region = new Uint8Array(Math.ceil(array.byteLength / ALIGNMENT) * ALIGNMENT)
    region.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    regions.push(region)
    length += region.length
    return at
  }
  const layers = network.layers.map((layer) => ({
    kind: layer.kind,
    positions: layer.positions,
    kernel: layer.kernel,
    stride: layer.stride,
    channels: layer.channels,
    outputs: layer.outputs,
    weightScales: Array.from(layer.weightScales, shortDecimal),
    weightsOffset: place(layer.weights),
    biasesOffset: place(layer.biases),
    output: { scale: shortDecimal(layer.output.scale), zeroPoint: layer.output.zeroPoint },
  }))
  const outOfDistribution = {
    features: ood.features,
    normalisation: { mean: Array.from(ood.mean, shortDecimal), scale: Array.from(ood.scale, shortDecimal) },
    whiteningOffset: place(ood.whitening),
    centresOffset: place(ood.centres),
    limit: ood.limit,
  }
  const door = axis && {
    axisOffset: place(axis.axis),
    swingOffset: place(axis.swing),
    standingOffset: place(axis.standing),
  }
  return {
    bytes: Uint8Array.from(Buffer.concat(regions)),
    parts: { layers, outOfDistribution, ...(door === undefined ? {} : { door }) },
  }
}

/** Reads what the manifest says stands in `bytes`. Throws AjarError 'model.damaged' naming the array that does not. */
export function unpackWeights(
  bytes: Uint8Array,
  manifest: Manifest,
): { network: Network; outOfDistribution: OutOfDistribution; door?: DoorAxis } {
  const buffer = Uint8Array.from(bytes).buffer // a copy of its own starts aligned
  const region = (offset: number, length: number, name: string): [ArrayBuffer, number, number] => {
    const end = offset + 4 * length
    if (offset % ALIGNMENT !== 0 || end > buffer.byteLength)
      throw damaged(`weights.bin: ${name} would stand at bytes ${offset} to ${end} of ${buffer.byteLength}`)
    return [buffer, offset, length]
  }
  const layers = manifest.layers.map((layer, index): Layer => {
    const { kind, positions, kernel, stride, channels, outputs, weightsOffset, biasesOffset } = layer
    if (layer.weightScales.length !== outputs)
      throw damaged(
        `manifest.json: layers.${index}.weightScales has ${layer.weightScales.length} of ${outputs} values`,
      )
    const size = reachOf(layer) * outputs
    const padded = Math.ceil(size / ALIGNMENT)
    return {
      kind,
      positions,
      kernel,
      stride,
      channels,
      outputs,
      weights: new Int8Array(
        region(weightsOffset, padded, `the weights of layer ${index}`)[0],
        weightsOffset,
        size,
      ),
      biases: new Int32Array(...region(biasesOffset, outputs, `the biases of layer ${index}`)),
      weightScales: Float32Array.from(layer.weightScales),
      output: { ...layer.output, scale: Math.fround(layer.output.scale) },
    }
  })
  const inputs = manifest.input.shape.reduce((product, side) => product * side, 1)
  const { features, normalisation, whiteningOffset, centresOffset, limit } = manifest.outOfDistribution
  const judged = featureForm(features).size
  return {
    network: {
      inputs,
      input: { scale: Math.fround(manifest.input.scale), zeroPoint: manifest.input.zeroPoint },
      layers,
    },
    outOfDistribution: {
      features,
      mean: Float32Array.from(normalisation.mean),
      scale: Float32Array.from(normalisation.scale),
      whitening: new Float32Array(...region(whiteningOffset, judged * judged, 'the whitening matrix')),
      centres: new Float32Array(
        ...region(centresOffset, manifest.outputs.length * judged, 'the class centres'),
      ),
      limit,
    },
    ...(manifest.door === undefined
      ? {}
      : {
          door: {
            axis: new Float32Array(...region(manifest.door.axisOffset, FRAME_VALUES, "the door's axis")),
            swing: new Float32Array(...region(manifest.door.swingOffset, FRAME_VALUES, "the door's swing")),
            standing: new Float32Array(
              ...region(manifest.door.standingOffset, FRAME_VALUES + 1, 'what tells open from closed'),
            ),
          },
        }),
  }
}
