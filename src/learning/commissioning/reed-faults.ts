import type { Reason } from '../../domain/reason.js'

/** All (D). */
const HOUR_US = 3_600e6
/** A door that is left open by day is closed at night, as a rule. */
const OPEN_TOO_LONG_US = 14 * HOUR_US
const NEVER_US = 24 * HOUR_US
/** Motions within which a door that is used would have moved. */
const MOTIONS = 20
/** Who passes through holds a door open for so long, at most. */
const SHORT_US = 10e6
/** So many short intervals, of which so large a share are of the same kind, tell which kind is open. */
const SHORT_INTERVALS = 10
const MOST_SHARE = 0.8

/** What is wrong with a reed switch, told from its changes and from the motions that the radio sees. Host time. */
export class ReedFaults {
  private lastEdgeUs: number
  private open: boolean
  private edges = 0
  /** Motions since the last edge. */
  private motions = 0
  /** The newest short intervals: whether the reed was open in them. */
  private readonly short: boolean[] = []

  constructor(
    private readonly pin: number,
    open: boolean,
    nowUs: number,
  ) {
    this.open = open
    this.lastEdgeUs = nowUs
  }

  edge(open: boolean, atUs: number): void {
    if (this.edges > 0 && atUs - this.lastEdgeUs < SHORT_US) {
      this.short.push(this.open)
      if (this.short.length > 2 * SHORT_INTERVALS) this.short.shift()
    }
    this.edges++
    this.motions = 0
    this.open = open
    this.lastEdgeUs = atUs
  }

  /** Something moved, from quiet to quiet. */
  motion(): void {
    this.motions++
  }

  reasons(nowUs: number): Reason[] {
    const sinceUs = nowUs - this.lastEdgeUs
    const used = this.motions >= MOTIONS
    const found: Reason[] = []
    const closed = this.short.filter((open) => !open).length
    if (this.short.length >= SHORT_INTERVALS && closed >= MOST_SHARE * this.short.length)
      found.push({
        code: 'reed.inverted',
        text: `The reed switch on GPIO${this.pin} says that the door is open and closes for moments: it seems to be the other way round.`,
        hint: 'Start again with the other setting of --inverted, without stopping first: what was learned so far is set aside.',
      })
    else if (this.open && used && sinceUs > OPEN_TOO_LONG_US)
      found.push({
        code: 'reed.magnet',
        text: `The reed switch on GPIO${this.pin} has said open for ${hours(sinceUs)} hours while there was motion: has its magnet fallen off?`,
        hint: 'Close the door and look whether the magnet is in its place.',
      })
    else if (used && sinceUs > NEVER_US)
      found.push({
        code: 'reed.silent',
        text: `The reed switch on GPIO${this.pin} has not changed for ${hours(sinceUs)} hours while there was motion.`,
        hint: 'Open the door once and look whether `ajar commission --status` shows it; if not, check the wires and the pin.',
      })
    return found
  }
}

function hours(us: number): number {
  return Math.floor(us / HOUR_US)
}
