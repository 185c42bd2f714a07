import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { CsiPacket } from '../../../../src/domain/packet.js'
import { layoutById } from '../../../../src/sensing/packet/layouts.js'
import { CAPTURES, capturesAbsent, needsCaptures } from '../../../support/captures.js'
import { decoder } from './streams.js'

const IDS = Array.from({ length: 23 }, (_, i) => i + 1)

describe('layouts', () => {
  it.each(IDS)('%i names bins that exist, each once, and fits the wire', (id) => {
    const layout = layoutById(id)!
    expect(new Set(layout.usable).size).toBe(layout.usable.length)
    expect(Math.max(...layout.usable)).toBeLessThan(layout.bins)
    expect(layout.usable.length).toBeGreaterThanOrEqual(51)
    expect(id).toBeLessThan(256)
  })
  it('has none with the ids 0 and 255', () => {
    expect(layoutById(0)).toBeUndefined()
    expect(layoutById(255)).toBeUndefined()
  })
})

/** Mean amplitude of each bin by layout; layouts with fewer than 10 packets are left out. */
function meanAmplitudes(file: string): Map<number, number[]> {
  const sums = new Map<number, { packets: number; bins: number[] }>()
  const bytes = readFileSync(path.join(CAPTURES, file))
  decoder().push({ bytes: file.endsWith('.gz') ? gunzipSync(bytes) : bytes, hostTimeUs: 0 }, (item) => {
    if (item.kind !== 'packet') return
    const { layoutId, iq }: CsiPacket = item
    const sum = sums.get(layoutId) ?? { packets: 0, bins: Array<number>(iq.length / 2).fill(0) }
    sums.set(layoutId, sum)
    sum.packets++
    for (let bin = 0; bin < sum.bins.length; bin++) sum.bins[bin] += Math.hypot(iq[2 * bin], iq[2 * bin + 1])
  })
  return new Map(
    [...sums]
      .filter(([, { packets }]) => packets >= 10)
      .map(([id, { packets, bins }]) => [id, bins.map((sum) => sum / packets)]),
  )
}

describe.skipIf(capturesAbsent)(`layouts fit the recordings${needsCaptures}`, () => {
  it.each([
    ['formats/esp-csi-classic.csv', [5]],
    ['formats/esp-csi-c6.txt', [10]],
    ['formats/esp-csi-wrapped.csv', [5]],
    ['formats/esp-radar-console.csv', [12]],
    ['formats/esp32-csi-tool.csv', [2]],
    ['formats/esp32-csi-tool-passive.csv', [1]],
    ['formats/esp32-csi-tool-host-time.csv', [5, 2]],
    ['formats/esp32-csi-tool-wrapped.csv', [2]],
    ['formats/monitor-transcript.txt', [2]],
    ['static-reflector/foil_03.csv.gz', [2]],
    ['two-state/los/session40.csv.gz', [5]],
    ['two-state/nlos/session90.csv.gz', [5]],
    ['motion/walk_activity_livroom_02_vasilis_1776092415.txt.gz', [10]],
    ['door-angle/recording-2.csv.gz', [17]],
    ['door-angle/raw-iq.txt', [18]],
  ])('%s', (file, ids) => {
    const means = meanAmplitudes(file)
    expect([...means.keys()]).toEqual(ids)
    for (const [id, bins] of means) {
      const { usable } = layoutById(id)!
      const median = usable.map((bin) => bins[bin]).sort((a, b) => a - b)[usable.length >> 1]
      // Alive where the mask says so, and in order of rising frequency: neighbours are alike.
      for (const [i, bin] of usable.entries()) {
        expect(bins[bin], `bin ${bin}`).toBeGreaterThan(median / 5)
        if (i > 0)
          expect(Math.abs(Math.log(bins[bin] / bins[usable[i - 1]])), `bin ${bin}`).toBeLessThan(0.34)
      }
      // Dead where it does not, as far as the part goes that it is about; bin 0 may be junk, DC leaks.
      for (let bin = 1; bin < Math.min(bins.length, 64); bin++)
        if (!usable.includes(bin)) expect(bins[bin], `bin ${bin}`).toBeLessThan(0.6 * median)
    }
  })
})
