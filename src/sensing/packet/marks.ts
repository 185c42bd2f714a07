export const MARK = Buffer.from('CSI_DATA,')
/** Behind any position, and a small integer: with Infinity every position would become a floating-point number. */
const NONE = 0x3fffffff

/** Where the next `CSI_DATA,` stands: each byte is searched once, however many lines ask. */
export class Marks {
  private bytes: Buffer | undefined
  private from = 0
  private at = 0

  /** The contents changed. */
  forget(): void {
    this.bytes = undefined
  }

  /**
   * Of the first mark that begins at or behind `from` and ends before `to`; NONE = none. What stands behind
   * `to` may be left from an earlier line.
   */
  next(bytes: Buffer, from: number, to: number): number {
    if (bytes !== this.bytes || from < this.from || from > this.at) {
      const found = bytes.indexOf(MARK, from)
      this.bytes = bytes
      this.from = from
      this.at = found < 0 ? NONE : found
    }
    return this.at + MARK.length <= to ? this.at : NONE
  }
}
