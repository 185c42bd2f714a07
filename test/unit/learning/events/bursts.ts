import type { Burst } from '../../../../src/domain/burst.js'
import { FRAME_VALUES } from '../../../../src/sensing/model/features.js'
import { Random } from '../../../../src/learning/random.js'
import type { LabelledBurst } from '../../../../src/learning/events/labelled-burst.js'

/** What opening the door does to a frame: every other bin rises, and so does the level. */
export const SWING = Float32Array.from({ length: FRAME_VALUES }, (_, i) =>
  i === FRAME_VALUES - 1 ? 1 : i % 2 === 0 ? 0.2 : -0.2,
)

export interface Trajectory {
  seconds: number
  /** Coordinate of the door at a time of the burst, s. */
  z: (s: number) => number
  noise?: Random
  noiseSd?: number
  /** What else changes, not along the swing: by bin. */
  off?: (s: number, i: number) => number
  startUs?: number
}

export function burstOf({ seconds, z, noise, noiseSd = 0.02, off, startUs = 0 }: Trajectory): Burst {
  const count = Math.round(seconds * 5)
  const frames = new Float32Array(count * FRAME_VALUES)
  for (let frame = 0; frame < count; frame++)
    for (let i = 0; i < FRAME_VALUES; i++)
      frames[frame * FRAME_VALUES + i] =
        1 + z(frame / 5) * SWING[i] + (noise?.normal() ?? 0) * noiseSd + (off?.(frame / 5, i) ?? 0)
  return {
    link: 'l',
    epoch: 0,
    layoutId: 0,
    startUs,
    endUs: startUs + seconds * 1e6,
    over: true,
    size: FRAME_VALUES,
    frames,
    count,
    before: new Float32Array(FRAME_VALUES).fill(1),
    quietFrames: 20,
  }
}

const swing = (s: number, from: number, to: number) => Math.min(Math.max((s - from) / (to - from), 0), 1)

/** Sessions of labelled bursts: openings, closings, pass-throughs, and people who do nothing to the door. */
export function labelledBursts(sessions: number, each: number, seed = 1): LabelledBurst[] {
  const noise = new Random('bursts', seed)
  const bursts: LabelledBurst[] = []
  for (let session = 0; session < sessions; session++)
    for (let i = 0; i < each; i++)
      for (const kind of ['opened', 'closed', 'passed', 'same', 'same', 'same'] as const) {
        const walk = noise.between([0.5, 1.5])
        const strength = noise.between([0.02, 0.1])
        const phase = noise.between([0, 6])
        // A person: smooth, in bins of its own, gone at the end.
        const off = (s: number, bin: number) =>
          s > 6.5 ? 0 : strength * Math.sin(walk * 4 * s + bin * 0.9 + phase)
        const z = {
          opened: (s: number) => swing(s, 2, 3.5),
          closed: (s: number) => -swing(s, 2, 3.5),
          passed: (s: number) => swing(s, 2, 3.2) - swing(s, 3.4, 4.6),
          same: () => 0,
        }[kind]
        const edges = {
          opened: [{ atUs: 2.1e6, open: true }],
          closed: [{ atUs: 3.5e6, open: false }],
          passed: [
            { atUs: 2.1e6, open: true },
            { atUs: 4.6e6, open: false },
          ],
          same: [],
        }[kind]
        bursts.push({
          burst: burstOf({ seconds: 8, z, noise, off }),
          openBefore: kind === 'closed' || (kind === 'same' && i % 2 === 0),
          edges,
          session: `s${session}`,
          day: `d${session}`,
          place: 'p',
          name: `${session}-${i}-${kind}-${bursts.length}`,
        })
      }
  return bursts
}
