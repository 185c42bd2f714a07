import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import type { LinkHealth } from '../../../../src/domain/link.js'
import type { DoorReading } from '../../../../src/domain/reading.js'
import type { Clock, Instant } from '../../../../src/domain/time.js'
import type { StoreSettings } from '../../../../src/outputs/store/settings.js'

export const SETTINGS: StoreSettings = {
  retentionDays: 90,
  telemetryRetentionDays: 30,
  maxBytes: 64 << 20,
  telemetryIntervalMs: 60_000,
  outboxMaxItems: 100,
  outboxMaxBytes: 1 << 20,
}

/** A clock that the test turns. */
export class ManualClock implements Clock {
  us = 5_000_000
  wallMs = Date.UTC(2026, 5, 1)
  wallTrusted = true

  monotonicUs(): number {
    return this.us
  }

  now(): Instant {
    return { bootId: 'boot-1', monotonicUs: this.us, wallMs: this.wallMs, wallTrusted: this.wallTrusted }
  }

  /** Both clocks go on. */
  pass(ms: number): void {
    this.us += ms * 1000
    this.wallMs += ms
  }
}

export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'ajar-store-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export function readingAt(at: Instant, fields: Partial<DoorReading> = {}): DoorReading {
  return {
    doorId: 'front',
    state: 'closed',
    motion: 'still',
    confidence: 0.97,
    since: at,
    at,
    reason: 'decided',
    epoch: 3,
    provisional: true,
    simulated: false,
    engine: 'int8-js',
    model: 'demo-1',
    ...fields,
  }
}

export function healthOf(link: string, used: number): LinkHealth {
  return {
    link,
    connected: true,
    source: '/dev/ttyUSB0',
    simulated: false,
    dialect: 'ajar',
    transmitter: '1a:00:00:00:00:00',
    layoutId: 2,
    packetsPerSecond: 99.5,
    lossRatio: 0.01,
    rssiDbm: -48,
    lastPacketUs: used,
    counters: { received: used, used, other: 0, control: 0, discarded: { crc: 0 } },
    reasons: [],
  }
}
