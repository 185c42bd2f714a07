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

/** For people: a line for each thing, all marked where the bytes are simulated. */
export class WrittenTelling implements Telling {
  private mark = ''

  constructor(
    private readonly write: (line: string) => void,
    private readonly trace: boolean,
  ) {}

  begin(header: RecordingHeader | undefined, used: ReplayedWith): void {
    if (used.simulated) this.mark = 'simulated: '
    const { source, startedMs, note } = header ?? {}
    const from = source === undefined ? '' : `, from ${source}, ${new Date(startedMs ?? 0).toISOString()}`
    this.out(`${used.file}${from}${note ? `, "${note}"` : ''}`)
    if (used.model !== '')
      this.out(`model ${used.model}, engine ${used.engine}, settings ${used.settingsHash}`)
    else this.out(`no model, settings ${used.settingsHash}: ${sentence(used.modelReason)}`)
  }

  reading(reading: DoorReading, seconds: number): void {
    this.at(seconds, inWords(reading))
  }

  told(reading: ToldReading, seconds: number): void {
    this.at(seconds, `  then told: ${inWords(reading)}`)
  }

  event({ type, detail }: ToldEvent, seconds: number): void {
    this.at(seconds, `receiver ${type}: ${detail}`)
  }

  window(window: SignalWindow, scores: Scores | undefined, seconds: number): void {
    if (!this.trace) return
    const { motion, quality } = window
    const chances = scores?.outputs.map(({ marker }, i) => `${marker} ${scores.probabilities[i].toFixed(2)}`)
    const judged =
      chances === undefined
        ? ''
        : `${chances.join(' ')}  distance ${scores?.outOfDistribution.toFixed(2) ?? ''}  `
    this.at(
      seconds,
      `  window: ${judged}${motion.moving ? 'moving' : 'still'} lag1 ${motion.lag1.toFixed(2)} ` +
        `variance ${motion.movingVariance.toFixed(5)}  level ${mean(window.levelDb).toFixed(1)} dB ` +
        `rssi ${mean(window.rssiDbm).toFixed(0)} dBm  loss ${percent(quality.lossRatio)}`,
    )
  }

  reason({ text, hint }: Reason, over: boolean, seconds: number): void {
    this.at(seconds, over ? `link: no longer: ${text}` : `link: ${text} → ${hint}`)
  }

  modelFailed({ text, hint }: Reason, seconds: number): void {
    this.at(seconds, `${text} → ${hint}`)
  }

  end({ reading, seconds, windows, counters }: ReplayOutcome, verdict: FlagVerdict | undefined): void {
    if (reading === undefined) this.out('There is nothing in it.')
    if (verdict !== undefined) {
      const note = verdict.note === '' ? '' : `, with "${verdict.note}"`
      this.at(seconds, `flagged${note}: it was ${inWords(verdict.flagged)}`)
      this.out(`The replay gives ${verdict.same ? 'the same' : 'another'}: ${inWords(verdict.replayed)}.`)
      if (!verdict.same && verdict.differs.length === 0)
        this.out('The replay knows only what is in the recording; the appliance knew what came before.')
      for (const difference of verdict.differs) this.out(`Mind: ${difference}.`)
    }
    const discarded = Object.entries(counters.discarded).map(([name, n]) => `${n} × ${name}`)
    this.out(
      `${seconds.toFixed(1)} s, ${counters.received} packets, ${counters.used} used, discarded: ${discarded.join(', ') || 'none'}; ` +
        `${windows} windows; ${counters.other} other lines, ${counters.control} control frames`,
    )
  }

  private at(seconds: number, text: string): void {
    this.out(`${seconds.toFixed(1).padStart(7)} s  ${text}`)
  }

  private out(line: string): void {
    this.write(this.mark + line.replace(/\p{Cc}/gu, ' ')) // what a file says must not steer the terminal
  }
}

function inWords({ state, confidence, reason, motion }: FlagVerdict['replayed']): string {
  const sure = state === 'unknown' ? '' : ` ${percent(confidence)}`
  const moves = motion === 'unknown' ? 'motion unknown' : motion
  return `${state}${sure} (${reason}), ${moves}`
}

function sentence(reason: Reason | undefined): string {
  return reason === undefined ? '' : `${reason.text} → ${reason.hint}`
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}

/** Of a window's rows. */
export function mean(values: Float32Array): number {
  return values.reduce((total, value) => total + value, 0) / values.length
}
