import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PacketDecoder } from '../../../../src/sensing/packet/decoder.js'
import { FrameWriter, type CsiFields } from '../../../../src/sensing/wire/frame.js'
import { packets, reasons, run } from '../packet/streams.js'

type Fields = Omit<CsiFields, 'mac' | 'iq'> & { mac: string; iq: string }

interface Vectors {
  protocol: number
  csi: { name: string; csi: Fields; wire: string }[]
  control: { name: string; type: number; payload: string; wire: string }[]
  rejected: { name: string; reason: string; wire: string }[]
}

const vectors = JSON.parse(readFileSync('firmware/vectors/frames.json', 'utf8')) as Vectors
const hex = (text: string) => Buffer.from(text, 'hex')
const decoder = () => new PacketDecoder({ transmitters: [], tablePacketsPerSecond: 1 })

describe('the vectors that the firmware shares', () => {
  it.each(vectors.csi)('CSI: $name', ({ csi, wire }) => {
    const { mac, iq, ...fields } = csi
    const written = new FrameWriter().csi({
      ...fields,
      mac: hex(mac.replaceAll(':', '')),
      iq: new Int8Array(hex(iq)),
    })
    expect(Buffer.from(written).toString('hex')).toBe(wire)
    const [packet] = packets(run(decoder(), hex(wire)))
    const { rssiDbm, noiseFloorDbm, agcGain, fftGain, channel, layoutId } = fields
    const { flags, sequence, transmitterSequence } = fields
    const wide = (flags & 8) !== 0
    expect(packet).toMatchObject({
      dialect: 'ajar-1',
      transmitter: mac,
      deviceTimeUs: fields.timeUs,
      bandwidthMhz: fields.bandwidth === 1 ? 40 : 20,
      ...{
        rssiDbm,
        noiseFloorDbm,
        agcGain,
        fftGain,
        channel,
        layoutId,
        flags,
        sequence,
        transmitterSequence,
      },
      iq: Array.from({ length: hex(iq).length / (wide ? 2 : 1) }, (_, i) =>
        wide ? hex(iq).readInt16LE(2 * i) : hex(iq).readInt8(i),
      ),
    })
  })

  it.each(vectors.control)('control: $name', ({ type, payload, wire }) => {
    expect(Buffer.from(new FrameWriter().control(type, hex(payload))).toString('hex')).toBe(wire)
    expect(run(decoder(), hex(wire))).toMatchObject([{ kind: 'control', type, payload: [...hex(payload)] }])
  })

  it.each(vectors.rejected)('refused: $name', ({ reason, wire }) => {
    // A first frame tells the decoder that this stream is binary; the last shows that it goes on.
    const [good] = vectors.csi
    const items = run(decoder(), hex(good.wire), hex(wire), hex(good.wire))
    expect(reasons(items)).toEqual([reason])
    expect(packets(items)).toHaveLength(2)
  })
})
