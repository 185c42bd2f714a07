import { InvalidArgumentError, Option, type Command } from 'commander'
import { SPLITS } from '../../learning/evaluation/splits.js'
import { FAMILIES, type Family } from '../../sensing/model/artefact-manifest.js'
import type { EvaluateOptions } from '../evaluate.js'
import { addNetworkOptions } from '../train/network-options.js'

export interface SplitParsers {
  whole(least: number, most: number): (text: string) => number
  list(text: string): string[]
}

export function addSplitOptions(command: Command, { whole, list }: SplitParsers): Command {
  return addNetworkOptions(command, whole)
    .addOption(
      new Option(
        '--split <name>',
        'what is left out; forward: each session on the earlier ones; random: a leakage reference only',
      )
        .choices(SPLITS)
        .default('session'),
    )
    .addOption(new Option('--train-places <names>', 'of the place split: train on these').argParser(list))
    .addOption(new Option('--test-places <names>', 'of the place split: test on these').argParser(list))
    .addOption(new Option('--markers <names>', 'windows of these markers only').argParser(list))
    .addOption(
      new Option('--family <names>', 'lda, mlp, conv or all; the baselines are always there')
        .argParser((text) => familiesOf(list(text)))
        .default([...FAMILIES], 'all'),
    )
}

/** What commander read, as the command takes it. */
export function choicesOf({ family, ...rest }: Record<string, unknown>): EvaluateOptions {
  return { ...rest, families: family } as unknown as EvaluateOptions
}

function familiesOf(names: readonly string[]): Family[] {
  const known: readonly string[] = FAMILIES
  const strange = names.find((name) => name !== 'all' && !known.includes(name))
  if (strange !== undefined)
    throw new InvalidArgumentError(`there is no family ${strange}: ${known.join(', ')} or all.`)
  return FAMILIES.filter((family) => names.includes(family) || names.includes('all'))
}
