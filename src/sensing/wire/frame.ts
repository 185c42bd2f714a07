import { cobsBound, cobsEncode } from './cobs.js'
import { crc32c } from './crc32c.js'

/**
 * Frames of the binary protocol, version 1 (firmware/PROTOCOL.md): `00 | COBS(frame) | 00`, little-endian.
 *
 *   0 u8  version<<4 | type     14 i8 rssi, dBm            20 u8  rate or MCS
 *   1 u8  flags (PacketFlag)    15 i8 noise floor, dBm     21 u8  layout id
 *   2 u16 receiver sequence     16 u8 AGC gain             22 u32 transmitter sequence
 *   4 u32 device time, µs       17 i8 FFT gain, ¼ dB       26 u16 length of IQ, bytes
 *   8 u8[6] transmitter MAC     18 u8 channel              28 IQ, imaginary first
 *                               19 u8 bandwidth:2 | secondary:2 | format:4
 *   last 4: CRC-32C of all before. Control frames: byte 0, payload, CRC-32C.
 */
export const PROTOCOL_VERSION = 1
export const FrameType = { csi: 1, hello: 2, status: 3, log: 4, ack: 5, command: 8 } as const
export const CSI_HEADER_BYTES = 28
export const CRC_BYTES = 4
/** 612 IQ bytes (HT40 with STBC) is the longest CSI array of any ESP32; twice that leaves room for 16-bit values. */
export const MAX_IQ_BYTES = 1224
export const MAX_FRAME_BYTES = CSI_HEADER_BYTES + MAX_IQ_BYTES + CRC_BYTES
/** Shortest frame: type and CRC. */
export const MIN_FRAME_BYTES = 1 + CRC_BYTES

export interface CsiFields {
  flags: number
  sequence: number
  /** Device clock modulo 2^32. */
  timeUs: number
  mac: Uint8Array
  rssiDbm: number
  noiseFloorDbm: number
  agcGain: number
  fftGain: number
  channel: number
  /** 0 = 20 MHz, 1 = 40 MHz. */
  bandwidth: number
  /** 0 none, 1 above, 2 below. */
  secondary: number
  /** 0 non-HT, 1 HT, 2 VHT, 3 HE. */
  format: number
  rate: number
  layoutId: number
  transmitterSequence: number
  iq: Int8Array
}

/** Makes wire bytes. The result is reused: valid until the next call. */
export class FrameWriter {
  private readonly frame = new Uint8Array(MAX_FRAME_BYTES)
  private readonly view = new DataView(this.frame.buffer)
  private readonly wire = new Uint8Array(cobsBound(MAX_FRAME_BYTES) + 2)

  csi(fields: CsiFields): Uint8Array {
    const { view, frame } = this
    const length = fields.iq.length
    if (length > MAX_IQ_BYTES)
      throw new RangeError(`a frame holds at most ${MAX_IQ_BYTES} IQ bytes, not ${length}`)
    view.setUint8(0, (PROTOCOL_VERSION << 4) | FrameType.csi)
    view.setUint8(1, fields.flags)
    view.setUint16(2, fields.sequence, true)
    view.setUint32(4, fields.timeUs, true)
    frame.set(fields.mac.subarray(0, 6), 8)
    view.setInt8(14, fields.rssiDbm)
    view.setInt8(15, fields.noiseFloorDbm)
    view.setUint8(16, fields.agcGain)
    view.setInt8(17, fields.fftGain)
    view.setUint8(18, fields.channel)
    view.setUint8(19, (fields.bandwidth & 3) | ((fields.secondary & 3) << 2) | ((fields.format & 15) << 4))
    view.setUint8(20, fields.rate)
    view.setUint8(21, fields.layoutId)
    view.setUint32(22, fields.transmitterSequence, true)
    view.setUint16(26, length, true)
    frame.set(new Uint8Array(fields.iq.buffer, fields.iq.byteOffset, length), CSI_HEADER_BYTES)
    return this.finish(CSI_HEADER_BYTES + length)
  }

  control(type: number, payload: Uint8Array): Uint8Array {
    if (1 + payload.length + CRC_BYTES > MAX_FRAME_BYTES)
      throw new RangeError(`a control frame holds at most ${MAX_FRAME_BYTES - CRC_BYTES - 1} bytes`)
    this.view.setUint8(0, (PROTOCOL_VERSION << 4) | type)
    this.frame.set(payload, 1)
    return this.finish(1 + payload.length)
  }

  private finish(length: number): Uint8Array {
    this.view.setUint32(length, crc32c(this.frame, 0, length), true)
    this.wire[0] = 0
    const end = cobsEncode(this.frame, 0, length + CRC_BYTES, this.wire, 1)
    this.wire[end] = 0
    return this.wire.subarray(0, end + 1)
  }
}
