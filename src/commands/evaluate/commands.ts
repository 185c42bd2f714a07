import { Option, type Command } from 'commander'
import { SPLITS } from '../../learning/evaluation/splits.js'
import { addSplitOptions, choicesOf, type SplitParsers } from './options.js'

interface Parts extends SplitParsers {
  /** Makes the exit code of a body that of the process. */
  action<A extends unknown[]>(body: (...args: A) => Promise<number>): (...args: A) => Promise<void>
  json(): Option
  out(line: string): void
  progress(line: string): void
  untilSignalled(): AbortSignal
}

/** `ajar evaluate` and, for documents, the tables of it. */
export function addEvaluateCommands(program: Command, parts: Parts): void {
  const { action, json, out, progress, untilSignalled } = parts
  addSplitOptions(program.command('evaluate'), parts)
    .description(`families and baselines on the same folds of a data set: by ${SPLITS.join(', ')}`)
    .argument('<dataset>', 'DATASET.yaml')
    .addOption(json())
    .action(
      action(async (dataset: string, options) => {
        const { evaluate } = await import('../evaluate.js')
        const chosen = { ...choicesOf(options), json: options.json === true }
        return evaluate(dataset, chosen, { out, progress }, untilSignalled())
      }),
    )

  program
    .command('evaluate-tables', { hidden: true })
    .description('run the evaluations that a document names and write their tables into it')
    .argument('<document>', 'Markdown file')
    .requiredOption('--captures <directory>', 'where the data sets are that it names')
    .option('--only <text>', 'only tables whose evaluation contains this text')
    .action(
      action(async (document: string, options) => {
        const { evaluateTables } = await import('./tables.js')
        return evaluateTables(document, options, { parsers: parts, progress, signal: untilSignalled() })
      }),
    )
}
