import { readFile } from 'node:fs/promises'
import { AjarError } from '../../platform/errors.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import type { LabelledBurst, ReedEdge } from '../events/labelled-burst.js'
import { journalDays } from './journal.js'
import { decodeEntries } from './journal-record.js'

export interface UnseenEdge {
  edge: ReedEdge
  session: string
  day: string
}

/** What a journal holds of the receiver that it was last written with. */
export interface JournalContents {
  bursts: LabelledBurst[]
  quiet: FeatureRow[]
  unseen: UnseenEdge[]
  /** In order. */
  days: string[]
  layoutId: number
  windowMs: number
  /** Any of it. */
  simulated: boolean
  /** Runs of bytes that are no record. */
  torn: number
  /** Records of another version, and such as came twice. */
  skipped: number
  /** Records of another layout or window: the receiver or its settings have been changed since. */
  outdated: number
}

/** Throws AjarError 'commissioning.empty' where there is nothing. */
export async function readJournal(directory: string): Promise<JournalContents> {
  const contents: JournalContents = {
    bursts: [],
    quiet: [],
    unseen: [],
    days: [],
    layoutId: NaN,
    windowMs: NaN,
    ...{ simulated: false, torn: 0, skipped: 0, outdated: 0 },
  }
  const names = new Set<string>()
  // The newest first: it says which receiver it is.
  for (const { day, file } of journalDays(directory).reverse()) {
    const { entries, torn, unknown } = decodeEntries(await readFile(file))
    contents.torn += torn
    contents.skipped += unknown
    const own = { bursts: [] as LabelledBurst[], quiet: [] as FeatureRow[], unseen: [] as UnseenEdge[] }
    for (const entry of entries.reverse()) {
      if (Number.isNaN(contents.layoutId)) {
        contents.layoutId = entry.layoutId
        contents.windowMs = entry.windowMs
      }
      if (entry.layoutId !== contents.layoutId || entry.windowMs !== contents.windowMs) {
        contents.outdated++
        continue
      }
      contents.simulated ||= entry.simulated
      if (entry.kind === 'quiet') own.quiet.push(entry.row)
      else if (entry.kind === 'unseen') own.unseen.push(entry)
      else if (names.has(entry.burst.name)) contents.skipped++
      else {
        names.add(entry.burst.name)
        own.bursts.push(entry.burst)
      }
    }
    contents.days.unshift(day)
    contents.bursts = [...own.bursts.reverse(), ...contents.bursts]
    contents.quiet = [...own.quiet.reverse(), ...contents.quiet]
    contents.unseen = [...own.unseen.reverse(), ...contents.unseen]
  }
  if (contents.bursts.length + contents.quiet.length === 0)
    throw new AjarError(
      'commissioning.empty',
      `There is nothing to learn from in ${directory} yet.`,
      'Let `ajar commission --reed-pin N` run for a day or more first.',
    )
  return contents
}
