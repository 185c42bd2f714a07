import type { ColumnKind } from '../text-line.js'

/** What distinguishes one text dialect; columns are counted from the `CSI_DATA` of the line. */
export interface TextDialect {
  readonly name: string
  /** Name and kind of each header column, the array not counted. */
  readonly header: readonly (readonly [name: string, kind: ColumnKind])[]
  /** True where the second column says that a line with this many header columns is of this dialect. */
  claims(headerColumns: number, second: string): boolean
  /** Range of an array value. */
  readonly values: readonly [lowest: number, highest: number]
  /** Between two values; a space more is read too, but slower. */
  readonly separator: 'comma' | 'space'
  /** Whether `count` values are whole although `declared` were announced. */
  lengthFits(count: number, declared: number): boolean
  layout(values: number, secondary: number): number
  /** The header declares junk in the first four bytes. */
  readonly firstWordColumn?: string
}

export const INT8_RANGE = [-128, 127] as const
