import type { DecodeReason } from '../../../domain/packet.js'
import type { ReusedPacket } from '../reused-packet.js'
import { bareLayout } from '../layouts.js'
import { TextLineParser } from '../text-line.js'
import { INT8_RANGE } from './text-dialect.js'

/** Only integers, so that "[1/10] Building" in the transcript of a build stays a line of no concern. */
const ARRAY = /^\[[-\d\s,]+\]$/

/** Lines of nothing but `[imaginary,real,…]`, without any header: they stand at a stated rate. */
export class BareArrays {
  private readonly parser = new TextLineParser([], ...INT8_RANGE, 'comma')

  claims(line: string): boolean {
    return ARRAY.test(line)
  }

  /** `line[from, to)` → `packet`; says why it cannot. */
  read(line: Buffer, from: number, to: number, packet: ReusedPacket): DecodeReason | undefined {
    const reason = this.parser.parse(line, from, to, packet.values)
    if (reason !== undefined) return reason
    const { count } = this.parser
    if (count === 0 || (count & 1) === 1 || count > packet.values.length) return 'length'
    packet.beginRow('bare-array', '')
    packet.setLayout(bareLayout(count), count)
    return undefined
  }
}
