import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs'
import type { Engine, Model } from '../../domain/model.js'
import { inputOf, outputsOf, reachOf, rescalingFactors, type Layer, type Network } from './network.js'
import { loadTensorFlow, useBackend, type TensorFlow, type TensorFlowBackend } from './tensorflow.js'

/**
 * The integer network in float32, by the operations that every TensorFlow.js backend has. Every value is an integer
 * below 2^24 (checkNetwork) until it is rescaled, so that the order of a sum does not matter and the bits are those
 * of Int8JsEngine.
 */
export class TfjsEngine implements Engine {
  private readonly steps: readonly Step[]
  private readonly last: Step
  private readonly input: Float32Array
  private readonly inputZeroPoint: number

  /** Throws AjarError 'engine.absent' or 'engine.broken'. */
  static async create(name: TensorFlowBackend, model: Model, network: Network): Promise<TfjsEngine> {
    return new TfjsEngine(name, await loadTensorFlow(name), model, network)
  }

  private constructor(
    readonly name: TensorFlowBackend,
    private readonly tf: TensorFlow,
    readonly model: Model,
    network: Network,
  ) {
    useBackend(tf, name)
    this.steps = network.layers.map((layer, index) =>
      makeStep(tf, layer, rescalingFactors(layer, inputOf(network, index))),
    )
    this.last = this.steps[this.steps.length - 1]
    this.input = new Float32Array(network.inputs)
    this.inputZeroPoint = network.input.zeroPoint
  }

  run(input: Int8Array, output: Int8Array): void {
    this.execute(input, (step, activations) => {
      if (step === this.last) read(step, activations, output)
    })
  }

  trace(input: Int8Array): Int8Array[] {
    const traced: Int8Array[] = []
    this.execute(input, (step, activations) => {
      const values = new Int8Array(outputsOf(step.layer))
      read(step, activations, values)
      traced.push(values)
    })
    return traced
  }

  dispose(): void {
    for (const { weights, biases, factors, rows } of this.steps)
      this.tf.dispose([weights, biases, factors, ...(rows === undefined ? [] : [rows])])
  }

  private execute(input: Int8Array, each: (step: Step, activations: Tensor2D) => void): void {
    const { tf, inputZeroPoint } = this
    useBackend(tf, this.name)
    input.forEach((value, i) => (this.input[i] = value - inputZeroPoint))
    tf.tidy(() => {
      let activations: Tensor = tf.tensor1d(this.input)
      for (const step of this.steps) each(step, (activations = slide(tf, step, activations)))
    })
  }
}

/** Activations between layers are relative to their zero point: what the next layer sums up. */
interface Step {
  layer: Layer
  /** reach × outputs. */
  weights: Tensor2D
  biases: Tensor1D
  factors: Tensor1D
  /** Of a convolution: the input's rows that each position looks at, position after position. */
  rows: Tensor1D | undefined
}

function makeStep(tf: TensorFlow, layer: Layer, factors: Float32Array): Step {
  const { kind, outputs, positions, kernel, stride } = layer
  const reach = reachOf(layer)
  const weights = new Float32Array(layer.weights.length)
  for (let o = 0; o < outputs; o++)
    for (let i = 0; i < reach; i++) weights[i * outputs + o] = layer.weights[o * reach + i]
  const rows = Int32Array.from(
    { length: positions * kernel },
    (_, at) => Math.floor(at / kernel) * stride + (at % kernel),
  )
  return {
    layer,
    weights: tf.tensor2d(weights, [reach, outputs]),
    biases: tf.tensor1d(Float32Array.from(layer.biases)),
    factors: tf.tensor1d(factors),
    rows: kind === 'dense' ? undefined : tf.tensor1d(rows, 'int32'),
  }
}

/** Returns positions × outputs. */
function slide(tf: TensorFlow, { layer, weights, biases, factors, rows }: Step, input: Tensor): Tensor2D {
  const { positions, channels } = layer
  const { zeroPoint } = layer.output
  const looked = rows === undefined ? input : tf.gather(tf.reshape(input, [-1, channels]), rows)
  const sums = tf.add<Tensor2D>(tf.matMul(tf.reshape(looked, [positions, reachOf(layer)]), weights), biases)
  // tf.round takes ties to even on both backends, as the tests hold.
  return tf.clipByValue(tf.round(tf.mul<Tensor2D>(sums, factors)), -128 - zeroPoint, 127 - zeroPoint)
}

function read({ layer }: Step, activations: Tensor2D, into: Int8Array): void {
  const { zeroPoint } = layer.output
  activations.dataSync().forEach((value, i) => (into[i] = value + zeroPoint))
}
