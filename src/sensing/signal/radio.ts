import type { CsiPacket, RejectReason } from '../../domain/packet.js'

/** So many packets in a row of another kind mean that the link has changed, not that a line was corrupted (D). */
const PACKETS_TO_SWITCH = 10

/**
 * What must stay the same for packets to be comparable: transmitter, layout, channel and bandwidth. Recordings
 * mix transmitters and lengths; the first kind is followed until another has taken its place.
 */
export class Radio {
  private followed: Kind | undefined
  private readonly other: Kind = { transmitter: '', layoutId: -1, channel: NaN, bandwidthMhz: 20 }
  private others = 0

  /** 'same', or 'changed' where the packet is the first of the kind now followed; else why it is not used. */
  judge(packet: CsiPacket): 'same' | 'changed' | RejectReason {
    const { followed, other } = this
    if (followed !== undefined) {
      if (isOfKind(packet, followed)) {
        this.others = 0
        return 'same'
      }
      if (!isOfKind(packet, other)) {
        note(packet, other)
        this.others = 0
      }
      if (++this.others < PACKETS_TO_SWITCH)
        return packet.transmitter === followed.transmitter ? 'layout' : 'foreign'
    }
    this.followed ??= { ...other }
    note(packet, this.followed)
    this.others = 0
    return 'changed'
  }

  clear(): void {
    this.followed = undefined
    this.others = 0
  }
}

type Kind = Pick<CsiPacket, 'transmitter' | 'layoutId' | 'channel' | 'bandwidthMhz'>

function isOfKind(packet: CsiPacket, kind: Kind): boolean {
  return (
    packet.layoutId === kind.layoutId &&
    Object.is(packet.channel, kind.channel) &&
    packet.bandwidthMhz === kind.bandwidthMhz &&
    packet.transmitter === kind.transmitter
  )
}

function note(packet: CsiPacket, kind: Kind): void {
  kind.transmitter = packet.transmitter
  kind.layoutId = packet.layoutId
  kind.channel = packet.channel
  kind.bandwidthMhz = packet.bandwidthMhz
}
