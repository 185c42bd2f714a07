import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ReadingUpdate } from '../../../../src/domain/control.js'
import type { CommissioningStatus } from '../../../../src/domain/commissioning.js'
import type { DoorReading, State } from '../../../../src/domain/reading.js'
import { PlacementAid } from '../../../../src/learning/commissioning/placement-aid.js'
import { ApiServer } from '../../../../src/outputs/api/server.js'
import type { ApiSettings } from '../../../../src/outputs/api/settings.js'
import { TokenStore } from '../../../../src/outputs/api/token.js'
import { SqliteStore } from '../../../../src/outputs/store/sqlite-store.js'
import { defaultConfig } from '../../../../src/config/load.js'
import { Flags } from '../../../../src/sensing/link/flags.js'
import { SystemClock } from '../../../../src/platform/clock.js'
import { createLogger } from '../../../../src/platform/logger.js'
import { TimedLogLevel } from '../../../../src/platform/log-level.js'

const clock = new SystemClock()

function reading(state: State, epoch: number): DoorReading {
  const at = clock.now()
  const shown = { state, motion: 'still', confidence: 0.9, reason: 'decided', epoch } as const
  const rest = { since: at, at, provisional: false, simulated: true, engine: 'int8-js', model: 'm' }
  return { doorId: 'front', ...shown, ...rest }
}

const IDLE: CommissioningStatus = {
  phase: 'idle',
  counts: { bursts: 0, openings: 0, quiet: 0, unseen: 0, sessions: 0, days: 0 },
  journal: { bytes: 0, droppedDays: 0, droppedRecords: 0 },
  training: { running: false, next: '47 2 * * *' },
  measured: { reed: 0, found: 0, told: 0, false: 0, days: 0 },
  reasons: [],
}

/** The real API on a free port, over a real database, with a view that the test drives. */
export class ApiBench {
  readonly directory = mkdtempSync(path.join(tmpdir(), 'ajar-api-'))
  readonly store = new SqliteStore(path.join(this.directory, 'ajar.db'), defaultConfig().store, clock)
  readonly level = new TimedLogLevel('info', () => undefined, 86_400_000)
  readonly server: ApiServer
  readonly placement = new PlacementAid(clock, { simulated: true, leastPacketsPerSecond: 8 })
  sensing = true
  private commissioning: CommissioningStatus = IDLE
  private current = reading('closed', 0)
  private readonly listeners = new Set<(update: ReadingUpdate) => void>()

  private constructor(settings: Partial<ApiSettings>) {
    let recording: { id: string; file: string; seconds: number } | undefined
    const status = () => recording && { ...recording, startedMs: 0, bytes: 0, done: false }
    this.server = new ApiServer({
      settings: { ...defaultConfig().api, port: 0, ...settings },
      view: {
        version: '1.2.3',
        doors: () => ['front'],
        doorName: () => 'Front door',
        reading: () => this.current,
        link: () => ({
          ...{
            link: 'link-1',
            connected: true,
            source: 'test',
            simulated: true,
            dialect: '',
            transmitter: '',
            layoutId: 0,
          },
          ...{ packetsPerSecond: 50, lossRatio: Number.NaN, rssiDbm: -50, lastPacketUs: 0, reasons: [] },
          counters: { received: 9, used: 7, other: 0, control: 0, discarded: { crc: 2 } },
        }),
        model: () => ({
          ...{ id: 'm', family: 'f', engine: 'int8-js', layoutId: 0 },
          ...{ outputs: [], verdict: 'usable', provisional: false, simulated: true },
        }),
        reasons: () => [],
        sensing: () => this.sensing,
        subscribe: (listener) => {
          this.listeners.add(listener)
          return () => void this.listeners.delete(listener)
        },
      },
      store: this.store,
      indicator: {
        show: () => undefined,
        health: () => ({ driver: 'none', ok: true }),
        stop: async () => undefined,
      },
      logLevel: this.level,
      recordings: {
        start: async ({ seconds }) => {
          recording = { id: 'r1', file: 'r1.csi', seconds }
          return status()!
        },
        current: status,
        cancel: async () => void (recording = undefined),
      },
      commissioning: {
        status: () => this.commissioning,
        start: ({ reedPin = 4, inverted }) => {
          this.commissioning = {
            ...IDLE,
            phase: 'learning',
            reed: { pin: reedPin, inverted, door: 'closed' },
          }
          return this.commissioning
        },
        stop: () => (this.commissioning = IDLE),
      },
      flags: new Flags(
        path.join(this.directory, 'flags'),
        defaultConfig().flags,
        clock,
        () => ({
          ...{ source: 'test', baudRate: 921_600, simulated: true, version: '1.2.3' },
          ...{ model: 'm', engine: 'int8-js', settingsHash: '0', reading: this.current },
        }),
        createLogger('error').logger,
      ),
      placement: this.placement,
      tokens: new TokenStore(this.store, this.directory),
      clock,
      logger: createLogger('error').logger,
    })
  }

  static async start(settings: Partial<ApiSettings> = {}): Promise<ApiBench> {
    const bench = new ApiBench(settings)
    await bench.server.start()
    return bench
  }

  /** As the appliance does it: commits, then publishes. */
  publish(state: State, epoch: number): number {
    this.current = reading(state, epoch)
    const id = this.store.commit(this.current)
    this.send({ id, reading: this.current })
    return id
  }

  /** A reading that is so now and could not be committed. */
  show(state: State, epoch: number): void {
    this.current = reading(state, epoch)
  }

  /** Something moves: published, but no change of state and so no commit. */
  move(): void {
    this.send({ reading: { ...this.current, motion: 'moving' } })
  }

  private send(update: ReadingUpdate): void {
    for (const listener of this.listeners) listener(update)
  }

  get subscribers(): number {
    return this.listeners.size
  }

  get port(): number {
    return Number(new URL(this.server.url).port)
  }

  get tokenFile(): string {
    return path.join(this.directory, 'api-token')
  }

  bearer(): { authorization: string } {
    return { authorization: `Bearer ${readFileSync(this.tokenFile, 'utf8').trim()}` }
  }

  /** A request to the API at `address`, with the token where `authorised`. */
  async ask(
    method: string,
    resource: string,
    options: { body?: string; type?: string; authorised?: boolean; address?: string } = {},
  ): Promise<Response> {
    const { body, type = 'application/json', authorised = true, address = '127.0.0.1' } = options
    const headers = { ...(authorised && this.bearer()), ...(body !== undefined && { 'content-type': type }) }
    return fetch(`http://${address}:${this.port}${resource}`, { method, headers, body })
  }

  async stop(): Promise<void> {
    await this.server.stop()
    this.level.stop()
    this.store.close()
    rmSync(this.directory, { recursive: true })
  }
}
