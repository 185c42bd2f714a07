import type { ControlFrame, CsiPacket, Discarded } from '../../domain/packet.js'
import type { SignalWindow } from '../../domain/window.js'
import { PacketDecoder } from '../../sensing/packet/decoder.js'
import { layoutById } from '../../sensing/packet/layouts.js'
import type { SignalSettings } from '../../sensing/signal/settings.js'
import { SignalStage } from '../../sensing/signal/stage.js'
import { VisitEvidence } from './visit-evidence.js'

export interface WatchSettings {
  signal: SignalSettings
  /** Only packets of these transmitters; empty = of any. */
  transmitters: readonly string[]
  tablePacketsPerSecond: number
}

/** The bytes of one visit → its evidence, through the decoder and the signal stage that the appliance runs. */
export class VisitWatch {
  readonly evidence = new VisitEvidence()
  private readonly decoder: PacketDecoder
  private readonly stage: SignalStage

  constructor(settings: WatchSettings) {
    this.decoder = new PacketDecoder(settings)
    this.stage = new SignalStage({ link: 'visit', settings: settings.signal, layoutOf: layoutById })
  }

  push(bytes: Uint8Array, hostTimeUs: number): void {
    this.decoder.push({ bytes, hostTimeUs }, this.decoded)
  }

  /** What the signal stage has to say of the link now. */
  get linkReason() {
    return this.stage.reason()
  }

  private readonly decoded = (item: CsiPacket | Discarded | ControlFrame): void => {
    if (item.kind !== 'packet') return
    this.evidence.packet(item)
    this.stage.push(item, this.sensed)
  }

  private readonly sensed = (item: SignalWindow | Discarded): void => {
    if ('kind' in item) this.evidence.discarded(item.reason)
    else this.evidence.window(item)
  }
}
