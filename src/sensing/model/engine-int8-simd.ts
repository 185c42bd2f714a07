import { readFileSync } from 'node:fs'
import type { Engine, Model } from '../../domain/model.js'
import { AjarError } from '../../platform/errors.js'
import { inputOf, outputsOf, reachOf, rescalingFactors, type Layer, type Network } from './network.js'

/** Compiled from int8-simd.wat by scripts/build-kernel.mjs. */
const CODE = new URL('./int8-simd.wasm', import.meta.url)

/** The kernel's measures, as int8-simd.wat says. */
const LAYER_WORDS = 9
const BLOCK_OUTPUTS = 8
/** Biases and factors, before the weights. */
const BLOCK_HEAD_BYTES = BLOCK_OUTPUTS * 8
const PAIR_BYTES = BLOCK_OUTPUTS * 4
const PAGE_BYTES = 65_536

/** Execution by the WebAssembly SIMD kernel int8-simd.wat, which says how its memory is laid out. */
export class Int8SimdEngine implements Engine {
  readonly name = 'int8-simd'
  private readonly input: Int8Array
  /** Of each layer, views of the kernel's memory: int8 values that are stored as int16. */
  private readonly activations: readonly Int16Array[]
  private readonly last: Int16Array
  private readonly execute: () => void

  /** Throws AjarError 'model.engine' where this machine has no WebAssembly SIMD. */
  constructor(
    readonly model: Model,
    network: Network,
  ) {
    const code = readFileSync(CODE)
    // Without a just-in-time compiler (--jitless) there is no WebAssembly at all.
    if (typeof WebAssembly === 'undefined' || !WebAssembly.validate(code))
      throw new AjarError(
        'model.engine',
        'The engine int8-simd needs WebAssembly SIMD, which Node.js does not have on this machine.',
        'Use the engine int8-js: it gives the same results, more slowly.',
      )
    const plan = planMemory(network)
    const memory = new WebAssembly.Memory({ initial: Math.ceil(plan.bytes / PAGE_BYTES) })
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { engine: { memory } })
    const run = exports.run as (...addresses: number[]) => void
    writeLayers(memory, plan)
    const end = plan.layers + plan.steps.length * LAYER_WORDS * 4
    this.execute = () => run(plan.input, plan.widened, plan.widened + network.inputs * 2, plan.layers, end)
    this.input = new Int8Array(memory.buffer, plan.input, network.inputs)
    this.activations = plan.steps.map(
      ({ layer, output }) => new Int16Array(memory.buffer, output, outputsOf(layer)),
    )
    this.last = this.activations[this.activations.length - 1]
  }

  run(input: Int8Array, output: Int8Array): void {
    this.input.set(input)
    this.execute()
    output.set(this.last)
  }

  trace(input: Int8Array): Int8Array[] {
    this.input.set(input)
    this.execute()
    return this.activations.map((values) => Int8Array.from(values))
  }

  dispose(): void {
    // The kernel's memory goes with the engine.
  }
}

/** Addresses in the kernel's memory. */
interface MemoryPlan {
  /** int8, as it comes. */
  input: number
  /** int16, as the layers take it. */
  widened: number
  layers: number
  steps: readonly Step[]
  bytes: number
}

interface Step {
  layer: Layer
  inputZeroPoint: number
  factors: Float32Array
  input: number
  output: number
  blocks: number
  blockBytes: number
}

function planMemory(network: Network): MemoryPlan {
  let bytes = 0
  /** Aligned for SIMD, with 16 bytes behind: the kernel reads and writes past an end, always less than that. */
  const reserve = (length: number) => {
    const address = bytes
    bytes += Math.ceil(length / 16) * 16 + 16
    return address
  }
  const layers = reserve(network.layers.length * LAYER_WORDS * 4)
  const input = reserve(network.inputs)
  const widened = reserve(network.inputs * 2)
  let from = widened
  const steps = network.layers.map((layer, index): Step => {
    const blockBytes = BLOCK_HEAD_BYTES + Math.ceil(reachOf(layer) / 2) * PAIR_BYTES
    const step = {
      layer,
      inputZeroPoint: inputOf(network, index).zeroPoint,
      factors: rescalingFactors(layer, inputOf(network, index)),
      input: from,
      output: reserve(outputsOf(layer) * 2),
      blocks: reserve(blocksOf(layer) * blockBytes),
      blockBytes,
    }
    from = step.output
    return step
  })
  return { layers, input, widened, steps, bytes }
}

function blocksOf({ outputs }: Layer): number {
  return Math.ceil(outputs / BLOCK_OUTPUTS)
}

/** Writes the table of layers and their blocks. */
function writeLayers({ buffer }: WebAssembly.Memory, { layers, steps }: MemoryPlan): void {
  const table = new Int32Array(buffer, layers, steps.length * LAYER_WORDS)
  steps.forEach((step, index) => {
    const { layer, input, output, blocks, blockBytes } = step
    const { positions, stride, channels, outputs } = layer
    const [inputStep, outputStep] = [stride * channels * 2, outputs * 2]
    const { zeroPoint } = layer.output
    table.set(
      [input, output, blocks, blocksOf(layer), blockBytes, positions, inputStep, outputStep, zeroPoint],
      index * LAYER_WORDS,
    )
    for (let o = 0; o < outputs; o++) writeOutput(buffer, step, o)
  })
}

/** Writes bias, factor and weights of one output into its lane. */
function writeOutput(buffer: ArrayBuffer, step: Step, o: number): void {
  const { layer, inputZeroPoint, factors, blocks, blockBytes } = step
  const reach = reachOf(layer)
  const lane = o % BLOCK_OUTPUTS
  const block = blocks + Math.floor(o / BLOCK_OUTPUTS) * blockBytes
  const weights = new Int16Array(buffer, block + BLOCK_HEAD_BYTES, (blockBytes - BLOCK_HEAD_BYTES) / 2)
  // The kernel takes inputs as they are: what their zero point would take away stands in the bias.
  let bias = layer.biases[o]
  for (let i = 0; i < reach; i++) {
    const weight = layer.weights[o * reach + i]
    weights[((i >> 1) * BLOCK_OUTPUTS + lane) * 2 + (i & 1)] = weight
    bias -= weight * inputZeroPoint
  }
  new Int32Array(buffer, block, BLOCK_OUTPUTS)[lane] = bias
  new Float32Array(buffer, block + BLOCK_OUTPUTS * 4, BLOCK_OUTPUTS)[lane] = factors[o]
}
