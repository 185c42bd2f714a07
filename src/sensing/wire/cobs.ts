/**
 * Consistent Overhead Byte Stuffing (Cheshire & Baker, IEEE/ACM ToN 7(2), 1999): a frame without zero
 * bytes, so that a zero byte can end it.
 */

/** Longest COBS form of `length` bytes. */
export function cobsBound(length: number): number {
  return length + Math.floor(length / 254) + 1
}

/** Writes the COBS form of `input[from, to)` to `output` at `at`; returns the position behind it. */
export function cobsEncode(
  input: Uint8Array,
  from: number,
  to: number,
  output: Uint8Array,
  at: number,
): number {
  let codeAt = at++
  let code = 1
  for (let i = from; i < to; i++) {
    const byte = input[i]
    if (byte !== 0) {
      output[at++] = byte
      code++
      if (code < 0xff) continue
      output[codeAt] = code
      if (i + 1 === to) return at // a full block at the very end needs no empty one behind it
    } else output[codeAt] = code
    codeAt = at++
    code = 1
  }
  output[codeAt] = code
  return at
}

/**
 * Undoes `input[from, to)`, which holds no zero byte, into `output` from 0; returns the length, or −1 where
 * a code points beyond the end or `output` is too small.
 *
 * Without a full block each code but the first stands exactly where its zero belongs, so that a copy needs to be
 * patched only there: half the time of going block by block, for CSI is full of zeros.
 */
export function cobsDecode(input: Uint8Array, from: number, to: number, output: Uint8Array): number {
  const length = to - from - 1
  if (length > output.length) return decodeBlocks(input, from, to, output)
  for (let at = 0, next = from + 1; at < length; at++) output[at] = input[next++]
  let code = input[from]
  for (let at = -1; code !== 0xff; output[at] = 0) {
    at += code
    if (at >= length) return at === length ? length : -1
    code = output[at]
  }
  return decodeBlocks(input, from, to, output)
}

function decodeBlocks(input: Uint8Array, from: number, to: number, output: Uint8Array): number {
  let at = 0
  let i = from
  const room = output.length
  while (i < to) {
    const code = input[i++]
    const end = i + code - 1
    if (end > to || at + code - 1 > room) return -1
    while (i < end) output[at++] = input[i++]
    if (code < 0xff && i < to) {
      if (at === room) return -1
      output[at++] = 0
    }
  }
  return at
}
