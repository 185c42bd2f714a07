import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { PacketDecoder } from '../../src/sensing/packet/decoder.js'
import { layoutById } from '../../src/sensing/packet/layouts.js'
import type { SignalSettings } from '../../src/sensing/signal/settings.js'
import { SignalStage } from '../../src/sensing/signal/stage.js'
import { CAPTURES, capturesAbsent, needsCaptures } from '../support/captures.js'
import { signalSettings } from '../support/packets.js'

interface Summary {
  packets: number
  discarded: Record<string, number>
  windows: number
  moving: number
  rows: number
  epochs: number
  finite: boolean
  reason: string | undefined
}

/** One recording through decoder and signal stage. */
function run(file: string, settings: SignalSettings = signalSettings): Summary {
  const decoder = new PacketDecoder({ transmitters: [], tablePacketsPerSecond: 3 })
  const stage = new SignalStage({ link: 'test', settings, layoutOf: layoutById })
  const epochs = new Set<number>()
  const summary: Summary = {
    packets: 0,
    discarded: {},
    windows: 0,
    moving: 0,
    rows: 0,
    epochs: 0,
    finite: true,
    reason: undefined,
  }
  const decoded: Parameters<PacketDecoder['push']>[1] = (item) => {
    if (item.kind !== 'packet') return
    summary.packets++
    stage.push(item, (output) => {
      if ('kind' in output) {
        summary.discarded[output.reason] = (summary.discarded[output.reason] ?? 0) + 1
        return
      }
      summary.windows++
      summary.rows = output.rows
      epochs.add(output.epoch)
      if (output.motion.moving) summary.moving++
      if (!output.shape.every(Number.isFinite) || !output.levelDb.every(Number.isFinite))
        summary.finite = false
    })
  }
  const bytes = readFileSync(path.join(CAPTURES, file))
  decoder.push({ bytes: file.endsWith('.gz') ? gunzipSync(bytes) : bytes, hostTimeUs: 0 }, decoded)
  decoder.end(0, decoded)
  summary.epochs = epochs.size
  summary.reason = stage.reason()?.code
  return summary
}

function recordings(folder: string, prefix: string): Summary[] {
  return readdirSync(path.join(CAPTURES, folder))
    .filter((file) => file.startsWith(prefix))
    .sort()
    .map((file) => run(path.join(folder, file)))
}

function movingShare(of: readonly Summary[]): number {
  return sum(of.map(({ moving }) => moving)) / sum(of.map(({ windows }) => windows))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

describe.skipIf(capturesAbsent)(`signal stage on public recordings${needsCaptures}`, () => {
  it('tells walking from an empty room at the factory threshold', () => {
    const still = recordings('motion', 'no_')
    const walking = recordings('motion', 'walk_')
    expect(movingShare(walking)).toBeGreaterThanOrEqual(0.9)
    expect(movingShare(still)).toBeLessThanOrEqual(0.05)
    for (const { finite, rows, windows } of [...still, ...walking]) {
      expect(finite).toBe(true)
      expect(rows).toBe(100)
      expect(windows).toBeGreaterThan(30)
    }
  })

  it('sees no motion at 11 packets a second over a static desk', () => {
    const empty = recordings('static-reflector', 'empty')
    for (const { windows } of empty) expect(windows).toBeGreaterThan(10)
    expect(movingShare(empty)).toBeLessThanOrEqual(0.05)
  })

  it('makes about 40 windows of each 10 s visit, in one epoch', () => {
    const visits = [...recordings('two-state/los', 'session0'), ...recordings('two-state/nlos', 'session10')]
    for (const { windows, packets, discarded, epochs } of visits) {
      expect(windows).toBeGreaterThanOrEqual(30)
      expect(windows).toBeLessThanOrEqual(41)
      expect(epochs).toBe(1)
      expect(sum(Object.values(discarded))).toBeLessThan(0.01 * packets)
    }
  })

  it('refuses 3 packets a second live and takes them offline', () => {
    const live = run('door-angle/recording-1.csv.gz')
    expect(live).toMatchObject({ windows: 0, reason: 'link.rate-low' })
    const offline = run('door-angle/recording-1.csv.gz', { ...signalSettings, minPacketsPerSecond: 0 })
    expect(offline).toMatchObject({ finite: true, rows: 5 })
    expect(offline.windows).toBeGreaterThan(3000)
  })
})
