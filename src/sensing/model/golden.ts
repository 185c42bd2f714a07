import type { Engine } from '../../domain/model.js'
import { AjarError } from '../../platform/errors.js'
import { damaged } from './artefact-manifest.js'
import { outputsOf, type Network } from './network.js'

/** The last so many vectors are inputs at the ends of int8, not windows. */
export const GOLDEN_EDGES = 4

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

/**
 * Runs the vectors, layer by layer and as the appliance does. Throws AjarError 'model.golden' at the first activation
 * that differs or is missing.
 */
export function verifyGolden(engine: Engine, vectors: readonly GoldenVector[]): void {
  vectors.forEach(({ input, activations }, vector) => {
    const traced = engine.trace(input)
    activations.forEach((expected, layer) => compare(engine, expected, traced[layer], { vector, layer }))
    const last = activations.length - 1
    const output = activations[last].map((value) => value ^ 1) // an engine that writes nothing is wrong everywhere
    engine.run(input, output)
    compare(engine, activations[last], output, { vector, layer: last })
  })
}

function compare(
  engine: Engine,
  expected: Int8Array,
  found: Int8Array | undefined,
  { vector, layer }: { vector: number; layer: number },
): void {
  const unit = expected.findIndex((value, index) => value !== found?.[index])
  if (unit < 0 && found?.length === expected.length) return
  const what =
    unit < 0 ? `${found?.length} activations` : `${found?.[unit] ?? 'nothing'} instead of ${expected[unit]}`
  throw new AjarError(
    'model.golden',
    `Engine ${engine.name} gives ${what} for golden vector ${vector}, layer ${layer}, ` +
      `output ${Math.max(unit, 0)} of model ${engine.model.id}.`,
    'Train the model again with this version of Ajar.',
  )
}
