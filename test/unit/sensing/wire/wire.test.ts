import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cobsBound, cobsDecode, cobsEncode } from '../../../../src/sensing/wire/cobs.js'
import { crc32c } from '../../../../src/sensing/wire/crc32c.js'
import { FrameType, FrameWriter, MAX_IQ_BYTES } from '../../../../src/sensing/wire/frame.js'

const bytes = (text: string) => new TextEncoder().encode(text)

function encode(input: Uint8Array): Uint8Array {
  const output = new Uint8Array(cobsBound(input.length))
  return output.subarray(0, cobsEncode(input, 0, input.length, output, 0))
}

describe('CRC-32C', () => {
  it('has the check value of the standard', () => {
    expect(crc32c(bytes('123456789'))).toBe(0xe3069283)
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa) // RFC 3720 B.4
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43)
  })
  it('notices every single flipped bit', () => {
    const frame = Uint8Array.from({ length: 61 }, (_, i) => i * 37)
    const good = crc32c(frame)
    for (let bit = 0; bit < frame.length * 8; bit++) {
      frame[bit >> 3] ^= 1 << (bit & 7)
      expect(crc32c(frame)).not.toBe(good)
      frame[bit >> 3] ^= 1 << (bit & 7)
    }
  })
})

describe('COBS', () => {
  it.each([
    [[], [1]],
    [[0], [1, 1]],
    [
      [0, 0],
      [1, 1, 1],
    ],
    [
      [0x11, 0x22, 0, 0x33],
      [3, 0x11, 0x22, 2, 0x33],
    ],
    [
      [0x11, 0, 0, 0],
      [2, 0x11, 1, 1, 1],
    ],
  ])('encodes %j as %j', (input, wire) => {
    expect([...encode(Uint8Array.from(input))]).toEqual(wire)
  })
  it('needs no extra block after 254 bytes without a zero', () => {
    const wire = encode(Uint8Array.from({ length: 254 }, (_, i) => i + 1))
    expect(wire.length).toBe(255)
    expect(wire[0]).toBe(255)
  })
  it('gives back what went in, without a zero on the wire', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 900 }), (input) => {
        const wire = encode(input)
        expect(wire.includes(0)).toBe(false)
        expect(wire.length).toBeLessThanOrEqual(cobsBound(input.length))
        const output = new Uint8Array(input.length)
        expect(cobsDecode(wire, 0, wire.length, output)).toBe(input.length)
        expect(output.subarray(0, input.length)).toEqual(input)
      }),
    )
  })
  it('gives back runs around the length of a full block', () => {
    for (const length of [253, 254, 255, 507, 508, 509, 700]) {
      for (const zeroAt of [-1, 0, 100, 254, length - 1]) {
        const input = Uint8Array.from({ length }, (_, i) => (i === zeroAt ? 0 : (i % 255) + 1))
        const wire = encode(input)
        const output = new Uint8Array(length + zeroAt + 2)
        expect(cobsDecode(wire, 0, wire.length, output)).toBe(length)
        expect(output.subarray(0, input.length)).toEqual(input)
      }
    }
  })
  it('refuses a code beyond the end and an output that is too small', () => {
    expect(cobsDecode(Uint8Array.of(5, 1, 2), 0, 3, new Uint8Array(9))).toBe(-1)
    expect(cobsDecode(Uint8Array.of(4, 1, 2, 3), 0, 4, new Uint8Array(2))).toBe(-1)
    expect(cobsDecode(Uint8Array.of(2, 1, 9, 3), 0, 4, new Uint8Array(9))).toBe(-1)
    expect(cobsDecode(Uint8Array.of(255, 1, 2), 0, 3, new Uint8Array(9))).toBe(-1)
  })
})

describe('frames', () => {
  it('stand between zero bytes', () => {
    const wire = new FrameWriter().control(FrameType.log, bytes('hello'))
    expect(wire[0]).toBe(0)
    expect(wire[wire.length - 1]).toBe(0)
    expect(wire.subarray(1, -1).includes(0)).toBe(false)
  })
  it('are bounded', () => {
    expect(() => new FrameWriter().control(FrameType.log, new Uint8Array(5000))).toThrow(RangeError)
    const fields = { iq: new Int8Array(MAX_IQ_BYTES + 2), mac: new Uint8Array(6) } as never
    expect(() => new FrameWriter().csi(fields)).toThrow(RangeError)
  })
})
