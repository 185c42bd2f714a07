import { readFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import type { Clock, Instant } from '../domain/time.js'

/** 2025-01-01: a wall clock before the software existed has not been set. */
const EARLIEST_PLAUSIBLE_MS = Date.UTC(2025, 0, 1)

/** The machine's clocks. A boot is told apart by the kernel's boot id. */
export class SystemClock implements Clock {
  private readonly bootId = kernelBootId()

  monotonicUs(): number {
    return Number(process.hrtime.bigint() / 1000n)
  }

  now(): Instant {
    const wallMs = Date.now()
    return {
      bootId: this.bootId,
      monotonicUs: this.monotonicUs(),
      wallMs,
      wallTrusted: wallMs >= EARLIEST_PLAUSIBLE_MS,
    }
  }
}

function kernelBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return randomUUID() // no Linux kernel to ask: each start counts as a boot
  }
}
