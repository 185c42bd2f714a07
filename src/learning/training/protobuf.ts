/** One field on the wire: its key, then its value. */
type Field = Buffer

const WireType = { varint: 0, delimited: 2 } as const

/**
 * The part of protobuf's wire format (protobuf.dev/programming-guides/encoding) that an ONNX file needs. A message is
 * its fields, one after the other; a repeated field is written once for each value.
 */
export function message(...fields: readonly Field[]): Buffer {
  return Buffer.concat(fields)
}

/** int64 and enums; not negative. */
export function integer(number: number, value: number): Field {
  return Buffer.concat([key(number, WireType.varint), varint(value)])
}

/** A string, bytes or a message. */
export function bytes(number: number, value: string | Uint8Array): Field {
  const content = Buffer.from(value)
  return Buffer.concat([key(number, WireType.delimited), varint(content.length), content])
}

function key(number: number, wireType: number): Buffer {
  return varint(number * 8 + wireType)
}

/** Seven bits a byte, least first; the top bit says that more follow. */
function varint(value: number): Buffer {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no unsigned integer`)
  const septets = [value % 128]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    septets[septets.length - 1] += 128
    septets.push(rest % 128)
  }
  return Buffer.from(septets)
}
