import { describe, expect, it } from 'vitest'
import type { Layout } from '../../../../src/domain/layout.js'
import { MaskProbe } from '../../../../src/sensing/signal/mask.js'
import { centred, csiPacket, range } from '../../../support/packets.js'

const classic: Layout = { id: 1, name: 'lltf-64', bins: 64, usable: [...range(38, 63), ...range(2, 26)] }

function verdict(declared: Layout, alive: readonly number[], packets = 16): boolean | undefined {
  const probe = new MaskProbe(declared)
  const packet = csiPacket({}, () => 30, { ...declared, usable: alive })
  for (let i = 0; i < packets; i++) probe.push(packet.iq)
  return probe.fits
}

describe('MaskProbe', () => {
  it('believes a layout that the data show', () => {
    expect(verdict(centred, centred.usable)).toBe(true)
    expect(verdict(classic, classic.usable)).toBe(true)
  })

  it('waits for enough packets', () => {
    expect(verdict(centred, centred.usable, 15)).toBeUndefined()
  })

  it('refuses the one order for the other', () => {
    expect(verdict(centred, classic.usable)).toBe(false)
    expect(verdict(classic, centred.usable)).toBe(false)
  })

  it('refuses energy among the guard bins, but forgives the leaks of classic chips', () => {
    expect(verdict(classic, range(2, 63))).toBe(false)
    expect(verdict(classic, [...range(0, 29), ...range(35, 63)])).toBe(true)
  })

  it('forgives two dead subcarriers, not three', () => {
    expect(verdict(centred, centred.usable.slice(2))).toBe(true)
    expect(verdict(centred, centred.usable.slice(3))).toBe(false)
  })

  it('looks again after a refusal', () => {
    const probe = new MaskProbe(centred)
    const wrong = csiPacket({}, () => 30, classic)
    const right = csiPacket()
    for (let i = 0; i < 16; i++) probe.push(wrong.iq)
    expect(probe.fits).toBe(false)
    for (let i = 0; i < 16; i++) probe.push(right.iq)
    expect(probe.fits).toBe(true)
  })
})
