import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Command } from 'commander'
import { writeFileAtomic } from '../../platform/atomic-file.js'
import { AjarError } from '../../platform/errors.js'
import { evaluateDataset } from '../evaluate.js'
import { addSplitOptions, choicesOf, type SplitParsers } from './options.js'
import { table } from './summary.js'

/** Between these a table stands: `<!-- evaluate: two-state/dataset.yaml --split session -->` … `<!-- end -->`. */
const TABLE = /(<!-- evaluate: (.+?) -->\n)[^]*?(<!-- end -->)/g

/**
 * Runs each evaluation that the document names, data sets relative to `captures`, and writes its table in the place of
 * the old one, after each of them: what is done when it is stopped is kept. Throws AjarError 'usage.document' where there
 * is none to run, and as evaluateDataset.
 */
export async function evaluateTables(
  document: string,
  { captures, only = '' }: { captures: string; only?: string },
  io: { parsers: SplitParsers; progress(line: string): void; signal: AbortSignal },
): Promise<number> {
  const wanted = [...readFileSync(document, 'utf8').matchAll(TABLE)]
    .map(([, , args]) => args)
    .filter((args) => args.includes(only))
  if (wanted.length === 0)
    throw new AjarError(
      'usage.document',
      `${document} names no evaluation${only === '' ? '' : ` with ${only}`}.`,
      'A table stands between <!-- evaluate: DATASET.yaml OPTIONS --> and <!-- end -->.',
    )
  for (const args of wanted) {
    io.progress(`ajar evaluate ${args}`)
    const command = addSplitOptions(new Command().exitOverride().argument('<dataset>'), io.parsers)
    command.parse(args.split(/\s+/), { from: 'user' })
    const dataset = path.join(captures, command.args[0])
    const evaluated = await evaluateDataset(dataset, choicesOf(command.opts()), io.progress, io.signal)
    const text = readFileSync(document, 'utf8').replace(
      TABLE,
      (all, head: string, which: string, end: string) =>
        which === args ? `${head}\n${table(evaluated).join('\n')}\n\n${end}` : all,
    )
    writeFileAtomic(document, text)
  }
  return 0
}
