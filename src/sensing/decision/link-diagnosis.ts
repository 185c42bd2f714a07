import type { Counters } from '../../domain/packet.js'
import type { Reason } from '../../domain/reason.js'

/**
 * How far back the diagnosis looks: longer than a receiver needs to start (2 s), long enough for 8 packets/s to
 * show, short enough for a person waiting (D).
 */
const HORIZON_US = 5_000_000
/** Bytes without a single frame that mean a wrong baud rate rather than a boot log: about 0.5 s at 115200 (D). */
const GARBAGE_BYTES = 6_000

interface Sample {
  atUs: number
  bytes: number
  used: number
  control: number
  discarded: Record<string, number>
}

/** Says in words why a link gives no packets, from what was counted in the last seconds. Pure: time is passed in. */
export class LinkDiagnosis {
  private readonly samples: Sample[] = []
  private totalBytes = 0
  private disconnected: Reason | undefined = {
    code: 'link.not-open',
    text: 'The receiver has not been opened yet.',
    hint: 'Wait a moment.',
  }

  bytes(count: number): void {
    this.totalBytes += count
  }

  open(): void {
    this.disconnected = undefined
    this.samples.length = 0
  }

  /** The source came to its end; where that was damage, the damage is what there is to say. */
  ended(): void {
    this.disconnected ??= {
      code: 'link.ended',
      text: 'The recording is over.',
      hint: 'Start again to replay it, or without a recording to listen to the receiver.',
    }
  }

  lost(detail: string, hint = 'Check the cable and the port; it is opened again by itself.'): void {
    this.disconnected = { code: 'link.lost', text: detail, hint }
  }

  sample(counters: Counters, atUs: number): void {
    this.samples.push({
      atUs,
      bytes: this.totalBytes,
      used: counters.used,
      control: counters.control,
      discarded: counters.discarded,
    })
    while (this.samples.length > 2 && this.samples[1].atUs <= atUs - HORIZON_US) this.samples.shift()
  }

  reasons(): Reason[] {
    if (this.disconnected !== undefined) return [this.disconnected]
    if (this.samples.length < 2) return []
    const first = this.samples[0]
    const last = this.samples[this.samples.length - 1]
    if (last.used > first.used) return this.partlyDiscarded(first, last)
    if (last.bytes === first.bytes) return [SILENT]
    const reason = mostDiscarded(first, last)
    if (reason !== undefined && EXPLAINED[reason] !== undefined) return [EXPLAINED[reason]]
    // A frame that decodes proves baud rate and firmware right, however much else arrives.
    if (last.control === first.control && last.bytes - first.bytes >= GARBAGE_BYTES) return [NOT_CSI]
    return last.atUs - first.atUs < HORIZON_US ? [] : [NO_PACKETS]
  }

  /** Packets arrive; says so when more is thrown away than used. */
  private partlyDiscarded(first: Sample, last: Sample): Reason[] {
    const reason = mostDiscarded(first, last)
    if (reason === undefined) return []
    const lost = last.discarded[reason] - (first.discarded[reason] ?? 0)
    if (lost <= last.used - first.used || EXPLAINED[reason] === undefined) return []
    return [EXPLAINED[reason]]
  }
}

function mostDiscarded(first: Sample, last: Sample): string | undefined {
  let most: string | undefined
  let count = 0
  for (const [reason, total] of Object.entries(last.discarded)) {
    const grown = total - (first.discarded[reason] ?? 0)
    if (grown > count) {
      count = grown
      most = reason
    }
  }
  return most
}

const SILENT: Reason = {
  code: 'link.silent',
  text: 'The port is open but nothing arrives.',
  hint: 'Is the transmitter powered and on the same channel? Press reset on the receiver.',
}

const NOT_CSI: Reason = {
  code: 'link.not-csi',
  text: 'Bytes arrive, but none of them are CSI packets.',
  hint: 'Check receiver.baudRate (921600 is usual, 115200 on old firmware) and the firmware of the receiver.',
}

const NO_PACKETS: Reason = {
  code: 'link.no-packets',
  text: 'The receiver lives, but no CSI packets come from it.',
  hint: 'Is the transmitter powered and on the same channel as the receiver?',
}

const EXPLAINED: Record<string, Reason> = {
  foreign: {
    code: 'link.foreign',
    text: 'Packets arrive, but none from the transmitter of this door.',
    hint: 'Compare receiver.transmitters with the address on the transmitter; empty accepts any.',
  },
  saturated: {
    code: 'link.saturated',
    text: 'The receiver is overdriven: most packets are saturated.',
    hint: 'Move transmitter and receiver further apart, or lower the transmit power.',
  },
  layout: {
    code: 'link.layout',
    text: 'The packets have another layout than the model was made for.',
    hint: 'Another chip or bandwidth than at commissioning? Use the same receiver, or teach again.',
  },
  'rx-state': {
    code: 'link.rx-state',
    text: 'The receiver marks most packets as received with errors.',
    hint: 'Bring transmitter and receiver closer, or change the channel.',
  },
  'no-time': {
    code: 'link.no-time',
    text: 'The packets carry no time, or one that jumps or goes back.',
    hint: 'Use firmware that prints local_timestamp. If it does, the line is damaged: another cable, or a lower baud rate.',
  },
}
