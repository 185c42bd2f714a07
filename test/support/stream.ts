import { setTimeout as sleep } from 'node:timers/promises'
import { FrameWriter, type CsiFields } from '../../src/sensing/wire/frame.js'
import type { Pty } from './pty.js'

/** The address that the frames carry. */
export const TRANSMITTER = '02:00:00:00:00:01'

export interface StreamOptions {
  /** Of the wall clock of this test; default 100. */
  framesPerSecond?: number
  /** Default 100: what the device's clock says, which may run faster than this test. */
  deviceFramesPerSecond?: number
  /** What is different in the n-th frame. */
  change?: (packet: number) => Partial<CsiFields>
}

/** The n-th frame of our own firmware in a quiet room: layout 2. */
function frameOf(packet: number, deviceFramesPerSecond: number): CsiFields {
  const iq = new Int8Array(128)
  for (let i = 0; i < iq.length; i++)
    iq[i] = Math.round(40 * Math.sin(0.2 * i) + 3 * Math.sin(17.3 * packet * (i + 1)))
  return {
    flags: 0,
    sequence: packet & 0xffff,
    timeUs: 5_000_000 + packet * (1e6 / deviceFramesPerSecond),
    mac: Uint8Array.from(TRANSMITTER.split(':'), (byte) => parseInt(byte, 16)),
    rssiDbm: -50,
    noiseFloorDbm: -95,
    agcGain: 40,
    fftGain: 0,
    channel: 6,
    bandwidth: 0,
    secondary: 1,
    format: 1,
    rate: 11,
    layoutId: 2,
    transmitterSequence: packet,
    iq,
  }
}

/** A receiver that sends frames into a pseudo-terminal until told to stop. */
export function streamFrames(pty: Pty, options: StreamOptions = {}): { stop(): Promise<void> } {
  const { framesPerSecond = 100, deviceFramesPerSecond = 100, change = () => ({}) } = options
  const writer = new FrameWriter()
  let running = true
  const run = async (): Promise<void> => {
    const startMs = performance.now()
    for (let packet = 0; running; packet++) {
      const frame = writer.csi({ ...frameOf(packet, deviceFramesPerSecond), ...change(packet) })
      try {
        await pty.write(Buffer.from(frame))
      } catch {
        return // unplugged
      }
      const dueMs = ((packet + 1) * 1000) / framesPerSecond - (performance.now() - startMs)
      if (dueMs > 1) await sleep(dueMs)
    }
  }
  const done = run()
  return {
    stop: async () => {
      running = false
      await done
    },
  }
}
