import { setTimeout as sleep } from 'node:timers/promises'
import { FrameWriter } from '../../src/sensing/wire/frame.js'
import type { Pty } from './pty.js'

/** A receiver of our own firmware in a quiet room: 100 frames a second into a pseudo-terminal until told to stop. */
export function streamFrames(pty: Pty): { stop(): Promise<void> } {
  const writer = new FrameWriter()
  let running = true
  const iq = new Int8Array(128)
  const run = async (): Promise<void> => {
    const startMs = performance.now()
    for (let packet = 0; running; packet++) {
      for (let i = 0; i < iq.length; i++)
        iq[i] = Math.round(40 * Math.sin(0.2 * i) + 3 * Math.sin(17.3 * packet * (i + 1)))
      const frame = writer.csi({
        flags: 0,
        sequence: packet & 0xffff,
        timeUs: 5_000_000 + packet * 10_000,
        mac: Uint8Array.of(2, 0, 0, 0, 0, 1),
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
      })
      try {
        await pty.write(Buffer.from(frame))
      } catch {
        return // unplugged
      }
      const dueMs = (packet + 1) * 10 - (performance.now() - startMs)
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
