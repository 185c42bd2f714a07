import { describe, expect, it } from 'vitest'
import { PacketFlag } from '../../../../src/domain/packet.js'
import * as stream from './streams.js'

const { ARRAY, VALUES, c6, classic, decoder, expectBalanced, packets, radar, reasons, run, text, tool } =
  stream

describe('text dialects', () => {
  it('read every header field of esp-csi', () => {
    const line = classic(7, -5).replace(',0,128,0,', ',1,128,1,')
    expect(run(decoder(), text(line))).toEqual([
      {
        kind: 'packet',
        dialect: 'esp-csi',
        transmitter: '1a:00:00:00:00:01',
        sequence: 7,
        transmitterSequence: NaN,
        deviceTimeUs: 2 ** 32 - 5,
        hostTimeUs: 7,
        bootId: 0,
        rssiDbm: -48,
        noiseFloorDbm: -97,
        agcGain: NaN,
        fftGain: NaN,
        channel: 11,
        bandwidthMhz: 40,
        layoutId: 2,
        flags: PacketFlag.rxErr | PacketFlag.firstWordInvalid,
        marker: '',
        iq: VALUES,
        usable: Array.from({ length: 64 }, (_, i) => Number(i >= 6 && i <= 58 && i !== 32)),
      },
    ])
  })

  it('read numbers beyond 32 bits signed', () => {
    expect(run(decoder(), text(classic(4_000_000_000, 3_000_000_000)))[0]).toMatchObject({
      sequence: 4_000_000_000,
      deviceTimeUs: 3_000_000_000,
    })
  })

  it('read gains and junk first words where they are printed', () => {
    expect(run(decoder(), text(c6(1, 2)))[0]).toMatchObject({
      dialect: 'esp-csi-c6',
      agcGain: 36,
      fftGain: -3,
      noiseFloorDbm: -96,
      flags: PacketFlag.firstWordInvalid,
    })
  })

  it.each([
    ['a comma', `"[${ARRAY}]"`],
    ['a comma and a space', `"[${VALUES.join(', ')}]"`],
    ['base64', Buffer.from(Int8Array.from(VALUES)).toString('base64')],
  ])('read an array of esp-radar with %s', (_, data) => {
    expect(run(decoder(), text(radar(data)))[0]).toMatchObject({
      dialect: 'esp-radar',
      iq: VALUES,
      agcGain: 30,
      fftGain: 5,
    })
  })

  it.each([
    ['leading columns', `1785234776.28,0,room2,${classic(1, 2)}`],
    ['leading columns and quotes', `1.5,"room, 2","${classic(1, 2).replaceAll('"', '""')}"`],
    ['a class behind', `${classic(1, 2)},1`],
    ['a host time behind', `${classic(1, 2)},1644350341.123456`],
    ['a carriage return', `${classic(1, 2)}\r`],
  ])('read a line with %s', (_, line) => {
    const items = run(decoder(), text(line, line))
    expect(items.map((item) => item.kind)).toEqual(['packet', 'packet'])
    expect(items[1]).toMatchObject({ iq: VALUES, deviceTimeUs: 2 })
  })

  it('read values beyond int8 only where gain is compensated or 12 bits are sent', () => {
    const wide = [-2048, 2047, ...VALUES.slice(2)]
    const one = decoder()
    expect(packets(run(one, text(c6(1, 2, wide.join(','))))).map(({ iq }) => iq)).toEqual([wide])
    expect(reasons(run(one, text(classic(1, 2, wide.join(',')))))).toEqual(['out-of-range'])
  })

  it('accept the 128 values that ESP32-CSI-Tool prints of 384, and no other number', () => {
    const one = decoder()
    const items = run(one, text(tool(1), tool(2, VALUES.slice(1)), tool(3, VALUES.slice(2))))
    expect(items.map((item) => (item.kind === 'discarded' ? item.reason : item.kind))).toEqual([
      'packet',
      'length',
      'length',
    ])
  })

  it('make I/Q, markers and times of a labelled table', () => {
    const header = 'Label,CH6_mag,CH7_mag,CH6_phase,CH7_phase'
    const rows = ['0,5,13,0.643501,-1.176005', 'ajar,1e1,0,3.141593,0', '90,5,13,0.6', '90,5,x,0,0']
    const one = decoder()
    const items = run(one, text(header, ...rows, header, '15,2,0,-1.570796,0'))
    expect(packets(items).map(({ marker, iq, deviceTimeUs }) => [marker, iq, deviceTimeUs])).toEqual([
      ['0', [3, 4, -12, 5], 0],
      ['ajar', [0, -10, 0, 0], 250_000],
      ['15', [-2, 0, 0, 0], 500_000],
    ])
    expect(reasons(items)).toEqual(['columns', 'bad-field'])
    expect(packets(items)[0]).toMatchObject({ transmitter: '', rssiDbm: NaN, dialect: 'labelled-table' })
  })

  it('make packets of bare arrays, but not of what a build prints', () => {
    const one = decoder()
    const items = run(one, text(`[${ARRAY}]`, '[1/10] Building', '[1,2,3]', '[0;32mI (24) boot'))
    expect(packets(items).map(({ dialect, iq }) => [dialect, iq])).toEqual([['bare-array', VALUES]])
    expect(one.counters).toMatchObject({ received: 2, other: 2, discarded: { length: 1 } })
  })

  it('end a table where a CSI line decodes, and count what a log prints within it as other', () => {
    const one = decoder()
    const header = 'Label,CH6_mag,CH7_mag,CH6_phase,CH7_phase'
    const log = 'I (24) boot: a, b'
    const items = run(
      one,
      text(header, log, '[1,2,3,4]', '0,5,13,0.6', classic(1, 2), log, '0,5,13,0,0', '[5,6]'),
    )
    expect(packets(items).map(({ dialect }) => dialect)).toEqual(['bare-array', 'esp-csi', 'bare-array'])
    expect(one.counters).toMatchObject({ received: 4, used: 3, other: 3, discarded: { columns: 1 } })
    const usual = decoder()
    run(usual, text(classic(1, 2), header, '0,5,13,0,0', classic(2, 3), '0,5,13,0,0'))
    expect(usual.counters).toMatchObject({ received: 3, used: 3, other: 1 })
  })

  it.each(['-5', '-100000', '1e5', '32768'])('refuse a magnitude of %s in a table', (magnitude) => {
    const items = run(decoder(), text('Label,CH6_mag,CH7_mag,CH6_phase,CH7_phase', `0,1,${magnitude},0,0`))
    expect(reasons(items)).toEqual(['out-of-range'])
  })

  it('take no longer for a line of spaces than for another', () => {
    const one = decoder()
    const started = performance.now()
    run(one, text(`CSI_DATA,${' '.repeat(65_000)}x[1]`, `CSI_DATA,${'"'.repeat(65_000)}x[1]`))
    expect(performance.now() - started).toBeLessThan(500)
    expect(one.counters).toMatchObject({ received: 2, discarded: { columns: 2 } })
  })

  it.each([
    ['spliced', `CSI_DATA,1,1a:00:00${classic(2, 3)}`, 1],
    ['spliced', classic(1, 2) + classic(2, 3), 1],
    ['spliced', `CSI_DATA,1,CSI_DATA,CSI_DATA,${classic(2, 3)}`, 1],
    ['truncated', classic(1, 2).slice(0, -2), 0],
    ['truncated', classic(1, 2).slice(0, 40), 0],
    ['truncated', 'CSI_DATA,1,1a:00', 0],
    ['columns', classic(1, 2).replace(',11,2,', ',11,'), 0],
    ['columns', classic(1, 2).replace(',11,2,', ',11,2,2,'), 0],
    ['length', classic(1, 2, VALUES.slice(1).join(',')), 0],
    ['length', classic(1, 2, `${ARRAY},1`), 0],
    ['length', classic(1, 2, Array(5000).fill(1).join(',')), 0],
    ['bad-field', classic(1, 2).replace('-48', '-4x'), 0],
    ['bad-field', classic(1, 2).replace('-48', ''), 0],
    ['bad-field', classic(1, 2, ARRAY, '1A:00:00:00:0G:01'), 0],
    ['not-integer', classic(1, 2, ARRAY.replace('-100,', '-1.5,')), 0],
    ['not-integer', classic(1, 2, ARRAY.replace('-100,', '-,')), 0],
    ['not-integer', classic(1, 2, ARRAY.replace(',-63,', ',6:,')), 0],
    ['not-integer', classic(1, 2, ARRAY.replace(',-63,', ',-/3,')), 0],
    ['not-integer', classic(1, 2, ARRAY.replace(',-63,', ',1-3,')), 0],
    ['out-of-range', classic(1, 2, ARRAY.replace('-100,', '-129,')), 0],
    ['out-of-range', classic(1, 2, ARRAY.replace('-100,', '128,')), 0],
    ['out-of-range', classic(1, 2, ARRAY.replace('-100,', '99999999999,')), 0],
    ['out-of-range', classic(1, 2 ** 32), 0],
    ['out-of-range', classic(1, -(2 ** 31) - 1), 0],
    ['out-of-range', classic(1, 99999999999999999999), 0],
  ])('count %s: %.60s…', (reason, line, good) => {
    for (const before of [[], [classic(0, 1)]]) {
      const one = decoder()
      const items = run(one, text(...before, line, classic(9, 9)))
      expect(new Set(reasons(items))).toEqual(new Set([reason]))
      expect(one.counters.used).toBe(before.length + good + 1)
      expectBalanced(one)
    }
  })

  it('count a spliced fragment for each earlier mark', () => {
    const one = decoder()
    run(one, text(`CSI_DATA,1,CSI_DATA,CSI_DATA,${classic(2, 3)}`))
    expect(one.counters).toMatchObject({ received: 4, used: 1, discarded: { spliced: 3 } })
  })

  it('count other lines, and neither headers nor empty lines', () => {
    const one = decoder()
    const header = 'type,role,mac,rssi,CSI_DATA,timestamp'
    run(
      one,
      text(header, '', '\r', 'I (24) boot: ESP-IDF v5.5.4', 'csi> ', 'Traceback (most recent call last):'),
    )
    expect(one.counters).toEqual({ received: 0, used: 0, other: 3, control: 0, discarded: {} })
  })

  it('count foreign transmitters apart', () => {
    const one = decoder(['1A:00:00:00:00:01'])
    run(one, text(classic(1, 2), tool(3)))
    expect(one.counters).toMatchObject({ received: 2, used: 1, discarded: { foreign: 1 } })
  })
})
