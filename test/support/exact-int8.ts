import { readFileSync } from 'node:fs'

/**
 * Without VNNI, onnxruntime on x64 adds products in saturating 16-bit pairs and is off by more than rounding; ARM and
 * the file's own operators are not concerned.
 */
export const exactInt8 =
  process.arch !== 'x64' || /avx512_vnni|avx_vnni/.test(readFileSync('/proc/cpuinfo', 'utf8'))
