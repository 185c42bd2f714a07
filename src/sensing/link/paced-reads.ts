import { setTimeout as sleep } from 'node:timers/promises'
import type { SerialPort } from 'serialport'

/**
 * Rest between two reads. A read costs a trip to the thread pool, and serialport tries once more after each, in vain,
 * before it waits: for one packet every 10 ms that took more of the processor than all that is done with the packet
 * (measured on x64: the appliance took 3.2 % of a core without this rest, 1.5 % with it). A window moves on every
 * 200 ms: it does not mind.
 */
const REST_MS = 20
/** The kernel hands over 4096 bytes at most: from here on more is likely to wait, and the port must not fall behind. */
const MUCH_BYTES = 2048

/** Lets an open port's bytes gather between reads. The first bytes after a silence still come at once. */
export function paceReads(port: SerialPort): void {
  const binding = port.port
  if (binding === undefined) throw new Error('the port is not open')
  const read = binding.read.bind(binding)
  let rested: Promise<unknown> = Promise.resolve()
  binding.read = async (buffer, offset, length) => {
    await rested
    const result = await read(buffer, offset, length)
    if (result.bytesRead < MUCH_BYTES) rested = sleep(REST_MS)
    return result
  }
}
