import type { BurstReading } from '../../../../src/domain/burst.js'
import type { Output, Scores } from '../../../../src/domain/model.js'
import type { DoorReading, State } from '../../../../src/domain/reading.js'
import type { Instant } from '../../../../src/domain/time.js'
import type { SignalWindow } from '../../../../src/domain/window.js'
import { DoorDecision, type DecisionOptions } from '../../../../src/sensing/decision/decision.js'
import type { DecisionSettings } from '../../../../src/sensing/decision/settings.js'

export const SETTINGS: DecisionSettings = {
  minConfidence: 0.65,
  keepConfidence: 0.5,
  movingConfidence: 0.9,
  confirmingExponent: 0.4,
  confidenceStep: 0.05,
  evidenceExponent: 0.5,
  evidenceFloor: 0.02,
  minQuietMs: 600,
  settleMs: 200,
  recentMs: 3000,
  outOfDistributionLimit: 1,
  jumpProbability: 1e-6,
  swingsPerSecond: 0.2,
  laterSwingsPerSecond: 0.03,
  swingMinMs: 800,
  swingMaxMs: 4500,
  reversalShare: 0.2,
  ajarShare: 0.25,
  gapResetMs: 2000,
  staleMs: 3000,
}

export const TWO: Output[] = [
  { marker: 'nlos', state: 'closed' },
  { marker: 'los', state: 'open' },
]
export const THREE: Output[] = [...TWO, { marker: 'gap', state: 'ajar' }]

const WINDOW_MS = 2000
const HOP_MS = 200

export interface Seen {
  /** Probability of the first output; the others share the rest. Or all of them. */
  p?: number | readonly number[]
  moving?: boolean
  epoch?: number
  outOfDistribution?: number
  /** No model ran. */
  unscored?: boolean
}

/** A decision that is fed window after window, with host and device time running together. */
export class Scene {
  readonly decision: DoorDecision
  readonly readings: DoorReading[] = []
  nowMs = 0
  /** What the model of events says of the window to come. */
  protected nextBurst: BurstReading | undefined
  private readonly outputs: readonly Output[]

  constructor(options: Partial<DecisionOptions> = {}) {
    this.outputs = options.outputs ?? TWO
    this.decision = new DoorDecision({
      doorId: 'front',
      outputs: this.outputs,
      settings: SETTINGS,
      simulated: false,
      provisional: false,
      engine: 'int8-js',
      model: 'm',
      siteVerdict: 'usable',
      ...options,
    })
  }

  get last(): DoorReading {
    return this.readings[this.readings.length - 1]
  }

  /** The distinct states of the readings so far. */
  get states(): State[] {
    return this.readings.map(({ state }) => state).filter((state, i, all) => state !== all[i - 1])
  }

  see(forMs: number, seen: Seen = {}): DoorReading {
    for (let ms = 0; ms < forMs; ms += HOP_MS) {
      this.nowMs += HOP_MS
      const scores = seen.unscored ? undefined : this.scores(seen)
      this.keep(this.decision.observe(this.window(seen), scores, this.at(), this.nextBurst))
    }
    return this.last
  }

  /** Nothing arrives; the appliance ticks twice a second. */
  wait(forMs: number): DoorReading {
    for (const end = this.nowMs + forMs; this.nowMs < end;) {
      this.nowMs += 500
      this.keep(this.decision.tick(this.at()))
    }
    return this.last
  }

  /** Device time passes of which there are no windows; the host does not notice (a replay, say). */
  skip(ms: number): void {
    this.nowMs += ms
  }

  at(): Instant {
    return { bootId: 'b', monotonicUs: this.nowMs * 1000, wallMs: this.nowMs, wallTrusted: true }
  }

  keep(reading: DoorReading): void {
    if (reading !== this.last) this.readings.push(reading)
  }

  private scores({ p = 0.5, outOfDistribution = 0 }: Seen): Scores {
    const rest = this.outputs.length - 1
    const each = typeof p === 'number' ? [p, ...Array<number>(rest).fill((1 - p) / rest)] : p
    return { outputs: this.outputs, probabilities: Float32Array.from(each), outOfDistribution }
  }

  private window({ moving = false, epoch = 0 }: Seen): SignalWindow {
    return {
      link: 'l',
      startUs: (this.nowMs - WINDOW_MS) * 1000,
      endUs: this.nowMs * 1000,
      epoch,
      layoutId: 0,
      rows: 0,
      bins: 52,
      gridRateHz: 50,
      shape: new Float32Array(0),
      levelDb: new Float32Array(0),
      rssiDbm: new Float32Array(0),
      realShare: 1,
      motion: { lag1: 0, movingVariance: 0, moving },
      quality: { lossRatio: 0, saturatedRatio: 0, gainJump: false },
    }
  }
}
