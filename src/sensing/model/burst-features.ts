import type { Burst } from '../../domain/burst.js'
import { FRAME_VALUES } from './features.js'

/** What a door's events look like at one site, learned from labelled ones. */
export interface DoorAxis {
  /** FRAME_VALUES: takes a change of the channel to the door's coordinate, 0 = as before, 1 = opened, −1 = closed. */
  axis: Float32Array
  /** FRAME_VALUES: the change of the channel when the door is opened. */
  swing: Float32Array
  /** FRAME_VALUES and a constant: log-odds that a quiet channel is that of the open door, not the closed one. */
  standing: Float32Array
}

/** Frames that the end of a burst is read from, 1 s, and the newest of them, 0.4 s (D). */
const TAIL_FRAMES = 5
const NEWEST_FRAMES = 2
/** A moment of a trajectory, 0.6 s (D): shorter ones are noise. */
const MOMENT_FRAMES = 3

/** An opening is 1: what lies further off is noise, or no door (D). */
const FURTHEST = 1.5
/** Odds of 400 to 1: more is claimed of no session that was not seen (D). */
const SUREST = 6

/**
 * A burst so far, as a model sees it: the BURST_NUMBERS values of `burst`. Of the coordinate z along the door's axis
 * against the quiet before: at the end and just now; least, greatest and mean on the way; how it runs now; the shares
 * of the time beyond ±½; the distance of the end from −1, 0 and 1. The duration (log s); the change at the end off
 * the axis and in all (rms), the greatest rise and fall of the level (nepers); how much the channel moves in the last
 * second, and at most (rms of a frame against the one before). Then what the channel itself says, before and at the
 * end: log-odds of open against closed.
 */
export class BurstReader {
  private readonly tail = new Float32Array(FRAME_VALUES)
  private coordinates = new Float64Array(64)

  constructor(private readonly door: DoorAxis) {}

  extract(burst: Burst, into: Float32Array): void {
    const { frames, count, size, before } = burst
    const { axis, swing } = this.door
    if (this.coordinates.length < count) this.coordinates = new Float64Array(2 * count)
    const z = this.coordinates
    const tailFrom = Math.max(0, count - TAIL_FRAMES)
    this.tail.fill(0)
    let roughest = 0
    let rough = 0
    let rise = 0
    let fall = 0
    for (let frame = 0; frame < count; frame++) {
      const at = frame * size
      let along = 0
      for (let i = 0; i < size; i++) along += axis[i] * (frames[at + i] - before[i])
      z[frame] = along
      const level = frames[at + size - 1] - before[size - 1]
      rise = Math.max(rise, level)
      fall = Math.min(fall, level)
      if (frame >= tailFrom)
        for (let i = 0; i < size; i++) this.tail[i] += (frames[at + i] - before[i]) / (count - tailFrom)
      if (frame === 0) continue
      let squares = 0
      for (let i = 0; i < size; i++) squares += (frames[at + i] - frames[at + i - size]) ** 2
      const change = Math.sqrt(squares / size)
      roughest = Math.max(roughest, change)
      if (frame >= tailFrom) rough += change / (count - tailFrom)
    }
    const end = mean(z, tailFrom, count)
    const now = mean(z, Math.max(0, count - NEWEST_FRAMES), count)
    let least = 0
    let greatest = 0
    let beyond = 0
    let below = 0
    for (let frame = 0; frame < count; frame++) {
      if (z[frame] > 0.5) beyond++
      if (z[frame] < -0.5) below++
      if (frame + MOMENT_FRAMES > count) continue
      const moment = mean(z, frame, frame + MOMENT_FRAMES)
      least = Math.min(least, moment)
      greatest = Math.max(greatest, moment)
    }
    let off = 0
    let all = 0
    for (let i = 0; i < size; i++) {
      off += (this.tail[i] - end * swing[i]) ** 2
      all += this.tail[i] ** 2
    }
    const clip = (value: number) => Math.min(Math.max(value, -FURTHEST), FURTHEST)
    into[0] = clip(end)
    into[1] = clip(now)
    into[2] = clip(least)
    into[3] = clip(greatest)
    into[4] = clip(mean(z, 0, count))
    into[5] = clip(now - mean(z, Math.max(0, count - 2 * TAIL_FRAMES), Math.max(1, tailFrom)))
    into[6] = beyond / count
    into[7] = below / count
    into[8] = Math.abs(clip(end + 1))
    into[9] = Math.abs(clip(end))
    into[10] = Math.abs(clip(end - 1))
    into[11] = Math.log((burst.endUs - burst.startUs) / 1e6)
    into[12] = Math.sqrt(off / size)
    into[13] = Math.sqrt(all / size)
    into[14] = rise
    into[15] = fall
    into[16] = rough
    into[17] = roughest
    into[18] = this.standing(before, ZERO)
    into[19] = this.standing(before, this.tail)
  }

  /** Of a frame that differs from `base` by `change`. */
  private standing(base: Float32Array, change: Float32Array): number {
    const { standing } = this.door
    let sum = standing[FRAME_VALUES]
    for (let i = 0; i < FRAME_VALUES; i++) sum += standing[i] * (base[i] + change[i])
    return Math.min(Math.max(sum, -SUREST), SUREST)
  }
}

const ZERO = new Float32Array(FRAME_VALUES)

function mean(values: Float64Array, from: number, to: number): number {
  let sum = 0
  for (let i = from; i < to; i++) sum += values[i]
  return sum / (to - from)
}
