import type { Family } from '../../sensing/model/artefact-manifest.js'
import { featureForm, type WindowFeatureName } from '../../sensing/model/features.js'
import type { TensorFlow } from '../../sensing/model/tensorflow.js'
import { architecture, NETWORK_FEATURES } from './architectures.js'
import { DESCENT } from './descent.js'
import type { Fitter } from './fit.js'
import { fitLda } from './lda.js'
import { FITTING, NetworkFitter, type NetworkFitterOptions } from './network-fitter.js'

/**
 * Rows of a visit that a network learns from (D): windows overlap by nine tenths, and an epoch costs seconds where
 * TensorFlow runs on WebAssembly. LDA takes them all.
 */
export const NETWORK_ROWS_OF_VISIT = 8

/** What a family sees of a visit. */
export function rowsOf(
  family: Family,
  ldaFeatures: WindowFeatureName,
): { features: WindowFeatureName; mostRows?: number } {
  return family === 'lda'
    ? { features: ldaFeatures }
    : { features: NETWORK_FEATURES[family], mostRows: NETWORK_ROWS_OF_VISIT }
}

type NetworkSettings = Omit<NetworkFitterOptions, 'family' | 'channels'>

/** All that a fit of a family depends on besides its rows, seed, backend and time. */
export function recipeOf(family: Family): object {
  return family === 'lda' ? {} : { ...DESCENT, ...FITTING, architecture: architecture(family, 2) }
}

/** How a family is fitted; a network needs TensorFlow. */
export function fitterOf(
  family: Family,
  network: () => { tf: TensorFlow; settings: NetworkSettings },
): Fitter {
  if (family === 'lda') return async (rows) => fitLda(rows)
  const { tf, settings } = network()
  const { channels } = featureForm(NETWORK_FEATURES[family])
  return new NetworkFitter(tf, { ...settings, family, channels }).fit
}
