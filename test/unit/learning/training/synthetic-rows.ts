import type { FeatureRow } from '../../../../src/learning/dataset/visit-reader.js'
import { seededNormal } from '../../../support/packets.js'
import { fitLda } from '../../../../src/learning/training/lda.js'
import { trainModel, validate, type TrainingInput } from '../../../../src/learning/training/train.js'

interface Plan {
  seed?: number
  markers: Readonly<Record<string, readonly number[]>>
  sessions: number
  windows: number
  /** sd of what a session adds to each feature. */
  sessionSd: number
  windowSd: number
}

/** Rows around a mean for each marker, with an offset for each session that its markers share. */
export function syntheticRows({
  seed = 1,
  markers,
  sessions,
  windows,
  sessionSd,
  windowSd,
}: Plan): FeatureRow[] {
  const normal = seededNormal(seed)
  const rows: FeatureRow[] = []
  for (let s = 0; s < sessions; s++) {
    const size = Object.values(markers)[0].length
    const offset = Array.from({ length: size }, () => sessionSd * normal())
    for (const [marker, mean] of Object.entries(markers))
      for (let w = 0; w < windows; w++) {
        const features = Float32Array.from(mean, (value, i) => value + offset[i] + windowSd * normal())
        rows.push({
          features,
          judged: features,
          marker,
          session: `s${s}`,
          place: 'bench',
          visit: `s${s}-${marker}`,
        })
      }
  }
  return rows
}

/** Five numbers of a door that changes the level by 6 dB, as a trained model. */
export async function syntheticModel(overrides: Partial<TrainingInput> = {}) {
  const input: TrainingInput = {
    id: 'synthetic',
    rows: doorRows(),
    family: 'lda',
    fit: async (rows) => fitLda(rows),
    features: 'five-numbers',
    judge: 'five-numbers',
    windowMs: 2000,
    layoutId: 5,
    states: { shut: 'closed', wide: 'open' },
    dataset: 'synthetic rows',
    simulated: true,
    codeVersion: '0.0.0',
    ...overrides,
  }
  return trainModel(input, await validate(input))
}

export function doorRows(): FeatureRow[] {
  return syntheticRows({
    markers: { shut: [-60, 1, 20, 0.5, 80], wide: [-54, 1, 26, 0.5, 80] },
    sessions: 5,
    windows: 20,
    sessionSd: 0.8,
    windowSd: 0.3,
  })
}
