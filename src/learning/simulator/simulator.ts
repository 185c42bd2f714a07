import { PacketFlag } from '../../domain/packet.js'
import type { State } from '../../domain/reading.js'
import { classicLayout } from '../../sensing/packet/layouts.js'
import { FrameWriter } from '../../sensing/wire/frame.js'
import { Channel } from './channel.js'
import { Door, type Script } from './door.js'
import { Field } from './field.js'
import { BurstLoss } from './loss.js'
import { PARAMETERS } from './parameters.js'
import { Random } from '../random.js'
import { Receiver, type GainMode } from './receiver.js'
import { siteByName } from './sites.js'

export interface SimulatorOptions {
  /** Name of a site. */
  site: string
  /** The same seed repeats everything; it is also the board. */
  seed: number
  /** A run of the receiver between power-ups: the room is a little different in each. */
  session: number
  packetsPerSecond: number
  script: Script
  /** Default 'locked'. */
  gain?: GainMode
  /** Time in the session at which this begins, µs; default 0. */
  startUs?: number
  /** The session's channel, where another simulator of the same session has worked it out. */
  channel?: Channel
}

/** 0x0b is 6 Mbit/s in ESP-IDF's wifi_phy_rate_t: OFDM, so that there is an L-LTF. */
const RATE_6M = 0x0b
const NON_HT = 0
/** Locally administered. */
const TRANSMITTER_MAC = Uint8Array.of(0x02, 0, 0, 0, 0, 0x01)

/**
 * A door, two rooms, a transmitter and a receiver. Gives the receiver's wire bytes packet by packet, and the
 * truth. Times are µs of simulated time within the session. Repeats byte for byte on one version of V8; another's
 * Math.sin or Math.exp may differ in the last bit, which rounding to 8 bits all but hides: Node 20 and 24 agree.
 */
export class Simulator {
  readonly channel: Channel
  private readonly door: Door
  private readonly receiver: Receiver
  private readonly loss: BurstLoss
  private readonly jitter: Random
  private readonly field = new Field()
  private fieldAngleDeg = NaN
  private readonly writer = new FrameWriter()
  private readonly intervalUs: number
  private readonly bootUs: number
  private readonly deviceRate: number
  private readonly layoutId: number
  private readonly flags: number
  private received = 0
  private sent: number
  private upcomingUs = NaN

  /** Throws AjarError 'usage.site' for a site that does not exist. */
  constructor({ site: name, seed, session, packetsPerSecond, script, ...rest }: SimulatorOptions) {
    const { gain = 'locked', startUs = 0 } = rest
    const site = siteByName(name)
    this.channel = rest.channel ?? sessionChannel(name, seed, session)
    this.door = new Door(script)
    const noise = new Random('noise', name, seed, session, startUs)
    const usualAmplitude = (this.amplitude(0) + this.amplitude(PARAMETERS.openDeg.value[1])) / 2
    this.receiver = new Receiver(seed, session, gain, usualAmplitude, noise)
    const link = new Random('link', site.name, seed, session)
    this.bootUs = Math.round(link.between(PARAMETERS.bootUs.value))
    this.deviceRate = 1 + link.between(PARAMETERS.clockOffsetPpm.value) * 1e-6
    const lossRatio = link.between(PARAMETERS.lossRatio.value)
    this.loss = new BurstLoss(new Random('loss', name, seed, session, startUs), lossRatio)
    this.jitter = new Random('jitter', name, seed, session, startUs)
    this.intervalUs = 1e6 / packetsPerSecond
    this.layoutId = classicLayout(this.receiver.iq.length, 0)
    this.flags = PacketFlag.authOk | (gain === 'locked' ? PacketFlag.gainForced : 0)
    this.sent = Math.ceil(startUs / this.intervalUs)
    this.advance()
  }

  /** Time of the packet that `next` will give. */
  get nextUs(): number {
    return this.upcomingUs
  }

  /** Wire bytes of the next packet that is not lost. Reused: valid until the next call. */
  next(): Uint8Array {
    const { receiver } = this
    const angleDeg = this.door.angleDeg(this.upcomingUs)
    if (angleDeg !== this.fieldAngleDeg) {
      this.channel.read(angleDeg, this.field)
      this.fieldAngleDeg = angleDeg
    }
    receiver.receive(this.field)
    const bytes = this.writer.csi({
      flags: this.flags,
      sequence: this.received++,
      timeUs: Math.round(this.bootUs + this.upcomingUs * this.deviceRate),
      mac: TRANSMITTER_MAC,
      rssiDbm: receiver.rssiDbm,
      noiseFloorDbm: PARAMETERS.noiseFloorDbm.value,
      agcGain: receiver.agcGain,
      fftGain: receiver.fftGain,
      channel: 6,
      bandwidth: 0,
      secondary: 0,
      format: NON_HT,
      rate: RATE_6M,
      layoutId: this.layoutId,
      transmitterSequence: this.sent,
      iq: receiver.iq,
    })
    this.advance()
    return bytes
  }

  /** Leaves out what is sent before `timeUs`; returns how many packets that was. */
  skipTo(timeUs: number): number {
    const first = Math.ceil(timeUs / this.intervalUs)
    const skipped = Math.max(first - this.sent, 0)
    if (skipped > 0) {
      this.sent = first - 1
      this.advance()
    }
    return skipped
  }

  state(timeUs: number): State {
    return this.door.state(timeUs)
  }

  angleDeg(timeUs: number): number {
    return this.door.angleDeg(timeUs)
  }

  /** To the next packet that arrives. */
  private advance(): void {
    do this.sent++
    while (this.loss.lost())
    const mostSdUs = this.intervalUs / PARAMETERS.intervalPerSendJitterSd.value
    const jitterSdUs = Math.min(PARAMETERS.sendJitterSdUs.value, mostSdUs)
    this.upcomingUs = this.sent * this.intervalUs + jitterSdUs * this.jitter.normal()
  }

  private amplitude(angleDeg: number): number {
    this.channel.read(angleDeg, this.field)
    return 10 ** (this.field.levelDb() / 20)
  }
}

export function sessionChannel(site: string, seed: number, session: number): Channel {
  return new Channel(siteByName(site), new Random('room', site, seed, session))
}
