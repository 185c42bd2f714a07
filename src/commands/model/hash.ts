import { createHash } from 'node:crypto'
import type { Engine, EngineName } from '../../domain/model.js'
import { Random } from '../../learning/random.js'
import { loadArtefact } from '../../sensing/model/artefact.js'
import { ENGINES } from '../../sensing/model/choose-engine.js'
import type { Network } from '../../sensing/model/network.js'
import { realSize } from '../bench/real-size.js'

const INPUTS = 1000

/** What two machines compare. SHA-256 in hex; of activations one for each layer, over all inputs. */
export interface Hashes {
  engine: EngineName
  arch: NodeJS.Architecture
  golden: HashedInputs
  realSize: HashedInputs & { weights: string }
}

interface HashedInputs {
  count: number
  inputs: string
  layers: string[]
}

/**
 * `ajar model hash`: what an engine makes of a model's golden vectors, and of 1,000 inputs of the network of real
 * size: its windows, the edges of the range and random values.
 */
export async function hashModel(
  directory: string,
  name: EngineName,
  out: (line: string) => void,
): Promise<number> {
  const factory = ENGINES[name]
  const artefact = loadArtefact(directory)
  const demo = await factory(artefact)
  const golden = hash(
    demo,
    artefact.golden.map(({ input }) => input),
  )
  demo.dispose()
  const { network, windows } = realSize()
  const engine = await factory({ ...artefact, network })
  const inputs = [...windows, ...edges(network)]
  inputs.push(...randomInputs(network.inputs, INPUTS - inputs.length))
  const weights = createHash('sha256')
  for (const layer of network.layers) weights.update(layer.weights).update(layer.biases)
  const hashes: Hashes = {
    engine: name,
    arch: process.arch,
    golden,
    realSize: { ...hash(engine, inputs), weights: weights.digest('hex') },
  }
  engine.dispose()
  out(JSON.stringify(hashes))
  return 0
}

function hash(engine: Engine, inputs: readonly Int8Array[]): HashedInputs {
  const given = createHash('sha256')
  const layers = engine.trace(inputs[0]).map(() => createHash('sha256'))
  for (const input of inputs) {
    given.update(input)
    engine.trace(input).forEach((activations, layer) => layers[layer].update(activations))
  }
  return {
    count: inputs.length,
    inputs: given.digest('hex'),
    layers: layers.map((layer) => layer.digest('hex')),
  }
}

function edges({ inputs, input }: Network): Int8Array[] {
  const values = [() => -128, () => 127, () => input.zeroPoint, alternating, (i: number) => ~alternating(i)]
  return values.map((value) => Int8Array.from({ length: inputs }, (_, i) => value(i)))
}

function alternating(i: number): number {
  return i % 2 === 0 ? -128 : 127
}

/** Of the whole range, then of a half, a quarter and an eighth of it, around 0. */
function randomInputs(length: number, count: number): Int8Array[] {
  const random = new Random('hash')
  return Array.from({ length: count }, (_, input) =>
    Int8Array.from({ length }, () => (random.bits() >> 24) >> (input % 4)),
  )
}
