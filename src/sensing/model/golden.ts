import type { Engine } from '../../domain/model.js'
import { AjarError } from '../../platform/errors.js'
import { damaged } from './artefact-manifest.js'
import { outputsOf, type Network } from './network.js'

/** An input and what every layer must make of it. */
export interface GoldenVector {
  input: Int8Array
  activations: Int8Array[]
}

export function recordGolden(engine: Engine, inputs: readonly Int8Array[]): GoldenVector[] {
  return inputs.map((input) => ({ input, activations: engine.trace(input) }))
}

/** Vector after vector: the input, then the activations of each layer, all int8. */
export function packGolden(vectors: readonly GoldenVector[]): Uint8Array {
  return Uint8Array.from(
    vectors.flatMap(({ input, activations }) => [input, ...activations].flatMap((values) => [...values])),
  )
}

/** Throws AjarError 'model.damaged' where the file's length is not `count` vectors of this network. */
export function unpackGolden(bytes: Uint8Array, network: Network, count: number): GoldenVector[] {
  const lengths = [network.inputs, ...network.layers.map(outputsOf)]
  const vectorLength = lengths.reduce((sum, length) => sum + length, 0)
  if (bytes.length !== count * vectorLength)
    throw damaged(`golden.bin is ${bytes.length} bytes; ${count} vectors of ${vectorLength} were expected`)
  const values = Int8Array.from(bytes)
  return Array.from({ length: count }, (_, vector) => {
    let at = vector * vectorLength
    const [input, ...activations] = lengths.map((length) => values.subarray(at, (at += length)))
    return { input, activations }
  })
}

/** Runs the vectors. Throws AjarError 'model.golden' at the first activation that differs. */
export function verifyGolden(engine: Engine, vectors: readonly GoldenVector[]): void {
  vectors.forEach(({ input, activations }, vector) =>
    engine.trace(input).forEach((found, layer) => {
      const expected = activations[layer]
      const unit = expected.findIndex((value, index) => value !== found[index])
      if (unit >= 0)
        throw new AjarError(
          'model.golden',
          `Engine ${engine.name} gives ${found[unit]} instead of ${expected[unit]} for golden vector ${vector}, ` +
            `layer ${layer}, output ${unit} of model ${engine.model.id}.`,
          'Train the model again with this version of Ajar.',
        )
    }),
  )
}
