import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { defaultConfig } from '../../config/load.js'
import type { LinkHealth } from '../../domain/link.js'
import type { DoorReading } from '../../domain/reading.js'
import type { Clock, Instant } from '../../domain/time.js'
import { SqliteStore } from '../../outputs/store/sqlite-store.js'

/** A busy front door: 100 times opened and closed, and motion in between. */
const EVENTS_A_DAY = 400
const MINUTES_A_DAY = 1440
/** Part of a day that is run through, some seconds on an SD card. */
const SHARE = 0.25
/** The appliance reports its link twice a second; a few reports a minute cost the same. */
const REPORTS_A_MINUTE = 4

export interface StoreFigures {
  store: { bytesPerDay: number }
}

/**
 * What a day costs the card: events and telemetry of a quarter of one, with the default settings, each commit
 * flushed. The file system's own journal comes on top.
 */
export function benchStore(): StoreFigures {
  const directory = mkdtempSync(path.join(tmpdir(), 'ajar-bench-'))
  try {
    const clock = new StepClock()
    const store = new SqliteStore(path.join(directory, 'ajar.db'), defaultConfig().store, clock)
    store.prune() // the log starts empty, the ballast lies
    const before = written()
    runPartOfDay(store, clock)
    store.close()
    const after = written()
    // A memory file system causes nothing; on a disk whole pages count, which is more than was given.
    const bytes = Math.max(after.given - before.given, after.caused - before.caused)
    return { store: { bytesPerDay: Math.round(bytes / SHARE) } }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function runPartOfDay(store: SqliteStore, clock: StepClock): void {
  const minutes = MINUTES_A_DAY * SHARE
  const events = EVENTS_A_DAY * SHARE
  let committed = 0
  for (let minute = 0; minute < minutes; minute++) {
    for (let report = 0; report < REPORTS_A_MINUTE; report++) {
      clock.pass(60_000 / REPORTS_A_MINUTE)
      store.telemetry(linkHealth(minute))
    }
    for (; committed < (events * (minute + 1)) / minutes; committed++) store.commit(reading(clock.now()))
  }
}

/** Bytes that this process gave to the kernel, and those that the kernel has to bring to a medium for it. */
function written(): { given: number; caused: number } {
  const io = readFileSync('/proc/self/io', 'utf8')
  const field = (name: string): number => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(io)?.[1])
  return { given: field('wchar'), caused: field('write_bytes') }
}

class StepClock implements Clock {
  private ms = 0

  pass(ms: number): void {
    this.ms += ms
  }

  monotonicUs(): number {
    return this.ms * 1000
  }

  now(): Instant {
    const wallMs = Date.UTC(2026, 0, 1) + this.ms
    return {
      bootId: 'f3a1f0f2-0000-4000-8000-000000000000',
      monotonicUs: this.ms * 1000,
      wallMs,
      wallTrusted: true,
    }
  }
}

function reading(at: Instant): DoorReading {
  return {
    doorId: 'front',
    state: 'closed',
    motion: 'still',
    confidence: 0.9731,
    since: at,
    at,
    reason: 'decided',
    epoch: 12,
    provisional: false,
    simulated: false,
    engine: 'int8-simd',
    model: 'front-2026-01-01',
  }
}

function linkHealth(minute: number): LinkHealth {
  const used = minute * 6000
  return {
    link: 'link-1',
    connected: true,
    source: '/dev/serial/by-id/usb-Silicon_Labs_CP2102_USB_to_UART_Bridge_Controller_0001-if00-port0',
    simulated: false,
    dialect: 'ajar',
    transmitter: '1a:00:00:00:00:00',
    layoutId: 2,
    packetsPerSecond: 99.7123,
    lossRatio: 0.0123,
    rssiDbm: -48.25,
    lastPacketUs: minute * 60e6,
    counters: {
      received: used + 60,
      used,
      other: 12,
      control: minute * 60,
      discarded: { crc: 11, duplicate: 12, saturated: 14, spliced: 0, truncated: 23, foreign: 0 },
    },
    reasons: [],
  }
}
