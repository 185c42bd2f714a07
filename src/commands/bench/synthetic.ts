import { PacketFlag } from '../../domain/packet.js'
import { FrameWriter } from '../../sensing/wire/frame.js'

const VALUES = 128

/** Amplitude in steps of the converter, delay in samples of 50 ns, drift in radians a packet. */
const PATHS = [
  [22, 0.4, 0],
  [12, 1.3, 0.003],
  [6, 2.9, -0.011],
] as const

/**
 * I/Q of an LLTF as a receiver with a secondary channel gives it: three paths that drift, any common phase, a
 * noise of about one step, guard bins and DC at zero. No random number: every run measures the same bytes.
 */
function iqOf(packet: number): Int8Array {
  const iq = new Int8Array(VALUES)
  for (let bin = 0; bin < VALUES / 2; bin++) {
    const subcarrier = bin - 32
    if (subcarrier === 0 || Math.abs(subcarrier) > 26) continue
    let imaginary = Math.sin(1000 * packet + 77 * bin)
    let real = Math.cos(777 * packet + 91 * bin)
    for (const [amplitude, delay, drift] of PATHS) {
      const phase = (2.4 + drift) * packet - (2 * Math.PI * delay * subcarrier) / 64
      imaginary += amplitude * Math.sin(phase)
      real += amplitude * Math.cos(phase)
    }
    iq[2 * bin] = Math.round(imaginary)
    iq[2 * bin + 1] = Math.round(real)
  }
  return iq
}

/** Lines of esp-csi with 128 values. */
export function textLines(packets: number): Buffer {
  const lines = []
  for (let packet = 0; packet < packets; packet++) {
    const array = iqOf(packet).join(',')
    lines.push(
      `CSI_DATA,${packet},1a:00:00:00:00:00,-48,11,1,0,1,1,1,0,0,0,0,-97,0,11,2,${packet * 10_000},0,47,0,${VALUES},0,"[${array}]"\n`,
    )
  }
  return Buffer.from(lines.join(''))
}

/** The same packets in the binary protocol, 10 ms apart. */
export function binaryFrames(packets: number): Buffer {
  const writer = new FrameWriter()
  const frames = []
  for (let packet = 0; packet < packets; packet++) {
    const wire = writer.csi({
      flags: PacketFlag.authOk,
      sequence: packet,
      timeUs: packet * 10_000,
      mac: Uint8Array.of(0x1a, 0, 0, 0, 0, 0),
      rssiDbm: -48,
      noiseFloorDbm: -97,
      agcGain: 36,
      fftGain: -3,
      channel: 11,
      bandwidth: 0,
      secondary: 1,
      format: 1,
      rate: 11,
      layoutId: 2,
      transmitterSequence: packet,
      iq: iqOf(packet),
    })
    frames.push(Buffer.from(wire))
  }
  return Buffer.concat(frames)
}
