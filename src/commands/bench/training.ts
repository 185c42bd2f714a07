import { NetworkFitter } from '../../learning/training/network-fitter.js'
import { SEQUENCE_CHANNELS } from '../../sensing/model/features.js'
import { loadTensorFlow, type TensorFlowBackend } from '../../sensing/model/tensorflow.js'
import type { RealSize } from './real-size.js'

/** The first warms up. */
const EPOCHS = 2

/** Trains the convolution family over `count` windows, the same few over and over: no time depends on what they are. */
export async function secondsPerEpoch(
  backend: TensorFlowBackend,
  { features, markers }: RealSize,
  count: number,
): Promise<number> {
  const endsMs: number[] = []
  const fitter = new NetworkFitter(await loadTensorFlow(backend), {
    family: 'conv',
    channels: SEQUENCE_CHANNELS,
    seed: 1,
    timeLimitMs: Infinity,
    signal: new AbortController().signal,
    nowMs: () => performance.now(),
    progress: () => endsMs.push(performance.now()),
  })
  const rows = Array.from({ length: count }, (_, row) => ({
    features: features[row % features.length],
    judged: features[row % features.length],
    marker: markers[row % markers.length],
    session: 'bench',
    place: 'bench',
    visit: `${row}`,
  }))
  await fitter.fit(rows, { name: 'bench', epochs: EPOCHS, fitsLeft: 1 })
  return (endsMs[EPOCHS - 1] - endsMs[EPOCHS - 2]) / 1000
}
