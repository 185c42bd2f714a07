import type { Layout } from '../../domain/layout.js'
import type { CsiPacket, Discarded, RejectReason } from '../../domain/packet.js'
import type { Reason } from '../../domain/reason.js'
import type { Stage } from '../../domain/stage.js'
import type { SignalWindow } from '../../domain/window.js'
import { Cadence } from './cadence.js'
import { gainCompensationDb, GainLock } from './gain.js'
import { PacketHistory } from './history.js'
import { MaskProbe } from './mask.js'
import { Radio } from './radio.js'
import type { SignalSettings } from './settings.js'
import { ShapeReader } from './shape.js'
import { isReceptionError, saturatedShare } from './validation.js'
import { WindowMaker } from './window-maker.js'

export interface SignalOptions {
  link: string
  settings: SignalSettings
  layoutOf(id: number): Layout | undefined
  /** The layout that the model was made for; packets of any other are discarded. Absent: any known one. */
  expectedLayoutId?: number
}

/** A break is at least this many packet intervals: rates of offline work lie below the live minimum (D). */
const BREAK_INTERVALS = 3
/** Weight of the newest packet in the smoothed RSSI and share of saturated packets (D). */
const SMOOTHING = 1 / 32
/** A greater share of saturated packets than this is worth a word to a person (D). */
const SATURATED_MOSTLY = 0.5

/**
 * Packets of one link → windows on the signal grid. Each packet is either used or emitted as Discarded.
 * Device time is the only clock; rows lag by half the outlier filter, 3 packets.
 */
export class SignalStage implements Stage<CsiPacket, SignalWindow | Discarded> {
  private readonly radio = new Radio()
  private readonly cadence = new Cadence()
  private readonly gain = new GainLock()
  private readonly history: PacketHistory
  private readonly windows: WindowMaker
  private readonly row: Float32Array
  private readonly discarded: Discarded = { kind: 'discarded', reason: 'layout', bytes: 0, hostTimeUs: 0 }
  private reader: { layout: Layout; shape: ShapeReader; mask: MaskProbe } | undefined
  private followedLayoutId = NaN
  private refusedLayoutId = NaN
  private bootId = NaN
  private lastUs = NaN
  private lastSequence = NaN
  private lastUsedUs = NaN
  /** Missed since the last packet that was used. */
  private lost = 0
  private saturated = 0
  private saturatedRatio = 0
  private smoothedRssiDbm = NaN

  constructor(private readonly options: SignalOptions) {
    this.history = new PacketHistory(options.settings)
    this.windows = new WindowMaker(options.link, options.settings, this.history)
    this.row = new Float32Array(options.settings.bins)
  }

  push(packet: CsiPacket, emit: (output: SignalWindow | Discarded) => void): void {
    const refused = this.refuse(packet)
    if (refused === undefined) {
      this.use(packet)
      // An AGC gain that stands at 0 is a field that nobody fills: no receiver is locked below 30 (R).
      const gainKnown = this.gain.locked === true && packet.agcGain > 0
      this.windows.make(packet.layoutId, this.cadence.periodUs, gainKnown, emit)
      return
    }
    this.discarded.reason = refused
    this.discarded.bytes = packet.iq.length
    this.discarded.hostTimeUs = packet.hostTimeUs
    emit(this.discarded)
  }

  /** A new connection: nothing of the old one may be compared with what comes. */
  reset(_reason: string): void {
    this.radio.clear()
    this.reader = undefined
    this.followedLayoutId = this.refusedLayoutId = this.smoothedRssiDbm = this.bootId = NaN
    this.saturatedRatio = 0
    this.begin(NaN)
  }

  /** Of valid packets, over the last 128; 0 before the second. */
  get packetsPerSecond(): number {
    return this.cadence.packetsPerSecond || 0
  }

  /** Lost of all that the transmitter sent, over the last 128 packets, 0..1. */
  get lossRatio(): number {
    return this.cadence.lossRatio
  }

  /** Smoothed over about 32 packets; NaN = not stated. */
  get rssiDbm(): number {
    return this.smoothedRssiDbm
  }

  /** The layout that is followed; NaN before the first packet. */
  get layoutId(): number {
    return this.followedLayoutId
  }

  /** Undefined where the dialect does not report gains. */
  get gainLocked(): boolean | undefined {
    return this.gain.locked
  }

  /** Why no windows are made, where that is so. */
  reason(): Reason | undefined {
    const { expectedLayoutId, settings } = this.options
    if (!Number.isNaN(this.refusedLayoutId))
      return {
        code: 'link.layout',
        text:
          expectedLayoutId === undefined
            ? `Packets have a layout that is not known (${this.refusedLayoutId}).`
            : `Packets have layout ${this.refusedLayoutId}; the model was made for layout ${expectedLayoutId}.`,
        hint: 'Another chip, channel width or firmware than at commissioning? Use the same, or teach again.',
      }
    if (this.reader?.mask.fits === false)
      return {
        code: 'link.mask',
        text: `The data contradict layout "${this.reader.layout.name}": subcarriers that should carry signal are dead, or the reverse.`,
        hint: 'The chip or its channel settings differ from what the dialect suggests: use the binary protocol, which states the layout.',
      }
    if (this.saturatedRatio > SATURATED_MOSTLY)
      return {
        code: 'link.saturated',
        text: 'The receiver is overdriven: most packets are saturated.',
        hint: 'Move transmitter and receiver further apart, or lower the transmit power.',
      }
    if (Number.isNaN(this.cadence.periodUs)) return undefined
    if (this.packetsPerSecond < settings.minPacketsPerSecond)
      return {
        code: 'link.rate-low',
        text: `${this.packetsPerSecond.toFixed(1)} packets a second: at least ${settings.minPacketsPerSecond} are needed.`,
        hint: 'Raise the rate of the transmitter (50 to 100 a second), or the baud rate of the receiver.',
      }
    if (this.windows.gaps)
      return {
        code: 'link.gaps',
        text: `Packets come too unevenly: ${(100 * this.lossRatio).toFixed(0)} % are lost.`,
        hint: 'Choose a quieter channel, or bring transmitter and receiver closer.',
      }
    return undefined
  }

  /** Takes note of the packet; says why it is not to be used. */
  private refuse(packet: CsiPacket): RejectReason | undefined {
    const { expectedLayoutId, settings } = this.options
    const timeUs = packet.deviceTimeUs
    if (isReceptionError(packet.flags)) return 'rx-state'
    if (!Number.isFinite(timeUs)) return 'no-time'
    if (expectedLayoutId !== undefined && packet.layoutId !== expectedLayoutId) {
      this.refusedLayoutId = packet.layoutId
      return 'layout'
    }
    const kind = this.radio.judge(packet)
    if (kind === 'changed') this.follow(packet)
    else if (kind !== 'same') return kind
    const { reader } = this
    if (reader === undefined || packet.iq.length !== 2 * reader.layout.bins) {
      this.refusedLayoutId = packet.layoutId
      return 'layout'
    }
    this.refusedLayoutId = NaN
    if (packet.bootId !== this.bootId) this.begin(packet.bootId)
    else if (timeUs <= this.lastUs)
      return timeUs === this.lastUs && Object.is(packet.sequence, this.lastSequence) ? 'duplicate' : 'no-time'
    this.lastUs = timeUs
    this.lastSequence = packet.sequence
    this.lost += this.cadence.push(timeUs, packet.transmitterSequence)
    const saturated = saturatedShare(packet, reader.layout.usable) > settings.saturatedShare
    this.saturatedRatio += SMOOTHING * (Number(saturated) - this.saturatedRatio)
    if (saturated) {
      this.saturated++
      return 'saturated'
    }
    reader.mask.push(packet.iq)
    if (reader.mask.fits !== false) return undefined
    this.windows.interrupt()
    return 'layout'
  }

  private use(packet: CsiPacket): void {
    const { agcGain, fftGain, rssiDbm, deviceTimeUs } = packet
    const breakUs = Math.max(
      this.options.settings.breakMs * 1000,
      BREAK_INTERVALS * (this.cadence.periodUs || 0),
    )
    if (deviceTimeUs - this.lastUsedUs >= breakUs) this.windows.interrupt()
    if (this.gain.relocked(agcGain, fftGain, deviceTimeUs)) this.windows.beginEpoch()
    this.lastUsedUs = deviceTimeUs
    const levelDb = this.reader!.shape.read(packet, this.row) + gainCompensationDb(agcGain, fftGain)
    this.history.push(deviceTimeUs, this.row, levelDb, rssiDbm)
    this.history.missed(this.lost, this.saturated)
    this.lost = this.saturated = 0
    if (Number.isNaN(this.smoothedRssiDbm)) this.smoothedRssiDbm = rssiDbm
    else if (!Number.isNaN(rssiDbm)) this.smoothedRssiDbm += SMOOTHING * (rssiDbm - this.smoothedRssiDbm)
  }

  /** Another transmitter, layout, channel or bandwidth than before. */
  private follow(packet: CsiPacket): void {
    const layout = this.options.layoutOf(packet.layoutId)
    this.followedLayoutId = packet.layoutId
    this.reader =
      layout === undefined || layout.usable.length === 0
        ? undefined
        : { layout, shape: new ShapeReader(layout, this.options.settings.bins), mask: new MaskProbe(layout) }
    this.begin(packet.bootId)
  }

  private begin(bootId: number): void {
    this.bootId = bootId
    this.cadence.clear()
    this.gain.clear()
    this.windows.beginEpoch()
    this.lastUs = this.lastSequence = this.lastUsedUs = NaN
    this.lost = this.saturated = 0
  }
}
