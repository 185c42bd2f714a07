import type { SourceEvent } from '../domain/link.js'
import type { ControlFrame, CsiPacket, Discarded } from '../domain/packet.js'
import { SystemClock } from '../platform/clock.js'
import { AjarError } from '../platform/errors.js'
import { CaptureFileSource } from '../sensing/link/capture-file.js'
import { PacketDecoder } from '../sensing/packet/decoder.js'

/** Stated rate of tables; the counts do not depend on it. */
const TABLE_PACKETS_PER_SECOND = 3

interface Count {
  file: string
  dialect: string
  packets: number
  discarded: Record<string, number>
  other: number
  /** Packets by number of array values. */
  values: Record<string, number>
  transmitters: Record<string, number>
}

/** `ajar decode`: counts what recordings hold, a line each. Exit code 1 where one could not be read to its end. */
export async function decode(
  files: readonly string[],
  options: { json: boolean },
  out: (line: string) => void,
): Promise<number> {
  let code = 0
  for (const file of files) {
    try {
      const count = await countFile(file)
      out(options.json ? JSON.stringify(count) : inWords(count))
    } catch (error) {
      if (!(error instanceof AjarError)) throw error
      code = 1
      process.stderr.write(`ajar decode: ${error.message}\n  → ${error.hint}\n`)
    }
  }
  return code
}

/** Throws AjarError 'capture.unreadable' or 'capture.damaged': half a count would look like a whole one. */
async function countFile(file: string): Promise<Count> {
  const decoder = new PacketDecoder({ transmitters: [], tablePacketsPerSecond: TABLE_PACKETS_PER_SECOND })
  const dialects = new Map<string, number>()
  const values: Record<string, number> = {}
  const transmitters: Record<string, number> = {}
  const onDecoded = (item: CsiPacket | Discarded | ControlFrame): void => {
    if (item.kind !== 'packet') return
    dialects.set(item.dialect, (dialects.get(item.dialect) ?? 0) + 1)
    values[item.iq.length] = (values[item.iq.length] ?? 0) + 1
    const transmitter = item.transmitter === '' ? 'not stated' : item.transmitter
    transmitters[transmitter] = (transmitters[transmitter] ?? 0) + 1
  }
  await replay(file, (bytes, hostTimeUs) => decoder.push({ bytes, hostTimeUs }, onDecoded))
  decoder.end(0, onDecoded)
  const { used, discarded, other } = decoder.counters
  return { file, dialect: commonest(dialects), packets: used, discarded, other, values, transmitters }
}

/** Every byte of a file, as fast as it goes. */
async function replay(file: string, onBytes: (bytes: Uint8Array, hostTimeUs: number) => void): Promise<void> {
  const source = new CaptureFileSource({
    file,
    pace: 'max',
    clock: new SystemClock(),
    deviceTimeUs: () => undefined,
  })
  let damage: AjarError | undefined
  await new Promise<void>((resolve, reject) => {
    const event = (happened: SourceEvent): void => {
      if (happened.type === 'end') resolve()
      if (happened.type === 'lost')
        damage = new AjarError('capture.damaged', `${file}: ${happened.detail}`, happened.hint ?? '')
    }
    source.start({ bytes: onBytes, event }, new AbortController().signal).catch(reject)
  })
  if (damage) throw damage
}

function commonest(counts: ReadonlyMap<string, number>): string {
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 'none'
}

function inWords(count: Count): string {
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .map(([name, n]) => `${n} × ${name}`)
      .join(', ') || 'none'
  return (
    `${count.file}: ${count.packets} packets (${count.dialect}), discarded: ${list(count.discarded)}, ` +
    `other lines: ${count.other}, values: ${list(count.values)}, transmitters: ${list(count.transmitters)}`
  )
}
