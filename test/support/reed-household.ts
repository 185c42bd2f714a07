import { setImmediate as yieldToEvents } from 'node:timers/promises'
import { defaultConfig } from '../../src/config/load.js'
import type { Reed, ReedChange } from '../../src/domain/reed.js'
import type { Clock, Instant } from '../../src/domain/time.js'
import { nothingKept, type KeptCommissioning } from '../../src/learning/commissioning/kept-state.js'
import { ReedWatch } from '../../src/learning/commissioning/reed-watch.js'
import { Household, type HouseholdOptions } from '../../src/learning/simulator/household.js'
import { createLogger } from '../../src/platform/logger.js'
import { BurstStage } from '../../src/sensing/burst/stage.js'
import { PacketDecoder } from '../../src/sensing/packet/decoder.js'
import { layoutById } from '../../src/sensing/packet/layouts.js'
import { SignalStage } from '../../src/sensing/signal/stage.js'

/** Noon of no day in particular. */
export const STARTED_MS = Date.UTC(2026, 5, 1, 12)
/** A reed lets go once the door has moved a little. */
const LET_GO_US = 100_000

/** A clock that the test sets. */
export class SetClock implements Clock {
  us = 0

  monotonicUs(): number {
    return this.us
  }

  now(): Instant {
    return {
      bootId: 'test-boot',
      monotonicUs: this.us,
      wallMs: STARTED_MS + this.us / 1000,
      wallTrusted: true,
    }
  }
}

/** A reed that the test moves. */
export class SetReed implements Reed {
  private changed: (change: ReedChange) => void = () => undefined

  constructor(private is: boolean) {}

  start(changed: (change: ReedChange) => void): void {
    this.changed = changed
  }

  move(open: boolean, hostTimeUs: number): void {
    this.is = open
    this.changed({ open, hostTimeUs })
  }

  open(): boolean {
    return this.is
  }

  reasons(): [] {
    return []
  }

  stop(): void {}
}

/** Days of a simulated household with a reed on its door, through the real stages into a journal. */
export class ReedHousehold {
  readonly clock = new SetClock()
  readonly reed: SetReed
  readonly watch: ReedWatch
  readonly home: Household
  readonly kept: KeptCommissioning = nothingKept()

  constructor(
    directory: string,
    options: Partial<HouseholdOptions> & { doorId?: string; maxBytes?: number } = {},
  ) {
    const { doorId = 'front', maxBytes = 1 << 28, ...of } = options
    this.home = new Household({ site: 'metal-doorway', seed: 4, days: 1, packetsPerSecond: 25, ...of })
    this.reed = new SetReed(this.home.state(0) !== 'closed')
    this.watch = new ReedWatch({
      directory,
      doorId,
      settings: { journalMaxBytes: maxBytes, resetHours: 0 },
      windowMs: defaultConfig().signal.windowMs,
      simulated: true,
      clock: this.clock,
      logger: createLogger('error').logger,
      wiring: { pin: 4, inverted: false },
      reed: this.reed,
      kept: this.kept,
    })
  }

  /** Plays all of it. */
  async play(): Promise<void> {
    const { receiver, signal: settings, decision } = defaultConfig()
    const decoder = new PacketDecoder(receiver)
    const signal = new SignalStage({ link: 'link-1', settings, layoutOf: layoutById })
    const burst = new BurstStage(settings.bins, { ...settings, ...decision })
    const edges = this.home
      .events()
      .flatMap(({ kind, startUs, endUs }) => [
        ...(kind === 'closed' ? [] : [{ open: true, atUs: startUs + LET_GO_US }]),
        ...(kind === 'opened' ? [] : [{ open: false, atUs: endUs }]),
      ])
    let next = 0
    let packets = 0
    for (const { atUs, bytes } of this.home.play()) {
      for (; next < edges.length && edges[next].atUs <= atUs; next++) {
        this.clock.us = edges[next].atUs
        this.reed.move(edges[next].open, edges[next].atUs)
      }
      this.clock.us = atUs
      decoder.push({ bytes, hostTimeUs: atUs }, (item) => {
        if (item.kind !== 'packet') return
        signal.push(item, (window) => {
          if ('kind' in window) return
          // In the order of the pipeline.
          burst.push(window, (under) => this.watch.burst(under))
          this.watch.window(window)
        })
      })
      this.watch.tick(atUs)
      if (++packets % 100 === 0) await yieldToEvents()
    }
    this.watch.stop()
    await this.watch.journal.close()
  }
}

/** A household that teaches enough, soon: it does nothing but use its door. */
export const TAUGHT = {
  ...{ people: false, furniture: false, drift: false, levelSteps: false, reboots: false },
  ...{ seed: 8, days: 2, packetsPerSecond: 100 },
} as const
