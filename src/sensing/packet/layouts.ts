import { readFileSync } from 'node:fs'
import type { Layout } from '../../domain/layout.js'

interface Entry {
  id: number
  name: string
  bins: number
  /** Ranges of bins, both ends included, in order of rising frequency. */
  usable: [number, number][]
}

/** Id of an array whose layout nobody has documented; nothing in it is usable. */
export const UNKNOWN_LAYOUT = 0

/** By number of values. */
const NEWER: Record<number, number> = {
  106: 13,
  114: 14,
  128: 2,
  228: 15,
  234: 16,
  256: 10,
  468: 19,
  490: 20,
  512: 21,
}
const RADAR: Record<number, number> = { 104: 12, 216: 22, 328: 23 }

const entries = (
  JSON.parse(readFileSync(new URL('./layouts.json', import.meta.url), 'utf8')) as { layouts: Entry[] }
).layouts
const byId = new Map<number, Layout>()
const masks = new Map<number, Uint8Array>()
for (const { id, name, bins, usable } of entries) {
  const order = usable.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i),
  )
  const mask = new Uint8Array(bins)
  for (const bin of order) mask[bin] = 1
  byId.set(id, { id, name, bins, usable: order })
  masks.set(id, mask)
}

export function layoutById(id: number): Layout | undefined {
  return byId.get(id)
}

/** 1 for each usable bin; none where the layout is unknown or has another number of bins. Shared: do not write. */
export function usableMask(id: number, bins: number): Uint8Array {
  const mask = masks.get(id)
  if (mask !== undefined && mask.length === bins) return mask
  let none = masks.get(-bins)
  if (none === undefined) masks.set(-bins, (none = new Uint8Array(bins)))
  return none
}

/**
 * Which layout an array has, by what its dialect says. On the classic family (ESP32, S2, S3, C3) the length and
 * the secondary channel tell bandwidth and STBC as well: only HT20 with STBC and HT40 share a length, 384,
 * and HT40 needs a secondary channel.
 */
export function classicLayout(values: number, secondary: number): number {
  switch (values) {
    case 128:
      return secondary === 0 ? 1 : 2
    case 256:
      return secondary === 0 ? 3 : 4
    case 376:
      return 8
    case 380:
      return 7
    case 384:
      return secondary === 0 ? 6 : 5
    case 612:
      return 9
    default:
      return UNKNOWN_LAYOUT
  }
}

/**
 * C5, C6 and C61. The C6 sends the LLTF and the HT20-LTF with the same length: the bins of both. 256 values are
 * taken for HT40 and 512 for HE20, not for STBC, which no ESP32 transmits.
 */
export function newerLayout(values: number): number {
  return NEWER[values] ?? UNKNOWN_LAYOUT
}

/** esp-radar strips the guard bins and DC of the classic family, in order of rising frequency. */
export function radarLayout(values: number, secondary: number): number {
  return RADAR[values] ?? classicLayout(values, secondary)
}

/** Tables of magnitude and phase. */
export function tableLayout(values: number): number {
  return values === 106 ? 17 : UNKNOWN_LAYOUT
}

/** Arrays without a header. */
export function bareLayout(values: number): number {
  return values === 108 ? 18 : UNKNOWN_LAYOUT
}
