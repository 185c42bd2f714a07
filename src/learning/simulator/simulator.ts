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
  /** When the receiver began anew, and what its clock showed then; default: its session is as old as the time. */
  reboot?: { atUs: number; clockUs: number }
  /** The session's channel, where another simulator of the same session has worked it out. */
  channel?: Channel
  /** Default: the session's channel, in which only the door moves. */
  air?: Air
}

/** All that a packet goes through from antenna to antenna. */
export interface Air {
  /** The complex gain at this time, with the door at this angle. Reused: valid until the next call. */
  at(timeUs: number, angleDeg: number): Field
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
  private readonly air: Air
  private readonly writer = new FrameWriter()
  private readonly intervalUs: number
  private readonly clock: DeviceTime
  private readonly bootedAtUs: number
  private readonly layoutId: number
  private readonly flags: number
  private received = 0
  private hiddenPackets = 0
  private hiddenUs = 0
  private sent: number
  private upcomingUs = NaN

  /** Throws AjarError 'usage.site' for a site that does not exist. */
  constructor({ site: name, seed, session, packetsPerSecond, script, ...rest }: SimulatorOptions) {
    const { gain = 'locked', startUs = 0 } = rest
    const site = siteByName(name)
    this.channel = rest.channel ?? sessionChannel(name, seed, session)
    this.door = new Door(script)
    const noise = new Random('noise', name, seed, session, startUs)
    this.receiver = new Receiver(seed, session, gain, usualAmplitude(this.channel), noise)
    this.air = rest.air ?? new StillAir(this.channel)
    const link = new Random('link', site.name, seed, session)
    const clock = drawClock(link)
    this.clock = rest.reboot === undefined ? clock : { ...clock, bootUs: rest.reboot.clockUs }
    this.bootedAtUs = rest.reboot?.atUs ?? 0
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
    receiver.receive(this.air.at(this.upcomingUs, this.door.angleDeg(this.upcomingUs)))
    const bytes = this.writer.csi({
      flags: this.flags,
      sequence: this.received++,
      timeUs: Math.round(
        this.clock.bootUs + (this.upcomingUs - this.bootedAtUs - this.hiddenUs) * this.clock.rate,
      ),
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
      transmitterSequence: this.sent - this.hiddenPackets,
      iq: receiver.iq,
    })
    this.advance()
    return bytes
  }

  /**
   * Leaves out what is sent before `timeUs`; returns how many packets that was. Hidden, the receiver's clock and the
   * transmitter's numbers go on as if that time had not been, and no gap shows.
   */
  skipTo(timeUs: number, hidden = false): number {
    const first = Math.ceil(timeUs / this.intervalUs)
    const skipped = Math.max(first - this.sent, 0)
    if (skipped > 0) {
      if (hidden) {
        this.hiddenPackets += skipped
        this.hiddenUs += skipped * this.intervalUs
      }
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
}

/** How the receiver's clock goes in one session. */
interface DeviceTime {
  /** What it shows when the session begins. */
  bootUs: number
  rate: number
}

export function deviceTime(site: string, seed: number, session: number): DeviceTime {
  return drawClock(new Random('link', site, seed, session))
}

function drawClock(link: Random): DeviceTime {
  return {
    bootUs: Math.round(link.between(PARAMETERS.bootUs.value)),
    rate: 1 + link.between(PARAMETERS.clockOffsetPpm.value) * 1e-6,
  }
}

/** Changes with the door alone. */
class StillAir implements Air {
  private readonly field = new Field()
  private angleDeg = NaN

  constructor(private readonly channel: Channel) {}

  at(_timeUs: number, angleDeg: number): Field {
    if (angleDeg !== this.angleDeg) {
      this.channel.read(angleDeg, this.field)
      this.angleDeg = angleDeg
    }
    return this.field
  }
}

/** Mean of the rms with the door closed and open. */
export function usualAmplitude(channel: Channel): number {
  const field = new Field()
  const amplitude = (angleDeg: number) => {
    channel.read(angleDeg, field)
    return 10 ** (field.levelDb() / 20)
  }
  return (amplitude(0) + amplitude(PARAMETERS.openDeg.value[1])) / 2
}

export function sessionChannel(site: string, seed: number, session: number): Channel {
  return new Channel(siteByName(site), new Random('room', site, seed, session))
}
