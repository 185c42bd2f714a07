import type { ControlFrame, DecodeReason } from '../../domain/packet.js'
import { PacketFlag } from '../../domain/packet.js'
import { cobsDecode } from '../wire/cobs.js'
import { crc32c } from '../wire/crc32c.js'
import {
  CRC_BYTES,
  CSI_HEADER_BYTES,
  FrameType,
  MAX_FRAME_BYTES,
  MIN_FRAME_BYTES,
  PROTOCOL_VERSION,
} from '../wire/frame.js'
import type { DeviceClock } from './device-clock.js'
import type { MacNames, ReusedPacket } from './reused-packet.js'

/** The COBS form of a whole frame, without its zero bytes → packet or control frame. */
export class BinaryDecoder {
  readonly control: ControlFrame = { kind: 'control', type: 0, payload: new Uint8Array(0), hostTimeUs: 0 }
  private readonly frame = new Uint8Array(MAX_FRAME_BYTES)
  private readonly view = new DataView(this.frame.buffer)
  /** The frame's IQ bytes, made anew only when their number changes. */
  private iq = new Int8Array(this.frame.buffer, CSI_HEADER_BYTES, 0)

  constructor(
    private readonly packet: ReusedPacket,
    private readonly macs: MacNames,
    private readonly clock: DeviceClock,
  ) {}

  /** 'packet' and 'control' say where the result stands; else the reason why there is none. */
  decode(wire: Uint8Array, from: number, to: number): 'packet' | 'control' | DecodeReason {
    if (to - from < MIN_FRAME_BYTES + 1) return 'frame-length'
    const { frame, view } = this
    const length = cobsDecode(wire, from, to, frame)
    if (length < 0) return to - from > MAX_FRAME_BYTES ? 'frame-length' : 'cobs'
    const body = length - CRC_BYTES
    if (body < 1) return 'frame-length'
    if (view.getUint32(body, true) !== crc32c(frame, 0, body)) return 'crc'
    if (frame[0] >> 4 !== PROTOCOL_VERSION) return 'version'
    const type = frame[0] & 15
    if (type !== FrameType.csi) {
      this.control.type = type
      this.control.payload = frame.subarray(1, body)
      return 'control'
    }
    if (body < CSI_HEADER_BYTES) return 'frame-length'
    const bytes = view.getUint16(26, true)
    if (CSI_HEADER_BYTES + bytes !== body) return 'length'
    return this.fill(bytes)
  }

  private fill(bytes: number): 'packet' | DecodeReason {
    const { packet, frame, view } = this
    const flags = frame[1]
    const wide = (flags & PacketFlag.iq12) !== 0
    if ((bytes & (wide ? 3 : 1)) !== 0) return 'length'
    const count = wide ? bytes >> 1 : bytes
    const values = packet.values
    if (wide) for (let i = 0; i < count; i++) values[i] = view.getInt16(CSI_HEADER_BYTES + 2 * i, true)
    else {
      if (this.iq.length !== count) this.iq = new Int8Array(frame.buffer, CSI_HEADER_BYTES, count)
      values.set(this.iq)
    }
    packet.dialect = 'ajar-1'
    packet.flags = flags
    packet.sequence = frame[2] | (frame[3] << 8)
    this.clock.update(view.getUint32(4, true))
    packet.deviceTimeUs = this.clock.timeUs
    packet.bootId = this.clock.bootId
    const high = (frame[8] << 16) | (frame[9] << 8) | frame[10]
    const low = (frame[11] << 16) | (frame[12] << 8) | frame[13]
    packet.transmitter = this.macs.name(high * 0x1000000 + low)
    packet.rssiDbm = (frame[14] << 24) >> 24
    packet.noiseFloorDbm = (frame[15] << 24) >> 24
    packet.agcGain = frame[16]
    packet.fftGain = (frame[17] << 24) >> 24
    packet.channel = frame[18]
    packet.bandwidthMhz = (frame[19] & 3) === 1 ? 40 : 20
    packet.transmitterSequence = view.getUint32(22, true)
    packet.marker = ''
    packet.setLayout(frame[21], count)
    return 'packet'
  }
}
