import type { CsiPacket } from '../../domain/packet.js'
import { MAX_IQ_BYTES } from '../wire/frame.js'
import { UNKNOWN_LAYOUT, usableMask } from './layouts.js'

/** Longest array that any dialect may carry. */
export const MAX_VALUES = MAX_IQ_BYTES

/** The one packet object of a decoder: its arrays are views of one buffer, made once for each length. */
export class ReusedPacket implements CsiPacket {
  readonly kind = 'packet'
  dialect = ''
  transmitter = ''
  sequence = NaN
  transmitterSequence = NaN
  deviceTimeUs = NaN
  hostTimeUs = 0
  bootId = 0
  rssiDbm = NaN
  noiseFloorDbm = NaN
  agcGain = NaN
  fftGain = NaN
  channel = NaN
  bandwidthMhz: 20 | 40 = 20
  layoutId = UNKNOWN_LAYOUT
  flags = 0
  iq: Int16Array
  usable: Uint8Array
  marker = ''
  /** Room for the values of any array; `setLayout` makes the view. */
  readonly values = new Int16Array(MAX_VALUES)
  private readonly views = new Map<number, Int16Array>()

  private rows = 0

  constructor(private readonly rowsPerSecond: number) {
    this.iq = this.values.subarray(0, 0)
    this.usable = usableMask(UNKNOWN_LAYOUT, 0)
  }

  /** A row of a file that states nothing but values: its time follows from its number. */
  beginRow(dialect: string, marker: string): void {
    this.dialect = dialect
    this.marker = marker
    this.transmitter = ''
    this.sequence = this.rows++
    this.deviceTimeUs = (this.sequence / this.rowsPerSecond) * 1e6
    this.transmitterSequence = this.rssiDbm = this.noiseFloorDbm = NaN
    this.agcGain = this.fftGain = this.channel = NaN
    this.bootId = this.flags = 0
    this.bandwidthMhz = 20
  }

  /** The first `values` of the buffer are this packet's array. */
  setLayout(layoutId: number, values: number): void {
    if (layoutId === this.layoutId && values === this.iq.length) return
    let view = this.views.get(values)
    if (view === undefined) this.views.set(values, (view = this.values.subarray(0, values)))
    this.iq = view
    this.layoutId = layoutId
    this.usable = usableMask(layoutId, values >> 1)
  }
}

/** MAC strings by their 48-bit number, so that a packet allocates none; bounded against random senders. */
export class MacNames {
  private readonly names = new Map<number, string>()
  private lastNumber = -1
  private lastName = ''

  name(number: number): string {
    if (number === this.lastNumber) return this.lastName
    let name = this.names.get(number)
    if (name === undefined) {
      const hex = number.toString(16).padStart(12, '0')
      name = hex.replace(/..(?=.)/g, '$&:')
      if (this.names.size < 256) this.names.set(number, name)
    }
    this.lastNumber = number
    this.lastName = name
    return name
  }
}
