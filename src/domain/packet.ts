/** Bytes as a source delivered them. Reused. */
export interface Chunk {
  bytes: Uint8Array
  /** Host monotonic time at arrival, µs. */
  hostTimeUs: number
}

/** Flags of a packet, bit values as on the wire (firmware/PROTOCOL.md). */
export const PacketFlag = {
  firstWordInvalid: 1,
  authOk: 2,
  gainForced: 4,
  iq12: 8,
  estInvalid: 16,
  stbc: 32,
  dropped: 64,
  rxErr: 128,
} as const

/** One CSI measurement. Reused: valid until the decoder's next call. NaN = the dialect does not state it. */
export interface CsiPacket {
  kind: 'packet'
  dialect: string
  /** MAC in lower case, '' = not stated. */
  transmitter: string
  /** The receiver's own packet number (esp-csi counts received packets: no measure of loss). */
  sequence: number
  /** The transmitter's packet number where the dialect carries it: gaps in it are loss. */
  transmitterSequence: number
  /** Device clock, µs, unwrapped within a boot; NaN where the stamp jumps and is not believed yet. */
  deviceTimeUs: number
  /** Host monotonic clock, µs. */
  hostTimeUs: number
  /** Rises whenever the device clock starts again (power-up, reset); unknown boots count from 0. */
  bootId: number
  rssiDbm: number
  noiseFloorDbm: number
  agcGain: number
  /** Signed, quarter dB. */
  fftGain: number
  channel: number
  bandwidthMhz: 20 | 40
  /** Index into sensing/packet/layouts.json. */
  layoutId: number
  /** Bits of PacketFlag. */
  flags: number
  /** Imaginary first, then real: 2 × bins values; 16 bit because of 12-bit and gain-compensated CSI. */
  iq: Int16Array
  /** One for each bin: 1 where the layout's mask says that the bin carries signal. */
  usable: Uint8Array
  /** The marker of the row where the recording itself carries labels (tables), else ''. */
  marker: string
}

/** Why bytes did not become a packet. */
export type DecodeReason =
  | 'spliced'
  | 'truncated'
  | 'columns'
  | 'length'
  | 'bad-field'
  | 'not-integer'
  | 'out-of-range'
  | 'crc'
  | 'cobs'
  | 'frame-length'
  | 'version'
  | 'oversize'

/** Why a decoded packet was not used. */
export type RejectReason =
  'foreign' | 'duplicate' | 'rx-state' | 'layout' | 'unauthenticated' | 'saturated' | 'no-time'

export interface Discarded {
  kind: 'discarded'
  reason: DecodeReason | RejectReason
  /** Length of what was thrown away. */
  bytes: number
  hostTimeUs: number
}

/** A frame of the binary protocol that is not CSI: HELLO, STATUS, LOG, ACK. Reused. */
export interface ControlFrame {
  kind: 'control'
  type: number
  payload: Uint8Array
  hostTimeUs: number
}

/** received = used + sum of discarded, always; other lines and control frames lie outside. */
export interface Counters {
  received: number
  used: number
  /** Lines of text that were never CSI (boot logs, prompts). */
  other: number
  control: number
  discarded: Record<string, number>
}
