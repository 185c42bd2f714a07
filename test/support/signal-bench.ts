import type { CsiPacket } from '../../src/domain/packet.js'
import type { SignalSettings } from '../../src/sensing/signal/settings.js'
import { SignalStage } from '../../src/sensing/signal/stage.js'
import { centred, csiPacket, range, seededNormal, signalSettings } from './packets.js'

/** 40 MHz: more usable bins than a row has. */
export const wide = { id: 10, name: 'ht40', bins: 128, usable: [...range(6, 62), ...range(66, 122)] }
const layouts = [centred, wide]

interface Seen {
  startUs: number
  endUs: number
  epoch: number
  rows: number
  moving: boolean
  gainJump: boolean
  lossRatio: number
  saturatedRatio: number
  levelDb: number
}

/** A stage, what it gave, and a way to feed it. */
export class SignalBench {
  readonly windows: Seen[] = []
  readonly discarded: Record<string, number> = {}
  readonly stage: SignalStage
  finite = true
  private readonly normal = seededNormal(11)

  constructor(settings: Partial<SignalSettings> = {}, expectedLayoutId?: number) {
    this.stage = new SignalStage({
      link: 'front',
      settings: { ...signalSettings, ...settings },
      layoutOf: (id) => layouts.find((layout) => layout.id === id),
      expectedLayoutId,
    })
  }

  push(packet: CsiPacket): void {
    this.stage.push(packet, (output) => {
      if ('kind' in output) {
        this.discarded[output.reason] = (this.discarded[output.reason] ?? 0) + 1
        return
      }
      const { startUs, endUs, epoch, rows, motion, quality } = output
      const values = [
        ...output.shape,
        ...output.levelDb,
        output.realShare,
        motion.lag1,
        motion.movingVariance,
      ]
      values.push(quality.lossRatio, quality.saturatedRatio, startUs, endUs)
      if (!values.every(Number.isFinite) || output.shape.length !== rows * 52) this.finite = false
      this.windows.push({
        startUs,
        endUs,
        epoch,
        rows,
        ...quality,
        moving: motion.moving,
        levelDb: output.levelDb[rows - 1],
      })
    })
  }

  /** A quiet link: white noise of 3 % about a fixed shape, from `fromMs` to before `toMs`. */
  quiet(fromMs: number, toMs: number, everyMs: number, fields: Partial<CsiPacket> = {}, scale = 1): void {
    const layout = layouts.find(({ id }) => id === (fields.layoutId ?? centred.id)) ?? centred
    for (let ms = fromMs; ms < toMs; ms += everyMs)
      this.push(
        csiPacket(
          { deviceTimeUs: ms * 1000, sequence: ms, ...fields },
          (n) => scale * (40 + 15 * Math.sin(n / 8)) * (1 + 0.03 * this.normal()),
          layout,
        ),
      )
  }
}
