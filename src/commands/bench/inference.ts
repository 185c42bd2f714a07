import { messageOf } from '../../platform/errors.js'
import { ENGINES } from '../../sensing/model/choose-engine.js'
import { dequantized, onnxruntime } from './onnxruntime.js'
import { realSize } from './real-size.js'
import { callsMs, inTurn, median, rounded } from './rounds.js'

const ROUNDS = 9

/**
 * Time of int8-simd as a share of that of onnxruntime's int8 kernels on one thread, on the network of real size;
 * null, and said on `progress`, where one of them is missing. Both start from the same int8 values, which onnxruntime
 * takes as floats (see onnx.ts). They alternate, and a round is judged by the median call: the share is then nearly
 * that of a machine that does nothing else.
 */
export async function ratioToOnnxruntime(
  roundMs: number,
  progress: (line: string) => void,
): Promise<number | null> {
  const { network, windows, markers } = realSize()
  try {
    const theirs = await onnxruntime(network)
    const model = { id: 'bench', layoutId: 0, outputs: [], inputShape: [network.inputs], network }
    const ours = await ENGINES['int8-simd'](model)
    const logits = new Int8Array(markers.length)
    const features = windows.map((window) => dequantized(window, network.input))
    const run = inTurn(windows, (window) => ours.run(window, logits))
    const share = ratio(run, inTurn(features, theirs), roundMs)
    ours.dispose()
    return share
  } catch (error) {
    progress(`No comparison of int8-simd with onnxruntime-node: ${messageOf(error).split('\n')[0]}`)
    return null
  }
}

function ratio(run: () => void, other: () => void, roundMs: number): number {
  const ratios: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const ours = median(callsMs(run, roundMs))
    const theirs = median(callsMs(other, roundMs))
    if (round > 0) ratios.push(ours / theirs) // the first warms up
  }
  return rounded(median(ratios))
}
