import { existsSync } from 'node:fs'
import { toOnnx } from '../../learning/training/onnx.js'
import { writeFileAtomic } from '../../platform/atomic-file.js'
import { AjarError, messageOf } from '../../platform/errors.js'
import { loadArtefact } from '../../sensing/model/artefact.js'

/**
 * `ajar model export --onnx F`: the network for other runtimes; normalisation stays in the manifest. Exit code 0.
 * Throws AjarError 'usage.exists' or 'model.export'.
 */
export function exportModel(
  directory: string,
  options: { onnx: string; json: boolean },
  out: (line: string) => void,
): number {
  const { onnx: file } = options
  if (existsSync(file)) throw new AjarError('usage.exists', `${file} exists already.`, 'Name another file.')
  const { id, network, outputs } = loadArtefact(directory)
  const bytes = toOnnx(network, id)
  try {
    writeFileAtomic(file, bytes)
  } catch (cause) {
    throw new AjarError(
      'model.export',
      `${file} cannot be written: ${messageOf(cause)}`,
      'Does its directory exist, and may this user write there?',
      { cause },
    )
  }
  out(
    options.json
      ? JSON.stringify({ file, bytes: bytes.length, inputs: network.inputs, outputs })
      : `${file}: ${bytes.length} bytes; ${network.inputs} normalised features in, logits of ${outputs
          .map(({ marker }) => marker)
          .join(', ')} out`,
  )
  return 0
}
