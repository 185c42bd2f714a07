const SECOND_US = 1_000_000

/**
 * A line that bounces → its changes. A level counts once it has held for `settleUs`; the change then dates from the
 * first movement after the level before. More than `mostEdges` movements within a second are chatter: a loose contact,
 * or a magnet at the edge of its reach.
 */
export class Debounce {
  /** Seconds with chatter. */
  chattered = 0
  private readonly edges: number[] = []
  private movedUs = NaN
  private firstUs = NaN
  private toldUs = -Infinity
  /** What the line is now. */
  private now: boolean

  /** @param level what holds. */
  constructor(
    public level: boolean,
    private readonly settleUs: number,
    private readonly mostEdges: number,
  ) {
    this.now = level
  }

  /** A change has not settled yet. */
  get moving(): boolean {
    return !Number.isNaN(this.firstUs)
  }

  /** The line moved, or was read. */
  see(level: boolean, atUs: number): void {
    if (level === this.now) return
    this.now = level
    this.movedUs = atUs
    if (Number.isNaN(this.firstUs)) this.firstUs = atUs
    this.edges.push(atUs)
    while (this.edges.length > 0 && atUs - this.edges[0] > SECOND_US) this.edges.shift()
    if (this.edges.length <= this.mostEdges || atUs - this.toldUs < SECOND_US) return
    this.toldUs = atUs
    this.chattered++
  }

  /** The moment of a change that has settled by now. */
  settle(nowUs: number): number | undefined {
    if (Number.isNaN(this.firstUs) || nowUs - this.movedUs < this.settleUs) return undefined
    const { firstUs } = this
    this.firstUs = NaN
    if (this.now === this.level) return undefined
    this.level = this.now
    return firstUs
  }
}
