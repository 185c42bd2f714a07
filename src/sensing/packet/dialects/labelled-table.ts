import type { DecodeReason } from '../../../domain/packet.js'
import { tableLayout } from '../layouts.js'
import { MAX_VALUES, type ReusedPacket } from '../reused-packet.js'

const NUMBER = /^-?\d+(\.\d+)?(e[-+]?\d+)?$/i
/** Of a bin with I and Q in int16. */
const LARGEST_MAGNITUDE = 32_767

/**
 * A table of magnitude and phase: `Label,CH6_mag,…,CH58_mag,CH6_phase,…,CH58_phase`. I/Q comes back by
 * rounding m·sin φ and m·cos φ, which is exact for values that were int8 once. The table has no time:
 * rows stand at a stated rate.
 */
export class LabelledTable {
  private constructor(private readonly carriers: number) {}

  /** The table that this header line begins, if it is one. */
  static fromHeader(line: string): LabelledTable | undefined {
    const [label, ...columns] = line.split(',')
    const carriers = columns.length / 2
    if (!/^label$/i.test(label) || !Number.isInteger(carriers) || 2 * carriers > MAX_VALUES) return undefined
    const named = (from: number, suffix: string) =>
      columns.slice(from, from + carriers).every((name) => new RegExp(`^CH\\d+_${suffix}$`).test(name))
    return named(0, 'mag') && named(carriers, 'phase') ? new LabelledTable(carriers) : undefined
  }

  /** A row, be it damaged; not a line of a log that happens to have commas. */
  claims(line: string): boolean {
    const comma = line.indexOf(',')
    if (comma < 0) return false
    return NUMBER.test(line.slice(0, comma)) || line.split(',').length === 1 + 2 * this.carriers
  }

  /** A row → `packet`; says why it cannot. */
  read(line: string, packet: ReusedPacket): DecodeReason | undefined {
    const [label, ...columns] = line.split(',')
    const { carriers } = this
    if (columns.length !== 2 * carriers) return 'columns'
    if (!columns.every((column) => NUMBER.test(column))) return 'bad-field'
    for (let i = 0; i < carriers; i++) {
      const magnitude = Number(columns[i])
      if (magnitude < 0 || magnitude > LARGEST_MAGNITUDE) return 'out-of-range'
      const phase = Number(columns[carriers + i])
      packet.values[2 * i] = Math.round(magnitude * Math.sin(phase))
      packet.values[2 * i + 1] = Math.round(magnitude * Math.cos(phase))
    }
    packet.beginRow('labelled-table', label)
    packet.setLayout(tableLayout(2 * carriers), 2 * carriers)
    return undefined
  }
}
