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

/** The backend that is asked for, or the first that is installed: tfjs-node, else tfjs-wasm. Throws as loadTensorFlow. */
export async function trainingBackend(wanted?: TensorFlowBackend): Promise<TrainingBackend> {
  const last = wanted ?? TENSORFLOW_BACKENDS[TENSORFLOW_BACKENDS.length - 1]
  const order = wanted === undefined ? TENSORFLOW_BACKENDS : [wanted]
  for (const backend of order)
    try {
      return { tf: await loadTensorFlow(backend), backend }
    } catch (error) {
      if (backend === last || !(error instanceof AjarError)) throw error
    }
  throw new RangeError('there is no backend')
}
