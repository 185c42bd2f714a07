import { describe, expect, it } from 'vitest'
import { PacketFlag } from '../../../../src/domain/packet.js'
import { Resampler } from '../../../../src/sensing/signal/resample.js'
import { ShapeReader } from '../../../../src/sensing/signal/shape.js'
import { saturatedShare } from '../../../../src/sensing/signal/validation.js'
import { centred, csiPacket, range, seededRandom } from '../../../support/packets.js'

describe('ShapeReader', () => {
  it('agrees with the definition: log of amplitude less its mean, and 20·log10 of the rms', () => {
    const random = seededRandom(1)
    const packet = csiPacket({}, () => 10 + 40 * random())
    const shape = new Float32Array(52)
    const levelDb = new ShapeReader(centred, 52).read(packet, shape)
    const amplitude = centred.usable.map((bin) => Math.hypot(packet.iq[2 * bin], packet.iq[2 * bin + 1]))
    const mean = amplitude.reduce((total, a) => total + Math.log(a), 0) / 52
    amplitude.forEach((a, i) => expect(shape[i]).toBeCloseTo(Math.log(a) - mean, 5))
    const rms = Math.sqrt(amplitude.reduce((total, a) => total + a * a, 0) / 52)
    expect(levelDb).toBeCloseTo(20 * Math.log10(rms), 9)
  })

  it('has a shape that no common factor changes, and a level that the factor shifts', () => {
    const reader = new ShapeReader(centred, 52)
    const weak = new Float32Array(52)
    const strong = new Float32Array(52)
    const amplitude = (n: number): number => 20 + n / 2
    const weakDb = reader.read(csiPacket({}, amplitude), weak)
    const packet = csiPacket({}, amplitude)
    packet.iq.forEach((value, i) => (packet.iq[i] = 2 * value))
    const strongDb = reader.read(packet, strong)
    expect(strongDb - weakDb).toBeCloseTo(6.0206, 3)
    strong.forEach((value, i) => expect(value).toBeCloseTo(weak[i], 5))
  })

  it('takes a silent bin for half a step, never for minus infinity', () => {
    const shape = new Float32Array(52)
    new ShapeReader(centred, 52).read(
      csiPacket({}, () => 0),
      shape,
    )
    expect([...shape].every((value) => value === 0)).toBe(true)
  })

  it('replaces the bins of an invalid first word by their neighbour', () => {
    const layout = { id: 9, name: 'from-0', bins: 64, usable: range(0, 51) }
    const reader = new ShapeReader(layout, 52)
    const packet = csiPacket({ flags: PacketFlag.firstWordInvalid }, () => 30, layout)
    const clean = new Float32Array(52)
    const cleanDb = reader.read(packet, clean)
    packet.iq.set([127, -128, 99, 4])
    const junk = new Float32Array(52)
    expect(reader.read(packet, junk)).toBe(cleanDb)
    expect(junk).toEqual(clean)
    expect(junk[0]).toBe(junk[2])
  })
})

describe('Resampler', () => {
  it.each([114, 57, 53, 40])('keeps a straight line straight from %i values to 52', (from) => {
    const output = new Float32Array(52)
    new Resampler(from, 52).run(
      Float64Array.from({ length: from }, (_, i) => 3 + i),
      output,
    )
    output.forEach((value, i) => expect(value).toBeCloseTo(3 + (i * (from - 1)) / 51, 4))
  })

  it('passes 52 values through unchanged', () => {
    const input = Float64Array.from({ length: 52 }, (_, i) => Math.sin(i))
    const output = new Float32Array(52)
    new Resampler(52, 52).run(input, output)
    expect(output).toEqual(Float32Array.from(input))
  })
})

describe('saturatedShare', () => {
  const saturate = (count: number, value: number, flags = 0): number => {
    const packet = csiPacket({ flags })
    for (const bin of centred.usable.slice(0, count)) packet.iq[2 * bin] = value
    return saturatedShare(packet, centred.usable)
  }

  it('counts usable bins at either end of the 8-bit range', () => {
    expect(saturate(13, 127)).toBe(0.25)
    expect(saturate(13, -128)).toBe(0.25)
    expect(saturate(13, 126)).toBe(0)
  })

  it('knows the 12-bit range, and values that gain compensation has moved beyond any', () => {
    expect(saturate(13, 127, PacketFlag.iq12)).toBe(0)
    expect(saturate(13, -2048, PacketFlag.iq12)).toBe(0.25)
    expect(saturate(13, 300)).toBe(0)
  })
})
