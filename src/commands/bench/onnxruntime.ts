import { ONNX_INPUT, ONNX_OUTPUT, toOnnx } from '../../learning/training/onnx.js'
import type { Network, Quantization } from '../../sensing/model/network.js'

/** One window through onnxruntime: normalised features in, logits out. */
type OnnxRun = (features: Float32Array) => Float32Array

/**
 * The exported network in onnxruntime-node's int8 kernels, on one thread. `run` is that of its native binding, which is
 * synchronous: the public session.run wraps it in a promise and a turn of the event loop, which cost more than a
 * small network and are no arithmetic. Rejects where the package is not installed
 * (it is for development only) or has no build for this machine.
 * @param optimize false: operator by operator in float, as the file says.
 */
export async function onnxruntime(network: Network, optimize = true): Promise<OnnxRun> {
  const { Tensor } = await import('onnxruntime-node')
  const { binding, initOrt } = await import('onnxruntime-node/dist/binding.js')
  initOrt()
  const session = new binding.InferenceSession()
  const { buffer, byteOffset, byteLength } = toOnnx(network, 'bench')
  session.loadModel(buffer as ArrayBuffer, byteOffset, byteLength, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: optimize ? 'all' : 'disabled',
  })
  const values = new Float32Array(network.inputs)
  const feeds = { [ONNX_INPUT]: new Tensor('float32', values, [1, values.length]) }
  return (features) => {
    values.set(features)
    return session.run(feeds, { [ONNX_OUTPUT]: null }, {})[ONNX_OUTPUT].data as Float32Array
  }
}

/** The real values that int8 stands for: what onnxruntime must be given to start from the same int8. */
export function dequantized(values: Int8Array, { scale, zeroPoint }: Quantization): Float32Array {
  return Float32Array.from(values, (value) => scale * (value - zeroPoint))
}
