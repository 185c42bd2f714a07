import type { FeatureRows } from '../../learning/dataset/feature-rows.js'
import type { Manifest } from '../../sensing/model/artefact-manifest.js'

/** One line for machines. */
export function jsonOf(
  { id, family, features, layoutId, outputs, trained }: Manifest,
  directory: string,
  { packets, discarded, withoutWindows }: FeatureRows,
): string {
  const head = { directory, id, family, features: features.name, layoutId, outputs }
  return JSON.stringify({ ...head, packets, discarded, withoutWindows, ...trained })
}

/** Lines for a person. */
export function summary({ id, family, outputs, trained }: Manifest, directory: string): string[] {
  const lines = [
    `Model ${id} (${family}): ${outputs.map(({ marker, state }) => `${marker} → ${state}`).join(', ')}; written to ${directory}`,
    `  int8 gives the float model's class for ${percent(trained.int8Agreement)} of ${trained.windows} windows`,
  ]
  const { evaluation } = trained
  if (evaluation === undefined)
    return [...lines, '  not scored: record each marker in at least two visits, better two sessions']
  const { leftOut, balancedAccuracy, rssiThreshold, majority, bySession, compared = [] } = evaluation
  const { choiceBalancedAccuracy, methods = [] } = evaluation
  const families = new Set<string>(compared.map((one) => one.family))
  return [
    ...lines,
    `  balanced accuracy, each ${leftOut} left out once: ${percent(balancedAccuracy)}` +
      ` (RSSI threshold ${percent(rssiThreshold)}, majority ${percent(majority)})`,
    ...bySession.map(
      ({ session, marker, windows, recall }) =>
        `    ${session} ${marker}: ${percent(recall)} of ${windows} windows`,
    ),
    ...compared.map(
      (one) =>
        `  ${one.family === family ? 'chosen' : 'tried '} ${one.family}: ${percent(one.balancedAccuracy)}` +
        (one.family === 'lda' ? '' : `, beyond LDA by at least ${percent(one.beyondLda)} (paired, 95 %)`),
    ),
    ...(choiceBalancedAccuracy === undefined
      ? []
      : [`  the choice itself, made without the session that is scored: ${percent(choiceBalancedAccuracy)}`]),
    ...methods
      .filter(({ method }) => !families.has(method))
      .map(({ method, balancedAccuracy: accuracy }) => `  beside them ${method}: ${percent(accuracy)}`),
  ]
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
