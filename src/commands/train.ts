import path from 'node:path'
import { defaultConfig } from '../config/load.js'
import { readFeatureRows } from '../learning/dataset/feature-rows.js'
import { loadDataset, type Dataset } from '../learning/dataset/manifest.js'
import { assertAbsent, writeArtefact } from '../learning/training/artefact-files.js'
import { codeVersion } from '../learning/training/code-version.js'
import { trainLda } from '../learning/training/train.js'
import { AjarError } from '../platform/errors.js'
import type { Manifest } from '../sensing/model/artefact-manifest.js'
import { featureExtractor, type FeatureName } from '../sensing/model/features.js'

export interface TrainOptions {
  /** Directory of the model; its last part is the model's id. */
  out: string
  family: 'lda'
  features: FeatureName
  /** Train on these sessions only, … */
  sessions?: readonly string[]
  /** … or on all but these. */
  without?: readonly string[]
  json: boolean
}

interface Io {
  /** Results: stdout. */
  out(line: string): void
  /** Progress: stderr. */
  progress(line: string): void
}

/** `ajar train`: data set → rows → calibrated, scored, quantized model. Returns the exit code. */
export async function train(manifestPath: string, options: TrainOptions, io: Io): Promise<number> {
  const directory = path.resolve(options.out)
  assertAbsent(directory)
  const dataset = selectSessions(await loadDataset(manifestPath), options)
  const { signal, receiver } = defaultConfig()
  let read = 0
  const { rows, layoutId, packets, discarded, withoutWindows, simulated } = await readFeatureRows(
    dataset,
    {
      signal,
      features: featureExtractor(options.features),
      transmitters: receiver.transmitters,
      tablePacketsPerSecond: receiver.tablePacketsPerSecond,
    },
    (visit, reader) =>
      io.progress(
        `${++read}/${dataset.visits.length} ${visit.visit}: ${reader.packets} packets, ${reader.rows.length} windows`,
      ),
  )
  io.progress(`Training ${options.family} on ${rows.length} windows …`)
  const { manifest, files } = trainLda({
    id: path.basename(directory),
    rows,
    features: options.features,
    windowMs: signal.windowMs,
    layoutId,
    states: dataset.states,
    dataset: dataset.name,
    date: dataset.date,
    simulated,
    codeVersion: codeVersion(),
  })
  writeArtefact(directory, files)
  if (withoutWindows.length > 0) io.progress(`No window came of: ${withoutWindows.join(', ')}`)
  if (options.json) {
    const { id, family, features, outputs, trained } = manifest
    io.out(
      JSON.stringify({
        directory,
        id,
        family,
        features: features.name,
        layoutId,
        outputs,
        packets,
        discarded,
        withoutWindows,
        ...trained,
      }),
    )
  } else for (const line of summary(manifest, directory)) io.out(line)
  return 0
}

/** Throws AjarError 'usage.session' for a session that no visit has. */
function selectSessions(dataset: Dataset, { sessions, without = [] }: TrainOptions): Dataset {
  const known = new Set(dataset.visits.map((visit) => visit.session))
  const strange = [...(sessions ?? []), ...without].find((session) => !known.has(session))
  if (strange !== undefined)
    throw new AjarError(
      'usage.session',
      `Data set ${dataset.name} has no session ${strange}.`,
      `Its sessions: ${[...known].join(', ')}.`,
    )
  const selected = new Set((sessions ?? [...known]).filter((session) => !without.includes(session)))
  return { ...dataset, visits: dataset.visits.filter((visit) => selected.has(visit.session)) }
}

function summary({ id, outputs, trained }: Manifest, directory: string): string[] {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  const lines = [
    `Model ${id}: ${outputs.map(({ marker, state }) => `${marker} → ${state}`).join(', ')}; written to ${directory}`,
    `  int8 gives the float model's class for ${percent(trained.int8Agreement)} of ${trained.windows} windows`,
  ]
  const { evaluation } = trained
  if (evaluation === undefined)
    return [...lines, '  not scored: record each marker in at least two visits, better two sessions']
  return [
    ...lines,
    `  balanced accuracy, each ${evaluation.leftOut} left out once: ${percent(evaluation.balancedAccuracy)}` +
      ` (RSSI threshold ${percent(evaluation.rssiThreshold)}, majority ${percent(evaluation.majority)})`,
    ...evaluation.bySession.map(
      ({ session, marker, windows, recall }) =>
        `    ${session} ${marker}: ${percent(recall)} of ${windows} windows`,
    ),
  ]
}
