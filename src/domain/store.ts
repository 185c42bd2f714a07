import type { LinkHealth } from './link.js'
import type { DoorReading } from './reading.js'
import type { Reason } from './reason.js'

export interface StoredEvent {
  id: number
  reading: DoorReading
}

export interface OutboxItem {
  id: string
  kind: string
  priority: number
  body: Uint8Array
}

export interface EventQuery {
  doorId: string
  afterId?: number
  fromMs?: number
  toMs?: number
  limit: number
}

/** What there was no room for, since the start. */
export interface StoreDrops {
  events: number
  telemetry: number
  outbox: number
}

export interface StoreHealth {
  /** Writes succeed. */
  ok: boolean
  /** Size of the database. */
  bytes: number
  dropped: StoreDrops
  reason?: Reason
}

/** Where readings survive. What `commit` has returned for is on the medium. */
export interface Store {
  /** Durable when it returns; the id is the SSE id; a reading is published only after. */
  commit(reading: DoorReading): number
  /** Buffered, written once a minute. */
  telemetry(health: LinkHealth): void
  latest(doorId: string): StoredEvent | undefined
  /** In order of id, oldest first. */
  events(query: EventQuery): StoredEvent[]
  get(key: string): string | undefined
  set(key: string, json: string): void
  enqueue(item: OutboxItem): void
  outbox(limit: number): OutboxItem[]
  acknowledge(ids: readonly string[]): void
  inTransaction<T>(body: () => T): T
  prune(): void
  backup(file: string): Promise<void>
  health(): StoreHealth
  close(): void
}
