import { PacketFlag, type DecodeReason } from '../../domain/packet.js'
import type { DeviceClock } from './device-clock.js'
import { esp32CsiTool } from './dialects/esp32-csi-tool.js'
import { espCsiC6 } from './dialects/esp-csi-c6.js'
import { espCsiClassic } from './dialects/esp-csi-classic.js'
import { espRadar } from './dialects/esp-radar.js'
import type { TextDialect } from './dialects/text-dialect.js'
import { MARK } from './marks.js'
import { MAX_VALUES, type MacNames, type ReusedPacket } from './reused-packet.js'
import { TextLineParser } from './text-line.js'

const LF = 10
const SPACE = 32
const QUOTE = 34
const LETTER_C = 67
const OPEN = 91
const CLOSE = 93
/** The device's clock has 32 bits, which some firmware prints signed. */
const LOWEST_STAMP = -(2 ** 31)
const HIGHEST_STAMP = 2 ** 32 - 1

/** A dialect with its parser and the places of its columns; −1 = it has no such column. */
class Reader {
  readonly parser: TextLineParser
  readonly rssi: number
  readonly noiseFloor: number
  readonly agcGain: number
  readonly fftGain: number
  readonly channel: number
  readonly bandwidth: number
  readonly secondary: number
  readonly timestamp: number
  readonly sequence: number
  readonly rxState: number
  readonly stbc: number
  readonly length: number
  readonly firstWord: number

  constructor(readonly dialect: TextDialect) {
    const [lowest, highest] = dialect.values
    this.parser = new TextLineParser(
      dialect.header.map(([, kind]) => kind),
      lowest,
      highest,
      dialect.separator,
    )
    const column = (name: string) => dialect.header.findIndex(([known]) => known === name)
    this.rssi = column('rssi')
    this.noiseFloor = column('noise_floor')
    this.agcGain = column('agc_gain')
    this.fftGain = column('fft_gain')
    this.channel = column('channel')
    this.bandwidth = column('bandwidth')
    this.secondary = column('secondary_channel')
    this.timestamp = column('local_timestamp')
    this.sequence = column('sequence')
    this.rxState = column('rx_state')
    this.stbc = column('stbc')
    this.length = column('len')
    this.firstWord = column(dialect.firstWordColumn ?? '')
  }
}

/** Lines with `CSI_DATA,` → packets, in whichever text dialect they come. */
export class TextDecoder {
  private readonly readers = [espCsiClassic, espCsiC6, esp32CsiTool, espRadar].map(
    (dialect) => new Reader(dialect),
  )
  private current = this.readers[0]

  constructor(
    private readonly packet: ReusedPacket,
    private readonly macs: MacNames,
    private readonly clock: DeviceClock,
  ) {}

  /**
   * The usual case: a good line of the same dialect as the last one begins at `from` and ends before `limit`.
   * The result is the position behind its line end, −1 where anything is unusual: then `line` is to decide.
   */
  usualLine(bytes: Buffer, from: number, limit: number): number {
    const { current } = this
    for (let i = 0; i < MARK.length; i++) if (bytes[from + i] !== MARK[i]) return -1
    if (current.parser.parse(bytes, from, limit, this.packet.values) !== undefined) return -1
    // Quotes, a class or a host time may follow, but not what could be the mark of a spliced line.
    let at = current.parser.end
    while (at < limit && bytes[at] !== LF && bytes[at] !== LETTER_C) at++
    if (at >= limit || bytes[at] !== LF) return -1
    return this.fill(current) === undefined ? at + 1 : -1
  }

  /**
   * The packet of `line[from, to)`, where `from` is a `CSI_DATA,`; undefined = it stands in `packet`.
   * The dialect of the last line is tried first; what it cannot read is looked at column by column.
   */
  line(line: Buffer, from: number, to: number): DecodeReason | undefined {
    let reason = this.current.parser.parse(line, from, to, this.packet.values)
    if (reason === undefined) return this.fill(this.current)
    const open = line.indexOf(OPEN, from)
    if (open < 0 || open >= to) return this.base64(line, from, to)
    const close = line.indexOf(CLOSE, open)
    if (close < 0 || close >= to) return 'truncated'
    const reader = this.claimant(line, from, open)
    if (reader === undefined) return 'columns'
    if (reader !== this.current) reason = reader.parser.parse(line, from, to, this.packet.values)
    if (reason !== undefined) return reason
    this.current = reader
    return this.fill(reader)
  }

  /** Whose header has as many columns as stand before the array. */
  private claimant(line: Buffer, from: number, open: number): Reader | undefined {
    let end = open // a pattern for what stands before the array would take quadratic time over spaces
    while (end > from && (line[end - 1] === QUOTE || line[end - 1] <= SPACE)) end--
    const columns = line.toString('latin1', from, end).split(',')
    const count = columns.length - 1 // nothing stands between the last comma and the array
    return this.readers.find(({ dialect }) => dialect.claims(count, columns[1] ?? ''))
  }

  /** esp-radar may print the array as bare base64 of its bytes. */
  private base64(line: Buffer, from: number, to: number): DecodeReason | undefined {
    const text = line.toString('latin1', from, to).trimEnd()
    const comma = text.lastIndexOf(',')
    const columns = text.slice(0, comma).split(',')
    const data = text.slice(comma + 1).replace(/^"|"$/g, '')
    const reader = this.readers.find(
      (each) => each.dialect === espRadar && each.dialect.claims(columns.length, ''),
    )
    if (reader === undefined || !/^[A-Za-z0-9+/]{8,}={0,2}$/.test(data)) return 'truncated'
    const bytes = Buffer.from(data, 'base64')
    const head = Buffer.from(`${columns.join(',')},[]`, 'latin1')
    const reason = reader.parser.parse(head, 0, head.length, this.packet.values)
    if (reason !== undefined) return reason
    reader.parser.count = bytes.length
    for (let i = 0; i < Math.min(bytes.length, MAX_VALUES); i++) this.packet.values[i] = bytes.readInt8(i)
    this.current = reader
    return this.fill(reader)
  }

  private fill(reader: Reader): DecodeReason | undefined {
    const { parser, dialect } = reader
    const { columns, count } = parser
    if (!dialect.lengthFits(count, columns[reader.length]) || (count & 1) === 1 || count > MAX_VALUES)
      return 'length'
    const stamp = columns[reader.timestamp]
    if (stamp < LOWEST_STAMP || stamp > HIGHEST_STAMP) return 'out-of-range'
    const { packet } = this
    packet.dialect = dialect.name
    packet.transmitter = this.macs.name(parser.mac)
    packet.sequence = reader.sequence < 0 ? NaN : columns[reader.sequence]
    packet.transmitterSequence = NaN
    this.clock.update(stamp)
    packet.deviceTimeUs = this.clock.timeUs
    packet.bootId = this.clock.bootId
    packet.rssiDbm = columns[reader.rssi]
    packet.noiseFloorDbm = columns[reader.noiseFloor]
    packet.agcGain = reader.agcGain < 0 ? NaN : columns[reader.agcGain]
    packet.fftGain = reader.fftGain < 0 ? NaN : columns[reader.fftGain]
    packet.channel = columns[reader.channel]
    packet.bandwidthMhz = reader.bandwidth >= 0 && columns[reader.bandwidth] === 1 ? 40 : 20
    packet.flags =
      (columns[reader.rxState] !== 0 ? PacketFlag.rxErr : 0) |
      (reader.firstWord >= 0 && columns[reader.firstWord] === 1 ? PacketFlag.firstWordInvalid : 0) |
      (reader.stbc >= 0 && columns[reader.stbc] === 1 ? PacketFlag.stbc : 0)
    packet.marker = ''
    packet.setLayout(dialect.layout(count, reader.secondary < 0 ? 0 : columns[reader.secondary]), count)
    return undefined
  }
}
