import type { LinkHealth } from '../../../../src/domain/link.js'
import type { DoorReading, State } from '../../../../src/domain/reading.js'
import type { RelaySettings } from '../../../../src/outputs/gpio/settings.js'

const instant = { bootId: 'b', monotonicUs: 0, wallMs: 0, wallTrusted: true }

export function readingOf(state: State, change: Partial<DoorReading> = {}): DoorReading {
  return {
    doorId: 'front',
    state,
    motion: 'still',
    confidence: state === 'unknown' ? 0 : 0.9,
    since: instant,
    at: instant,
    reason: state === 'unknown' ? 'ambiguous' : 'decided',
    epoch: 0,
    provisional: false,
    simulated: false,
    engine: 'int8-js',
    model: 'm',
    ...change,
  }
}

export const CONNECTED: LinkHealth = {
  link: 'l',
  connected: true,
  source: '/dev/ttyUSB0',
  simulated: false,
  dialect: 'binary',
  transmitter: '',
  layoutId: 0,
  packetsPerSecond: 100,
  lossRatio: 0,
  rssiDbm: -50,
  lastPacketUs: 0,
  counters: { received: 0, used: 0, other: 0, control: 0, discarded: {} },
  reasons: [],
}

export const RELAY: RelaySettings = {
  line: 17,
  activeLow: false,
  onStates: ['open'],
  pulseMs: 0,
  minHoldMs: 1000,
  maxPerMinute: 3,
  holdMs: 0,
  allowProvisional: false,
  allowSimulated: false,
}
