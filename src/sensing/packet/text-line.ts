import type { DecodeReason } from '../../domain/packet.js'
import { MAX_VALUES } from './reused-packet.js'

/** How a column of a text dialect reads. Text columns are skipped whole. */
export type ColumnKind = 'text' | 'integer' | 'real' | 'mac'
const TEXT = 0
const INTEGER = 1
const REAL = 2
const MAC = 3
const KINDS: Record<ColumnKind, number> = { text: TEXT, integer: INTEGER, real: REAL, mac: MAC }

const COMMA = 44
const POINT = 46
const DIGIT_0 = 48
const MINUS = 45
const SPACE = 32
const QUOTE = 34
const OPEN = 91
const CLOSE = 93
/** An integer of so many digits fits int32. */
const INT32_SAFE_DIGITS = 9
/** Sign, three digits, separator. */
const LONGEST_USUAL_VALUE = 5

/**
 * One-pass parser of the lines of one dialect: header columns, then an array in brackets. It never
 * allocates; what it finds stands in `columns`, `mac` and `count` until the next call.
 */
export class TextLineParser {
  /** Value of each integer and real column. */
  readonly columns: Float64Array
  /** The MAC column as a 48-bit number. */
  mac = 0
  /** Number of array values parsed. */
  count = 0
  /** Position behind the closing bracket. */
  end = 0
  private readonly kinds: Uint8Array
  /** Less DIGIT_0, as digits are. */
  private readonly separator: number

  constructor(
    kinds: readonly ColumnKind[],
    private readonly lowest: number,
    private readonly highest: number,
    separator: 'comma' | 'space',
  ) {
    this.separator = (separator === 'comma' ? COMMA : SPACE) - DIGIT_0
    this.kinds = Uint8Array.from(kinds, (kind) => KINDS[kind])
    this.columns = new Float64Array(kinds.length)
  }

  /** Parses `line[from, to)`, which begins with the first column, into `values`; says why it cannot. */
  parse(line: Uint8Array, from: number, to: number, values: Int16Array): DecodeReason | undefined {
    const { kinds, columns } = this
    let at = from
    for (let column = 0; column < kinds.length; column++) {
      const kind = kinds[column]
      if (kind === INTEGER) {
        const negative = at < to && line[at] === MINUS
        if (negative) at++
        const first = at
        let value = 0
        let digit: number
        while (at < to && (digit = line[at] - DIGIT_0) >= 0 && digit <= 9) {
          value = (value * 10 + digit) | 0
          at++
        }
        if (at === first) return 'bad-field'
        if (at - first > INT32_SAFE_DIGITS) value = decimal(line, first, at)
        columns[column] = negative ? -value : value
      } else if (kind === TEXT) while (at < to && line[at] !== COMMA && line[at] >= SPACE) at++
      else if ((at = kind === MAC ? this.parseMac(line, at) : this.parseReal(line, at, column)) < 0)
        return 'bad-field'
      if (at >= to || line[at] !== COMMA) return 'bad-field'
      at++
    }
    while (at < to && (line[at] === QUOTE || line[at] === SPACE)) at++
    if (at >= to || line[at] !== OPEN) return 'columns'
    return this.parseArray(line, at + 1, to, values)
  }

  private parseArray(
    line: Uint8Array,
    from: number,
    to: number,
    values: Int16Array,
  ): DecodeReason | undefined {
    const { lowest, highest } = this
    let at = this.parseUsualValues(line, from, to, values)
    let count = this.count
    let reason: DecodeReason | undefined
    while (at < to) {
      const byte = line[at]
      if (byte === COMMA || byte === SPACE) {
        at++
        continue
      }
      if (byte === CLOSE) {
        this.count = count
        this.end = at + 1
        return reason
      }
      const negative = byte === MINUS
      if (negative) at++
      let digit = line[at] - DIGIT_0
      if (!(digit >= 0 && digit <= 9)) return at < to && hasClose(line, at, to) ? 'not-integer' : 'truncated'
      let value = 0
      do {
        if (value < 1e6) value = value * 10 + digit
        digit = line[++at] - DIGIT_0
      } while (digit >= 0 && digit <= 9 && at < to)
      if (negative) value = -value
      if (at < to && line[at] !== COMMA && line[at] !== SPACE && line[at] !== CLOSE) reason ??= 'not-integer'
      if (value < lowest || value > highest) reason ??= 'out-of-range'
      if (count < MAX_VALUES) values[count] = value
      count++
    }
    return 'truncated'
  }

  /**
   * The usual case, values of one to three digits with one separator behind each: `count` and the result say
   * how far it went. What stops it, the end included, is for the patient loop above. It looks for the separator
   * before it looks at the digits, so that no step waits for the arithmetic of the one before; digits are
   * verified once, at the end (M: 4.1 ns a value, digit by digit 5.5 ns).
   */
  private parseUsualValues(line: Uint8Array, from: number, to: number, values: Int16Array): number {
    const { lowest, highest, separator } = this
    const room = to - LONGEST_USUAL_VALUE
    let at = from
    let count = 0
    let wrong = 0 // negative as soon as something else than a digit stood where one should
    while (at <= room && count < MAX_VALUES) {
      if (line[at] === MINUS) {
        const a = line[at + 1] - DIGIT_0
        const b = line[at + 2] - DIGIT_0
        const c = line[at + 3] - DIGIT_0
        if (b === separator) {
          wrong |= a | (9 - a)
          values[count++] = -a
          at += 3
        } else if (c === separator) {
          wrong |= a | (9 - a) | b | (9 - b)
          values[count++] = -10 * a - b
          at += 4
        } else {
          const value = -100 * a - 10 * b - c
          if (line[at + 4] - DIGIT_0 !== separator || value < lowest) break
          wrong |= a | (9 - a) | b | (9 - b) | c | (9 - c)
          values[count++] = value
          at += 5
        }
      } else {
        const a = line[at] - DIGIT_0
        const b = line[at + 1] - DIGIT_0
        const c = line[at + 2] - DIGIT_0
        if (b === separator) {
          wrong |= a | (9 - a)
          values[count++] = a
          at += 2
        } else if (c === separator) {
          wrong |= a | (9 - a) | b | (9 - b)
          values[count++] = 10 * a + b
          at += 3
        } else {
          const value = 100 * a + 10 * b + c
          if (line[at + 3] - DIGIT_0 !== separator || value > highest) break
          wrong |= a | (9 - a) | b | (9 - b) | c | (9 - c)
          values[count++] = value
          at += 4
        }
      }
    }
    this.count = wrong < 0 ? 0 : count
    return wrong < 0 ? from : at
  }

  /** Digits with a fraction; position behind them, −1 = there are none. */
  private parseReal(line: Uint8Array, from: number, column: number): number {
    let at = from
    if (line[at] === MINUS) at++
    const first = at
    while (isDigit(line[at])) at++
    let digits = at - first
    let value = decimal(line, first, at)
    if (line[at] === POINT) {
      const point = at++
      while (isDigit(line[at])) at++
      digits = at - first - 1
      value += decimal(line, point + 1, at) / 10 ** (at - point - 1)
    }
    this.columns[column] = line[from] === MINUS ? -value : value
    return digits === 0 ? -1 : at
  }

  /** Position behind the MAC, −1 = there is none. */
  private parseMac(line: Uint8Array, from: number): number {
    let value = 0
    let at = from
    for (let octet = 0; octet < 6; octet++) {
      const high = hex(line[at])
      const low = hex(line[at + 1])
      if (high < 0 || low < 0) return -1
      value = value * 256 + high * 16 + low
      at += 2
      if (octet < 5 && line[at++] !== 58) return -1
    }
    this.mac = value
    return at
  }
}

/** Digits `line[from, to)` as a number. */
function decimal(line: Uint8Array, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) value = value * 10 + line[at] - DIGIT_0
  return value
}

function isDigit(byte: number): boolean {
  return byte >= DIGIT_0 && byte <= DIGIT_0 + 9
}

function hasClose(line: Uint8Array, from: number, to: number): boolean {
  const close = line.indexOf(CLOSE, from)
  return close >= 0 && close < to
}

function hex(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48
  const lower = byte | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}
