import type { Burst } from '../../domain/burst.js'
import type { DoorAxis } from '../../sensing/model/burst-features.js'
import { FRAME_VALUES } from '../../sensing/model/features.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import { fitLda } from '../training/lda.js'
import type { LabelledBurst } from './labelled-burst.js'
import { labelAt } from './labelled-burst.js'

/** Frames at the end of a burst, 1 s of quiet. */
const TAIL_FRAMES = 5

/**
 * The door's axis from the change of the channel over whole bursts: the direction of a linear discriminant between
 * opened and closed, whose noise is what the other bursts change; scaled so that an opening is 1. Throws AjarError
 * 'train.markers' where there are no openings or no closings.
 */
export function learnAxis(bursts: readonly LabelledBurst[]): DoorAxis {
  const rows = bursts.flatMap((labelled) => changeRow(labelled) ?? [])
  const moved = rows.filter(({ marker }) => marker !== 'same')
  const lda = fitLda(rows.length > moved.length ? rows : moved)
  const [layer] = lda.layers
  const opened = lda.markers.indexOf('opened')
  const closed = lda.markers.indexOf('closed')
  const axis = new Float32Array(FRAME_VALUES)
  for (let i = 0; i < FRAME_VALUES; i++)
    axis[i] =
      (layer.weights[opened * FRAME_VALUES + i] - layer.weights[closed * FRAME_VALUES + i]) / lda.scale[i]
  const swing = swingOf(rows)
  const along = axis.reduce((sum, value, i) => sum + value * swing[i], 0)
  return { axis: axis.map((value) => value / along), swing, standing: standingOf(bursts) }
}

/** A linear discriminant on the quiet before each burst and, where it ended in quiet, after it, labelled by the reed. */
function standingOf(bursts: readonly LabelledBurst[]): Float32Array {
  const rows = bursts.flatMap((labelled) => quietRows(labelled))
  const lda = fitLda(rows)
  const [layer] = lda.layers
  const [open, closed] = ['open', 'closed'].map((marker) => lda.markers.indexOf(marker))
  const standing = new Float32Array(FRAME_VALUES + 1)
  let constant = layer.biases[open] - layer.biases[closed]
  for (let i = 0; i < FRAME_VALUES; i++) {
    standing[i] =
      (layer.weights[open * FRAME_VALUES + i] - layer.weights[closed * FRAME_VALUES + i]) / lda.scale[i]
    constant -= standing[i] * lda.mean[i]
  }
  standing[FRAME_VALUES] = constant
  return standing
}

function quietRows(labelled: LabelledBurst): FeatureRow[] {
  const { burst, openBefore, session, place, name } = labelled
  if (burst.quietFrames === 0) return []
  const row = (features: Float32Array, open: boolean, when: string): FeatureRow => {
    const marker = open ? 'open' : 'closed'
    return { features, judged: features, marker, session, place, visit: `${name}-${when}` }
  }
  const after = openAt(labelled, burst.endUs)
  const rows = [row(burst.before, openBefore, 'before')]
  return after === undefined ? rows : [...rows, row(tailOf(burst), after, 'after')]
}

/** Undefined where the door may still have swung in the last second. */
function openAt(labelled: LabelledBurst, atUs: number): boolean | undefined {
  switch (labelAt(labelled, atUs)) {
    case 'same':
    case 'passed':
      return labelled.openBefore
    case 'opened':
      return true
    case 'closed':
      return false
    default:
      return undefined
  }
}

function tailOf({ frames, count }: Burst): Float32Array {
  const tail = new Float32Array(FRAME_VALUES)
  const from = Math.max(0, count - TAIL_FRAMES)
  for (let frame = from; frame < count; frame++)
    for (let i = 0; i < FRAME_VALUES; i++) tail[i] += frames[frame * FRAME_VALUES + i] / (count - from)
  return tail
}

/** Half the difference of the mean changes of openings and closings. */
function swingOf(rows: readonly FeatureRow[]): Float32Array {
  const swing = new Float32Array(FRAME_VALUES)
  for (const [marker, sign] of [
    ['opened', 1],
    ['closed', -1],
  ] as const) {
    const own = rows.filter((row) => row.marker === marker)
    for (const { features } of own)
      for (let i = 0; i < FRAME_VALUES; i++) swing[i] += (sign * features[i]) / own.length / 2
  }
  return swing
}

/** What a burst changed in the end; undefined where it did not end in quiet, or began in none. */
function changeRow(labelled: LabelledBurst): FeatureRow | undefined {
  const { burst, session, place, name } = labelled
  if (burst.quietFrames === 0) return undefined
  const label = labelAt(labelled, burst.endUs)
  if (label === undefined || label === 'opening' || label === 'closing') return undefined
  const features = tailOf(burst).map((value, i) => value - burst.before[i])
  const marker = label === 'passed' ? 'same' : label
  return { features, judged: features, marker, session, place, visit: name }
}
