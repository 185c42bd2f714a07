import type {
  Chunk,
  ControlFrame,
  Counters,
  CsiPacket,
  DecodeReason,
  Discarded,
  RejectReason,
} from '../../domain/packet.js'
import type { Stage } from '../../domain/stage.js'
import { cobsBound } from '../wire/cobs.js'
import { MAX_FRAME_BYTES } from '../wire/frame.js'
import { BinaryDecoder } from './binary-decoder.js'
import { DeviceClock } from './device-clock.js'
import { BareArrays } from './dialects/bare-array.js'
import { LabelledTable } from './dialects/labelled-table.js'
import { Marks } from './marks.js'
import { MacNames, ReusedPacket } from './reused-packet.js'
import { TextDecoder } from './text-decoder.js'

export interface DecoderOptions {
  /** Only packets of these transmitters (MACs in lower case) are used; empty = of any. */
  transmitters: readonly string[]
  /** Rate of the rows of tables and bare arrays, which carry no time. */
  tablePacketsPerSecond: number
}

type Decoded = CsiPacket | Discarded | ControlFrame
type Emit = (item: Decoded) => void

/** The most that is kept of a line or frame that does not end. */
const BUFFER_BYTES = 65_536
const LONGEST_WIRE_FRAME = cobsBound(MAX_FRAME_BYTES)
const NEWLINE = 10

/**
 * Bytes → packets. A zero byte never stands in text and always ends a binary frame, so the stream itself says what
 * it is: text until a zero byte comes, then frames until more than a frame can hold comes without one. A boot log
 * between two frames is known by its looks. Within text each line tells its dialect.
 */
export class PacketDecoder implements Stage<Chunk, Decoded> {
  readonly counters: Counters = { received: 0, used: 0, other: 0, control: 0, discarded: {} }
  private readonly packet: ReusedPacket
  private readonly clock = new DeviceClock()
  private readonly text: TextDecoder
  private readonly bareArrays = new BareArrays()
  private readonly binary: BinaryDecoder
  private readonly transmitters: ReadonlySet<string>
  private readonly discarded: Discarded = { kind: 'discarded', reason: 'crc', bytes: 0, hostTimeUs: 0 }
  private readonly marks = new Marks()
  private readonly pending = Buffer.alloc(BUFFER_BYTES)
  private pendingLength = 0
  /** Inside a line longer than the buffer: everything to its end is dropped. */
  private skipping = false
  private mode: 'text' | 'binary' = 'text'
  private table: LabelledTable | undefined
  private hostTimeUs = 0
  private emit: Emit = () => undefined

  constructor(options: DecoderOptions) {
    this.packet = new ReusedPacket(options.tablePacketsPerSecond)
    const macs = new MacNames()
    this.text = new TextDecoder(this.packet, macs, this.clock)
    this.binary = new BinaryDecoder(this.packet, macs, this.clock)
    this.transmitters = new Set(options.transmitters.map((mac) => mac.toLowerCase()))
  }

  /** Of the last packet; '' before the first. */
  get dialect(): string {
    return this.packet.dialect
  }

  push(chunk: Chunk, emit: Emit): void {
    this.hostTimeUs = chunk.hostTimeUs
    this.emit = emit
    const { buffer, byteOffset, byteLength } = chunk.bytes
    this.consume(Buffer.from(buffer, byteOffset, byteLength))
  }

  /** The stream is over: what stands without a line end is a line all the same. */
  end(hostTimeUs: number, emit: Emit): void {
    this.hostTimeUs = hostTimeUs
    this.emit = emit
    this.marks.forget()
    this.piece(this.pending, 0, this.pendingLength)
    this.pendingLength = 0
    this.skipping = false
  }

  /** A new connection: half a line of the old one is worth nothing. */
  reset(): void {
    this.pendingLength = 0
    this.skipping = false
    this.mode = 'text'
    this.table = undefined
    this.packet.dialect = ''
    this.clock.reset()
  }

  private consume(bytes: Buffer): void {
    this.marks.forget()
    let at = 0
    let zero = -1
    while (at < bytes.length) {
      if (zero < at) zero = bytes[at] === 0 ? at : positionOf(0, bytes, at)
      let end = zero
      if (this.mode === 'text') {
        if (this.pendingLength === 0 && !this.skipping) {
          const next = this.text.usualLine(bytes, at, Math.min(zero, at + BUFFER_BYTES + 1))
          if (next > at) {
            this.table = undefined
            this.accept(next - at)
            at = next
            continue
          }
        }
        end = Math.min(zero, positionOf(NEWLINE, bytes, at))
      } else if (this.pendingLength + zero - at > LONGEST_WIRE_FRAME) {
        this.rereadAsText()
        continue
      }
      if (end === bytes.length) {
        this.keep(bytes, at)
        return
      }
      this.take(bytes, at, end)
      if (end === zero) this.mode = 'binary'
      at = end + 1
    }
  }

  /** Too long for a frame: it was no frame, or text has begun. What is pending is read again as text. */
  private rereadAsText(): void {
    this.mode = 'text'
    const begun = Buffer.from(this.pending.subarray(0, this.pendingLength))
    this.pendingLength = 0
    this.consume(begun)
  }

  /** `bytes[from, to)` is a line or frame, or the end of the one that is pending. */
  private take(bytes: Buffer, from: number, to: number): void {
    const length = this.pendingLength + to - from
    if (this.skipping) this.skipping = false
    else if (length > BUFFER_BYTES) this.discard('oversize', length)
    else if (this.pendingLength === 0) this.piece(bytes, from, to)
    else {
      bytes.copy(this.pending, this.pendingLength, from, to)
      this.marks.forget()
      this.piece(this.pending, 0, length)
    }
    this.pendingLength = 0
  }

  /** The rest of a chunk, which does not end: kept for the next, within bounds. */
  private keep(bytes: Buffer, from: number): void {
    if (this.skipping) return
    const length = this.pendingLength + bytes.length - from
    if (length > BUFFER_BYTES) {
      this.discard('oversize', length)
      this.pendingLength = 0
      this.skipping = true
      return
    }
    bytes.copy(this.pending, this.pendingLength, from)
    this.pendingLength = length
  }

  private piece(bytes: Buffer, from: number, to: number): void {
    if (this.mode === 'text') this.line(bytes, from, to)
    else if (to > from) this.segment(bytes, from, to)
  }

  private segment(bytes: Buffer, from: number, to: number): void {
    const result = this.binary.decode(bytes, from, to)
    if (result === 'packet') this.accept(to - from)
    else if (result === 'control') {
      this.counters.control++
      this.binary.control.hostTimeUs = this.hostTimeUs
      this.emit(this.binary.control)
    } else if (isText(bytes, from, to)) {
      for (let at = from; at < to;) {
        const newline = bytes.indexOf(NEWLINE, at)
        const end = newline < 0 || newline > to ? to : newline
        this.line(bytes, at, end)
        at = end + 1
      }
    } else this.discard(result, to - from)
  }

  private line(bytes: Buffer, from: number, end: number): void {
    const to = end > from && bytes[end - 1] === 13 ? end - 1 : end
    if (to <= from) return
    let at = this.marks.next(bytes, from, to)
    // The header of ESP32-CSI-Tool names its array CSI_DATA; where a column follows, that looks like a mark.
    if (at >= to || (at > from && isHeader(bytes.toString('latin1', from, to).trim()))) {
      this.plainLine(bytes, from, to)
      return
    }
    for (let next; (next = this.marks.next(bytes, at + 1, to)) < to; at = next)
      this.discard('spliced', next - at)
    const reason = this.text.line(bytes, at, to)
    if (reason === undefined) {
      this.table = undefined // another producer speaks
      this.accept(to - from)
    } else this.discard(reason, to - at)
  }

  /** A line without CSI_DATA: a header, a table's row, a bare array, or something of no concern. */
  private plainLine(bytes: Buffer, from: number, to: number): void {
    const line = bytes.toString('latin1', from, to).trim()
    if (line === '') return
    if (isHeader(line)) {
      this.table = LabelledTable.fromHeader(line)
      return
    }
    let reason: DecodeReason | undefined
    if (this.bareArrays.claims(line)) reason = this.bareArrays.read(bytes, from, to, this.packet)
    else if (this.table?.claims(line)) reason = this.table.read(line, this.packet)
    else {
      this.counters.other++
      return
    }
    if (reason === undefined) this.accept(to - from)
    else this.discard(reason, to - from)
  }

  private accept(bytes: number): void {
    const { packet, transmitters } = this
    if (transmitters.size > 0 && !transmitters.has(packet.transmitter)) {
      this.discard('foreign', bytes)
      return
    }
    this.counters.received++
    this.counters.used++
    packet.hostTimeUs = this.hostTimeUs
    this.emit(packet)
  }

  private discard(reason: DecodeReason | RejectReason, bytes: number): void {
    this.counters.received++
    this.counters.discarded[reason] = (this.counters.discarded[reason] ?? 0) + 1
    this.discarded.reason = reason
    this.discarded.bytes = bytes
    this.discarded.hostTimeUs = this.hostTimeUs
    this.emit(this.discarded)
  }
}

/** Of the first `byte` at or behind `from`; the length where there is none. */
function positionOf(byte: number, bytes: Buffer, from: number): number {
  const at = bytes.indexOf(byte, from)
  return at < 0 ? bytes.length : at
}

/** A line of three or more column names, among them none that is a number. */
function isHeader(line: string): boolean {
  const columns = line.split(',')
  return columns.length >= 3 && columns.every((column) => /^[A-Za-z_]\w*$/.test(column))
}

/** Printable, with white space and the escapes of coloured logs: a boot log or a text dialect, no broken frame. */
function isText(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const byte = bytes[i]
    if ((byte < 32 || byte > 126) && !(byte >= 9 && byte <= 13) && byte !== 27) return false
  }
  return true
}
