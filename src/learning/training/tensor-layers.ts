import type { Tensor, Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs'
import type { TensorFlow } from '../../sensing/model/tensorflow.js'
import { reachOf } from '../../sensing/model/network.js'
import type { FloatLayer } from '../../sensing/model/quantize.js'
import type { Random } from '../random.js'
import type { LayerPlan } from './architectures.js'

/** A layer's parameters while they are trained. */
export interface TensorLayer {
  plan: LayerPlan
  /** (kernel × channels) × outputs */
  weights: Variable
  biases: Variable
}

/** Weights of He et al. (ICCV 2015), for rectified layers; biases 0. The same random numbers on every backend. */
export function initialLayers(tf: TensorFlow, plans: readonly LayerPlan[], random: Random): TensorLayer[] {
  return plans.map((plan) => {
    const reach = reachOf(plan)
    const sd = Math.sqrt(2 / reach)
    const values = Float32Array.from({ length: reach * plan.outputs }, () => sd * random.normal())
    const { weights, biases } = tf.tidy(() => ({
      weights: tf.variable(tf.tensor2d(values, [reach, plan.outputs])),
      biases: tf.variable(tf.zeros([plan.outputs])),
    }))
    return { plan, weights, biases }
  })
}

/** Logits, batch × outputs, of `input`, batch × values. To be called within tf.tidy or a gradient. */
export function forwardTensors(tf: TensorFlow, layers: readonly TensorLayer[], input: Tensor2D): Tensor2D {
  const [batch] = input.shape
  let values: Tensor = input
  for (const { plan, weights, biases } of layers) {
    const { positions, outputs, rectified } = plan
    const patches = plan.kind === 'dense' ? values : patchesOf(tf, values, plan)
    const sums = tf
      .matMul(patches.reshape([batch * positions, reachOf(plan)]), weights as Tensor2D)
      .add(biases)
    values = (rectified ? sums.relu() : sums).reshape([batch, positions * outputs])
  }
  return values as Tensor2D
}

/**
 * What each position looks at: batch × positions × (kernel × channels), made by slices and concat only. The wasm
 * backend has no gradient of a convolution's filter, and a strided slice has none anywhere; so `stride` rows become
 * one, of which neighbours are put side by side.
 */
function patchesOf(
  tf: TensorFlow,
  values: Tensor,
  { positions, kernel, stride, channels }: LayerPlan,
): Tensor3D {
  const [batch, width = 0] = values.shape
  const blocks = Math.ceil(kernel / stride)
  const needed = (positions - 1 + blocks) * stride * channels
  const flat = values as Tensor2D
  const fitted =
    width < needed ? tf.pad(flat, [[0, 0], [0, needed - width]]) : tf.slice(flat, [0, 0], [batch, needed]) // prettier-ignore
  const rows = fitted.reshape([batch, positions - 1 + blocks, stride * channels]) as Tensor3D
  const parts = Array.from({ length: blocks }, (_, block) =>
    tf.slice(rows, [0, block, 0], [batch, positions, stride * channels]),
  )
  const side = parts.length === 1 ? parts[0] : tf.concat(parts, 2)
  return tf.slice(side, [0, 0, 0], [batch, positions, kernel * channels])
}

/** As arrays, outputs × (kernel × channels), for quantization. */
export function floatLayers(tf: TensorFlow, layers: readonly TensorLayer[]): FloatLayer[] {
  return layers.map(({ plan, weights, biases }) => ({
    ...plan,
    weights: Float64Array.from(tf.tidy(() => tf.transpose(weights).dataSync())),
    biases: Float64Array.from(biases.dataSync()),
  }))
}
