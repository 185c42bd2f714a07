import path from 'node:path'
import { defaultConfig } from '../config/load.js'
import { RowCollector } from '../learning/dataset/feature-rows.js'
import { VisitReader } from '../learning/dataset/visit-reader.js'
import { simulateVisits } from '../learning/simulator/visits.js'
import { writeArtefact } from '../learning/training/artefact-files.js'
import { codeVersion } from '../learning/training/code-version.js'
import { fitLda } from '../learning/training/lda.js'
import { trainModel, validate, type TrainingInput } from '../learning/training/train.js'
import { featureExtractor } from '../sensing/model/features.js'

const SITE = 'metal-doorway'
const STATES = { closed: 'closed', ajar: 'ajar', open: 'open' } as const
/**
 * A simulator's seed is its receiver board too, and boards differ in their fixed ripple: each session is one of
 * another board. The seeds are far from those that anyone runs the demo on.
 */
const FIRST_SEED = 3000
const SESSIONS = 32
const SECONDS_PER_VISIT = 6
/**
 * Rows between two packets are interpolated and so vary less than rows on one. At exactly twice the grid rate that
 * changes over minutes, as the clocks drift; half the sessions begin on the packets and stay, half go through all.
 */
const PACKETS_PER_SECOND = [100, 100.1]
/** The standing shape tells less from one simulated session to another, as it does in real ones. */
const FEATURES = 'five-numbers'

/**
 * Body of scripts/build-demo-model.mjs: trains the model of `ajar demo` on the simulator alone. The same code
 * gives the same bytes. `directory` must not exist; its last part is the model's id.
 */
export async function buildDemoModel(directory: string, progress: (line: string) => void): Promise<void> {
  const { signal } = defaultConfig()
  const features = featureExtractor(FEATURES)
  const collector = new RowCollector()
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SESSIONS; seed++)
    for (const { marker, place, visit, chunks } of simulateVisits({
      site: SITE,
      seed,
      sessions: 1,
      visitsPerMarker: 1,
      secondsPerVisit: SECONDS_PER_VISIT,
      packetsPerSecond: PACKETS_PER_SECOND[seed % PACKETS_PER_SECOND.length],
      markers: Object.keys(STATES),
    })) {
      const session = `seed-${seed}`
      const name = `${session}-${visit}`
      const reader = new VisitReader(
        { session, marker, place, visit: name },
        { signal, features, judge: features, transmitters: [], tablePacketsPerSecond: 1 },
      )
      for (const bytes of chunks()) reader.push(bytes, 0)
      reader.end(0)
      collector.add(reader, name)
      progress(`${name} (${marker}): ${reader.rows.length} windows`)
    }
  const { rows, layoutId } = collector.finish(SITE)
  const input: TrainingInput = {
    id: path.basename(path.resolve(directory)),
    rows,
    family: 'lda',
    fit: async (given) => fitLda(given),
    features: FEATURES,
    judge: FEATURES,
    windowMs: signal.windowMs,
    layoutId,
    states: STATES,
    dataset: `simulated ${SITE}`,
    simulated: true,
    codeVersion: codeVersion(),
  }
  const { files, manifest } = await trainModel(input, await validate(input))
  writeArtefact(directory, files)
  const score = manifest.trained.evaluation?.balancedAccuracy
  progress(`Balanced accuracy on simulated windows, each session left out once: ${score}`)
}
