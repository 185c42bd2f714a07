import { defaultConfig } from '../../config/load.js'
import { readFeatureRows } from '../../learning/dataset/feature-rows.js'
import type { Dataset } from '../../learning/dataset/manifest.js'
import type { FeatureRow } from '../../learning/dataset/visit-reader.js'
import { windowColumns } from '../../learning/evaluation/columns.js'
import { baselines, REFERENCE } from '../../learning/evaluation/methods.js'
import { runMethods } from '../../learning/evaluation/run-methods.js'
import { leaveOut, type LeftOut } from '../../learning/training/leave-out.js'
import { pairedDifference } from '../../learning/training/session-interval.js'
import type { Evaluation, Family } from '../../sensing/model/artefact-manifest.js'
import { shortDecimal } from '../../sensing/model/network.js'

type MethodScores = NonNullable<Evaluation['methods']>

/** The families as they were scored, and every baseline on the same folds: the table of a model's manifest and card. */
export async function methodScores(
  dataset: Dataset,
  families: ReadonlyMap<Family, Evaluation>,
  seed: number,
  io: { progress(line: string): void; signal: AbortSignal },
): Promise<MethodScores> {
  const { signal, receiver } = defaultConfig()
  const { rows } = await readFeatureRows(
    dataset,
    {
      signal,
      features: windowColumns,
      judge: windowColumns,
      transmitters: receiver.transmitters,
      tablePacketsPerSecond: receiver.tablePacketsPerSecond,
    },
    () => undefined,
  )
  const [{ leftOut }] = families.values()
  const { methods } = await runMethods({
    methods: baselines(rows, seed),
    views: new Map([['windows', rows]]),
    foldsOf: (some) => ({ folds: namedFolds(some, leftOut), notes: [] }),
    signal: io.signal,
    progress: io.progress,
  })
  const scored = [
    ...[...families].map(([name, { bySession }]) => ({ name, bySession })),
    ...Object.entries(methods).flatMap(([name, { bySession }]) =>
      bySession === null ? [] : [{ name, bySession }],
    ),
  ]
  const reference = methods[REFERENCE].bySession
  return scored.map(({ name, bySession }): MethodScores[number] => {
    const accuracy = families.get(name as Family)?.balancedAccuracy ?? methods[name].balancedAccuracy
    const gain = name === REFERENCE || reference === null ? undefined : pairedDifference(bySession, reference)
    return {
      method: name,
      balancedAccuracy: accuracy ?? 0,
      ...(gain === undefined
        ? {}
        : {
            gainOverFiveNumbers: {
              mean: shortDecimal(gain.mean),
              ...(gain.lower95 === undefined ? {} : { lower95: shortDecimal(gain.lower95) }),
            },
          }),
      recalls: bySession.map(({ recall }) => recall),
    }
  })
}

function namedFolds(rows: readonly FeatureRow[], unit: LeftOut) {
  return leaveOut(rows, unit).map((fold, index) => ({ ...fold, held: `fold ${index + 1}` }))
}
