import { PacketFlag, type CsiPacket } from '../../domain/packet.js'

const INVALID = PacketFlag.rxErr | PacketFlag.estInvalid
/** Largest value of the 8-bit and of the 12-bit converter; the smallest is one further out. */
const LIMIT_8_BIT = 127
const LIMIT_12_BIT = 2047

/** The receiver itself says that the packet or its channel estimate is wrong. */
export function isReceptionError(flags: number): boolean {
  return (flags & INVALID) !== 0
}

/** Share of `usable` bins with a part at the converter's limit, 0..1; 0 where gain compensation hides the limit. */
export function saturatedShare({ iq, flags }: CsiPacket, usable: readonly number[]): number {
  const limit = flags & PacketFlag.iq12 ? LIMIT_12_BIT : LIMIT_8_BIT
  let saturated = 0
  for (let i = 0; i < usable.length; i++) {
    const at = 2 * usable[i]
    const larger = Math.max(Math.abs(iq[at]), Math.abs(iq[at + 1]))
    if (larger < limit) continue
    if (larger > limit + 1) return 0 // beyond the converter: a dialect that compensates gain
    saturated++
  }
  return saturated / usable.length
}
