import { BurstReader, type DoorAxis } from '../../sensing/model/burst-features.js'
import { BURST_NUMBERS } from '../../sensing/model/features.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import { cutsOf, type LabelledBurst } from './labelled-burst.js'

/** One row for each cut of each burst. */
export function eventRows(bursts: readonly LabelledBurst[], axis: DoorAxis): FeatureRow[] {
  const reader = new BurstReader(axis)
  return bursts.flatMap((labelled) => {
    const { burst, session, place, name } = labelled
    const hopUs = (burst.endUs - burst.startUs) / burst.count
    return cutsOf(labelled).map(({ count, label }) => {
      const features = new Float32Array(BURST_NUMBERS)
      reader.extract({ ...burst, count, endUs: burst.startUs + count * hopUs }, features)
      return { features, judged: features, marker: label, session, place, visit: name }
    })
  })
}
