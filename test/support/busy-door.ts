import { writeFileSync } from 'node:fs'
import type { Script, Swing } from '../../src/learning/simulator/door.js'
import { Simulator } from '../../src/learning/simulator/simulator.js'

const SWING_US = 1_000_000
const REST_US = 3_000_000

/** Low, so that a replay at a high pace is not held up by the processor. */
const PACKETS_PER_SECOND = 20

function* swings(): Generator<Swing> {
  for (let n = 0; ; n++)
    yield {
      startUs: n * (SWING_US + REST_US) + REST_US,
      durationUs: SWING_US,
      toDeg: [85, 0.1, 28, 0.2][n % 4],
    }
}

/** A capture of the simulator's wire bytes: a door that hardly rests, so that states come and go. */
export function recordBusyDoor(file: string, seconds: number): void {
  const script: Script = { restDeg: 0.1, swings: swings() }
  const simulator = new Simulator({
    site: 'metal-doorway',
    seed: 7,
    session: 0,
    packetsPerSecond: PACKETS_PER_SECOND,
    script,
  })
  const frames: Uint8Array[] = []
  while (simulator.nextUs < seconds * 1e6) frames.push(simulator.next().slice())
  writeFileSync(file, Buffer.concat(frames))
}
