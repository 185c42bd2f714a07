import { createRequire } from 'node:module'
import path from 'node:path'
import { AjarError } from '../../platform/errors.js'

export type Tensorflow = typeof import('@tensorflow/tfjs')
export type Backend = 'tfjs-node' | 'tfjs-wasm'

export async function loadTensorflow(
  backend: Backend = 'tfjs-wasm',
): Promise<{ tf: Tensorflow; backend: Backend }> {
  if (backend !== 'tfjs-wasm') throw new AjarError('model.engine', 'no', 'no')
  const tf = (await import('@tensorflow/tfjs')).default as Tensorflow
  const wasm = await import('@tensorflow/tfjs-backend-wasm')
  const require = createRequire(import.meta.url)
  wasm.setWasmPaths(`${path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`)
  await tf.setBackend('wasm')
  await tf.ready()
  return { tf, backend }
}
