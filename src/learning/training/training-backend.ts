import { AjarError } from '../../platform/errors.js'
import {
  loadTensorFlow,
  TENSORFLOW_BACKENDS,
  type TensorFlow,
  type TensorFlowBackend,
} from '../../sensing/model/tensorflow.js'

export interface TrainingBackend {
  tf: TensorFlow
  backend: TensorFlowBackend
}

/**
 * The backend that is asked for, or the first that loads: tfjs-node, else tfjs-wasm. One that is installed and does not
 * load is told to `progress`. Throws as loadTensorFlow.
 */
export async function trainingBackend(
  wanted: TensorFlowBackend | undefined,
  progress: (line: string) => void,
): Promise<TrainingBackend> {
  const [first, ...others] = wanted === undefined ? TENSORFLOW_BACKENDS : [wanted]
  let backend: TensorFlowBackend = first
  for (const next of others)
    try {
      return { tf: await loadTensorFlow(backend), backend }
    } catch (error) {
      if (!(error instanceof AjarError)) throw error
      if (error.code !== 'engine.absent') progress(`${error.message} ${next} is tried. → ${error.hint}`)
      backend = next
    }
  return { tf: await loadTensorFlow(backend), backend }
}
