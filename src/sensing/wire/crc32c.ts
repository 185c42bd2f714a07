/** CRC-32C (Castagnoli, reflected polynomial 0x82F63B78; RFC 3720 B.4), slice-by-8. */
const TABLE = new Int32Array(8 * 256)
for (let n = 0; n < 256; n++) {
  let crc = n
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  TABLE[n] = crc
}
for (let n = 0; n < 256; n++) {
  for (let slice = 1; slice < 8; slice++) {
    const before = TABLE[(slice - 1) * 256 + n]
    TABLE[slice * 256 + n] = (before >>> 8) ^ TABLE[before & 0xff]
  }
}

/** Of `bytes[from, to)`, as an unsigned 32-bit number. crc32c("123456789") = 0xe3069283. */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let crc = -1
  let at = from
  const T = TABLE
  for (const end = to - 7; at < end; at += 8) {
    const a = crc ^ (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24))
    crc =
      T[1792 + (a & 0xff)] ^
      T[1536 + ((a >>> 8) & 0xff)] ^
      T[1280 + ((a >>> 16) & 0xff)] ^
      T[1024 + (a >>> 24)] ^
      T[768 + bytes[at + 4]] ^
      T[512 + bytes[at + 5]] ^
      T[256 + bytes[at + 6]] ^
      T[bytes[at + 7]]
  }
  for (; at < to; at++) crc = (crc >>> 8) ^ T[(crc ^ bytes[at]) & 0xff]
  return ~crc >>> 0
}
