import type { ToldEvent, ToldReading } from '../../domain/flag.js'
import type { Scores } from '../../domain/model.js'
import type { DoorReading } from '../../domain/reading.js'
import type { Reason } from '../../domain/reason.js'
import type { SignalWindow } from '../../domain/window.js'
import type { RecordingHeader } from '../../sensing/link/recording.js'
import type { FlagVerdict } from './flag-verdict.js'
import type { ReplayOutcome } from './replayed-link.js'
import type { ReplayedWith } from './replayed-with.js'
import type { Telling } from './telling.js'
import { mean } from './written-telling.js'

/** For machines: a JSON object a line; its `type` says of what. */
export class JsonTelling implements Telling {
  private simulated = false

  constructor(
    private readonly write: (line: string) => void,
    private readonly trace: boolean,
  ) {}

  begin(header: RecordingHeader | undefined, used: ReplayedWith): void {
    this.simulated = used.simulated
    const { source, startedMs, note } = header ?? {}
    this.out('recording', { ...used, source, startedMs, note })
  }

  reading({ state, motion, confidence, reason, epoch, provisional }: DoorReading, seconds: number): void {
    this.out('reading', { seconds, state, motion, confidence, reason, epoch, provisional })
  }

  told({ atUs: _, ...reading }: ToldReading, seconds: number): void {
    this.out('told', { seconds, ...reading })
  }

  event({ type, detail }: ToldEvent, seconds: number): void {
    this.out('event', { seconds, event: type, detail })
  }

  window(window: SignalWindow, scores: Scores | undefined, seconds: number): void {
    if (!this.trace) return
    const { motion, quality, epoch, realShare } = window
    const probabilities =
      scores &&
      Object.fromEntries(scores.outputs.map(({ marker }, i) => [marker, scores.probabilities[i]] as const))
    const { outOfDistribution } = scores ?? {}
    const levels = { levelDb: mean(window.levelDb), rssiDbm: mean(window.rssiDbm) }
    this.out('window', {
      seconds,
      epoch,
      probabilities,
      outOfDistribution,
      motion,
      ...levels,
      realShare,
      quality,
    })
  }

  reason(reason: Reason, over: boolean, seconds: number): void {
    this.out('link', { seconds, over, ...reason })
  }

  modelFailed(reason: Reason, seconds: number): void {
    this.out('model-failed', { seconds, ...reason })
  }

  end({ seconds, windows, counters, reading }: ReplayOutcome, flag: FlagVerdict | undefined): void {
    this.out('end', { seconds, windows, counters, state: reading?.state, reason: reading?.reason, flag })
  }

  private out(type: string, fields: object): void {
    this.write(JSON.stringify({ type, simulated: this.simulated, ...fields }))
  }
}
