import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PacketFlag } from '../../../../src/domain/packet.js'
import { FrameType, FrameWriter } from '../../../../src/sensing/wire/frame.js'
import * as stream from './streams.js'

const { c6, classic, decoder, expectBalanced, fields, frame, noise, packets, run, text, tool } = stream

describe('binary frames', () => {
  it('carry every field', () => {
    expect(run(decoder(), frame(70_000))[0]).toMatchObject({
      dialect: 'ajar-1',
      sequence: 70_000 & 0xffff,
      transmitterSequence: 70_000,
      deviceTimeUs: 700_000_000,
      transmitter: '1a:00:00:00:00:01',
      rssiDbm: -48,
      noiseFloorDbm: -96,
      agcGain: 36,
      fftGain: -3,
      channel: 11,
      bandwidthMhz: 20,
      layoutId: 2,
      flags: PacketFlag.authOk,
      iq: [...fields(70_000).iq],
    })
  })
  it('carry 12-bit values as 16 bits each', () => {
    const wide = Int16Array.of(-2048, 2047, 5, -1)
    const iq = new Int8Array(wide.buffer)
    const wire = new FrameWriter().csi({ ...fields(1), flags: PacketFlag.iq12, iq })
    expect(run(decoder(), Buffer.from(wire))[0]).toMatchObject({ iq: [...wide] })
  })
  it('that are no CSI go by as control frames', () => {
    const wire = Buffer.from(new FrameWriter().control(FrameType.hello, Uint8Array.of(1, 0, 2)))
    const one = decoder()
    expect(run(one, wire)).toEqual([
      { kind: 'control', type: FrameType.hello, payload: [1, 0, 2], hostTimeUs: 7 },
    ])
    expect(one.counters).toMatchObject({ received: 0, control: 1 })
  })
  it('that were dropped, flipped, injected or doubled are accounted for', () => {
    const damage = fc.record({
      at: fc.nat(9_000),
      kind: fc.constantFrom('drop', 'flip', 'inject', 'double'),
    })
    const sent = 40
    fc.assert(
      fc.property(fc.array(damage, { maxLength: 12 }), (damages) => {
        const bytes = [...Buffer.concat(Array.from({ length: sent }, (_, i) => frame(i)))]
        for (const { at, kind } of damages) {
          const place = at % bytes.length
          if (kind === 'drop') bytes.splice(place, 1)
          else if (kind === 'flip') bytes[place] ^= 1 << (at % 8)
          else bytes.splice(place, 0, kind === 'inject' ? at & 0xff : bytes[place])
        }
        const one = decoder()
        const good = packets(run(one, Uint8Array.from(bytes)))
        expectBalanced(one)
        // One damage spoils one frame, or two where it takes the zeros between them.
        expect(good.length).toBeGreaterThanOrEqual(sent - 2 * damages.length)
        for (const packet of good) expect(packet.iq).toEqual([...fields(packet.transmitterSequence).iq])
      }),
      { numRuns: 60 },
    )
  })
  it('are never found in 1 MiB of noise', () => {
    const one = decoder()
    run(one, noise(1 << 20))
    expect(one.counters).toMatchObject({ used: 0, control: 0 })
    expect(one.counters.received).toBeGreaterThan(1000)
    expectBalanced(one)
  })
})

describe('any stream', () => {
  const whole = Buffer.concat([
    text('type,id,mac', classic(1, 10), 'I (24) boot: ESP-IDF', classic(2, 20).slice(0, 90) + classic(3, 30)),
    frame(4),
    frame(5),
    text(c6(6, 60), `${tool(70)}\r`, '\x1b[0;32mI (31) wifi: coloured\x1b[0m'),
    frame(8),
    noise(6000),
    text(...Array.from({ length: 6 }, (_, i) => classic(i, 10 * i))),
    Buffer.alloc(70_000, 'x'),
    text('', classic(8, 80)),
    Buffer.from(classic(9, 90)),
  ])
  /** Of an oversized line the length at which it was given up depends on the chunks. */
  const stable = (items: ReturnType<typeof run>) =>
    items.map((item) => (item.kind === 'discarded' && item.reason === 'oversize' ? item.reason : item))

  it('changes its dialect at will, from text to binary and back', () => {
    const items = run(
      decoder(),
      Buffer.concat([
        text(classic(1, 10), tool(20)),
        frame(3),
        frame(4),
        text(c6(5, 50), 'I (1) boot: ok'),
        frame(6),
      ]),
    )
    expect(packets(items).map(({ dialect }) => dialect)).toEqual([
      'esp-csi',
      'esp32-csi-tool',
      'ajar-1',
      'ajar-1',
      'esp-csi-c6',
      'ajar-1',
    ])
    expect(items).toHaveLength(6)
  })
  it('names the dialect it speaks', () => {
    const one = decoder()
    expect(one.dialect).toBe('')
    run(one, text(tool(20)))
    expect(one.dialect).toBe('esp32-csi-tool')
  })
  it('gives the same packets and counts wherever it is cut', () => {
    const reference = decoder()
    const expected = stable(run(reference, whole))
    expect(reference.counters).toMatchObject({ used: 15, discarded: { spliced: 1, oversize: 1 } })
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 30 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), whole.length]
        const one = decoder()
        const pieces = places.slice(1).map((place, i) => whole.subarray(places[i], place))
        expect(stable(run(one, ...pieces))).toEqual(expected)
        expect(one.counters).toEqual(reference.counters)
      }),
      { numRuns: 100 },
    )
  })
  it('gives the same packets and counts byte by byte', () => {
    const one = decoder()
    const bytes = Array.from(whole, (byte) => Uint8Array.of(byte))
    expect(stable(run(one, ...bytes))).toEqual(stable(run(decoder(), whole)))
  })
  it('is not read beyond its end, where earlier lines have left a mark', () => {
    const one = decoder()
    run(one, ...['boot CSI_DATA,1,2', '3\n', 'abcd ', 'C\n'].map((piece) => Buffer.from(piece)))
    expect(one.counters).toMatchObject({ received: 1, other: 1, discarded: { truncated: 1 } })
  })
  it('counts noise the same wherever it is cut', () => {
    const bytes = noise(300_000, 5)
    const reference = decoder()
    run(reference, bytes)
    for (const size of [61, 1000, 4096, 65_536]) {
      const one = decoder()
      const pieces = []
      for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size))
      run(one, ...pieces)
      expect(one.counters).toEqual(reference.counters)
    }
  })
  it('never makes the decoder throw or miscount, whatever is in it', () => {
    const part = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(whole), fc.string({ maxLength: 80 }))
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const one = decoder()
        run(one, ...parts.map((bytes) => Buffer.from(bytes as Uint8Array)))
        expectBalanced(one)
      }),
      { numRuns: 100 },
    )
  })
  it('loses at most the lines that were damaged', () => {
    const sent = 30
    const lines = text(...Array.from({ length: sent }, (_, i) => classic(i, 100 * i)))
    const damage = fc.record({ at: fc.nat(lines.length - 1), byte: fc.nat(255) })
    fc.assert(
      fc.property(fc.array(damage, { maxLength: 6 }), (damages) => {
        const bytes = Buffer.from(lines)
        // A zero byte would mean frames, and put off what follows until it is clear that it does not.
        for (const { at, byte } of damages) bytes[at] = Math.max(1, byte)
        const one = decoder()
        run(one, bytes)
        expectBalanced(one)
        expect(one.counters.used).toBeGreaterThanOrEqual(sent - 2 * damages.length)
      }),
      { numRuns: 100 },
    )
  })
  it('keeps a line that never ends within bounds, counts it once, and goes on behind it', () => {
    const one = decoder()
    const endless = Buffer.alloc(1 << 20, 'x')
    run(one, endless)
    const before = process.memoryUsage().arrayBuffers
    for (let i = 0; i < 100; i++) one.push({ bytes: endless, hostTimeUs: 7 }, () => undefined)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20)
    expect(one.counters).toMatchObject({ received: 2, discarded: { oversize: 2 } })
    run(one, text('', classic(1, 2)))
    expect(one.counters).toMatchObject({ received: 3, used: 1 })
  })
})
