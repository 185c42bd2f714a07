import { layoutById } from '../../../../src/sensing/packet/layouts.js'
import { FrameWriter } from '../../../../src/sensing/wire/frame.js'
import { seededNormal } from '../../../support/packets.js'

/** Wire bytes of a still link at 100 packets a second; `senders` take turns, each the last byte of an address. */
export function wireBytes({
  seconds = 4,
  rssiDbm = -50,
  amplitude = 30,
  layoutId = 2,
  seed = 1,
  senders = [1],
  startUs = 1_000_000,
}): Buffer {
  const writer = new FrameWriter()
  const normal = seededNormal(seed)
  const iq = new Int8Array(128)
  const frames = Array.from({ length: seconds * 100 }, (_, sequence) => {
    for (const bin of layoutById(layoutId)?.usable ?? [])
      for (const i of [2 * bin, 2 * bin + 1]) iq[i] = Math.round(amplitude + normal())
    return Buffer.from(
      writer.csi({
        flags: 0,
        sequence,
        timeUs: startUs + sequence * 10_000,
        mac: Uint8Array.of(2, 0, 0, 0, 0, senders[sequence % senders.length]),
        rssiDbm,
        noiseFloorDbm: -95,
        agcGain: 0,
        fftGain: 0,
        channel: 6,
        bandwidth: 0,
        secondary: 0,
        format: 1,
        rate: 11,
        layoutId,
        transmitterSequence: startUs / 10_000 + sequence,
        iq,
      }),
    )
  })
  return Buffer.concat(frames)
}
