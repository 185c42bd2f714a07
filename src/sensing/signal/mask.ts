import type { Layout } from '../../domain/layout.js'

/** Packets that are looked at before a layout is believed: those of one window at the lowest live rate (D). */
const PROBE_PACKETS = 16
/** Dead usable bins that are forgiven: a deep fade may silence one or two of a weak signal (D). */
const DEAD_FORGIVEN = 2
/** Classic chips leak into up to 6 of the 11 bins that their common mask leaves out (M): refuse above 3/4 (D). */
const OUTSIDE_SHARE = 0.75
/** Fewer bins than these show no share: of centred layouts only DC is left out (D). */
const FEWEST_OUTSIDE = 3

/**
 * Derives the mask from the data and compares it with the layout's: text dialects do not name the chip, so that a
 * layout is a conclusion. Usable bins must be alive, the guard bins among them must not be.
 */
export class MaskProbe {
  private readonly power: Float64Array
  private readonly outside: number[] = []
  private packets = 0
  /** Undefined until enough packets were seen. */
  fits: boolean | undefined

  constructor(private readonly layout: Layout) {
    this.power = new Float64Array(layout.bins)
    const usable = new Set(layout.usable)
    const last = Math.max(...layout.usable)
    for (let bin = Math.min(...layout.usable); bin < last; bin++) if (!usable.has(bin)) this.outside.push(bin)
  }

  /** A layout that fitted is believed; one that did not is looked at again and again. */
  push(iq: Int16Array): void {
    if (this.fits === true) return
    for (let bin = 0; bin < this.power.length; bin++)
      this.power[bin] += iq[2 * bin] * iq[2 * bin] + iq[2 * bin + 1] * iq[2 * bin + 1]
    if (++this.packets < PROBE_PACKETS) return
    this.fits = this.verdict()
    this.packets = 0
    this.power.fill(0)
  }

  private verdict(): boolean {
    const inside = this.layout.usable.map((bin) => this.power[bin]).sort((a, b) => a - b)
    if (inside[DEAD_FORGIVEN] === 0) return false
    const quarterOfMedian = inside[inside.length >> 1] / 4 // of power: half of amplitude
    const alive = this.outside.filter((bin) => this.power[bin] > quarterOfMedian).length
    return this.outside.length < FEWEST_OUTSIDE || alive <= OUTSIDE_SHARE * this.outside.length
  }
}
