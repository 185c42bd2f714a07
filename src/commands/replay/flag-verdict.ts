import type { FlagContext, ToldReading } from '../../domain/flag.js'
import type { ReplayOutcome } from './replayed-link.js'
import type { ReplayedWith } from './replayed-with.js'

/** What the replay of a flag says of it. */
export interface FlagVerdict {
  note: string
  flagged: ToldReading
  replayed: Pick<ToldReading, 'state' | 'motion' | 'confidence' | 'reason'>
  /** The same state, and where it is unknown for the same reason. */
  same: boolean
  /** What else is not as it was. */
  differs: string[]
}

export function verdictOf(
  note: string,
  flag: FlagContext,
  { reading }: ReplayOutcome,
  used: ReplayedWith,
): FlagVerdict | undefined {
  if (reading === undefined) return undefined
  const { state, motion, confidence, reason } = reading
  const flagged = flag.reading
  const same = state === flagged.state && (state !== 'unknown' || reason === flagged.reason)
  const differs: string[] = []
  if (used.model !== flag.model)
    differs.push(`the model was ${flag.model || 'none'} and is ${used.model || 'none'} here (--model)`)
  if (used.settingsHash !== flag.settingsHash)
    differs.push('the settings of signal or decision were others (--config)')
  if (motion !== flagged.motion) differs.push(`motion was ${flagged.motion} and is ${motion} here`)
  return { note, flagged, replayed: { state, motion, confidence, reason }, same, differs }
}
