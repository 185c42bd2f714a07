import path from 'node:path'
import type { Config } from './config/schema.js'
import type { ApplianceView, ModelStatus, ReadingUpdate } from './domain/control.js'
import type { Source } from './domain/link.js'
import type { DoorReading } from './domain/reading.js'
import type { Reason } from './domain/reason.js'
import type { Clock } from './domain/time.js'
import { ApiServer } from './outputs/api/server.js'
import { TokenStore } from './outputs/api/token.js'
import { GpioIndicator } from './outputs/gpio/indicator.js'
import { SqliteStore } from './outputs/store/sqlite-store.js'
import { Pipeline } from './pipeline.js'
import { makeDataDirectory } from './platform/data-directory.js'
import { messageOf } from './platform/errors.js'
import { Lifecycle, type Part } from './platform/lifecycle.js'
import { TimedLogLevel } from './platform/log-level.js'
import type { createLogger } from './platform/logger.js'
import { Schedule } from './platform/schedule.js'
import { DoorDecision } from './sensing/decision/decision.js'
import { Recorder } from './sensing/link/recorder.js'
import type { RunningModel } from './sensing/model/choose-engine.js'
import { ModelStage } from './sensing/model/stage.js'
import { PacketDecoder } from './sensing/packet/decoder.js'
import { layoutById } from './sensing/packet/layouts.js'
import { SignalStage } from './sensing/signal/stage.js'

const TICK_MS = 500
const LONGEST_LOG_LEVEL_MS = 86_400_000

export interface ApplianceOptions {
  config: Config
  version: string
  clock: Clock
  log: ReturnType<typeof createLogger>
  /** Bytes come from here; made by the command, which knows what was asked for. */
  source: Source & { noteProgress?(): void }
  /** Or why there is none: then motion is sensed. */
  model: RunningModel | Reason
}

/** The composition root: configuration → parts → start order, sinks first and sources last. */
export class Appliance implements ApplianceView {
  readonly version: string
  private readonly store: SqliteStore
  private readonly pipeline: Pipeline
  private readonly indicator: GpioIndicator
  private readonly recorder: Recorder
  private readonly api: ApiServer
  private readonly lifecycle: Lifecycle
  private readonly listeners = new Set<(update: ReadingUpdate) => void>()
  private readonly running: RunningModel | undefined
  private modelReason: Reason | undefined
  private sourceEnded: () => void = () => undefined
  /** Resolves when a source that has an end (a file) came to it. */
  readonly ended = new Promise<void>((resolve) => (this.sourceEnded = resolve))

  constructor(private readonly options: ApplianceOptions) {
    const { config, clock, log, source, version, model } = options
    this.version = version
    makeDataDirectory(config.dataDirectory)
    this.store = new SqliteStore(path.join(config.dataDirectory, 'ajar.db'), config.store, clock)
    if ('engine' in model) this.running = model
    else this.modelReason = model
    this.pipeline = this.buildPipeline()
    this.indicator = new GpioIndicator(config.gpio, clock)
    const directory = path.join(config.dataDirectory, 'recordings')
    this.recorder = new Recorder(
      directory,
      { name: config.receiver.port, baudRate: config.receiver.baudRate },
      log.logger,
    )
    this.api = new ApiServer({
      settings: config.api,
      view: this,
      store: this.store,
      indicator: this.indicator,
      logLevel: new TimedLogLevel(config.log.level, log.setLevel, LONGEST_LOG_LEVEL_MS),
      recordings: this.recorder,
      tokens: new TokenStore(this.store, config.dataDirectory),
      clock,
      logger: log.logger,
    })
    this.lifecycle = new Lifecycle(this.parts(source), log.logger)
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.lifecycle.start(signal)
  }

  async stop(): Promise<void> {
    await this.lifecycle.stop()
  }

  get url(): string {
    return this.api.url
  }

  doors(): readonly string[] {
    return [this.options.config.door.id]
  }

  reading(): DoorReading {
    return this.pipeline.current()
  }

  link() {
    return this.pipeline.health()
  }

  model(): ModelStatus {
    const { artefact, engine, engineReason } = this.running ?? {}
    const verdict = artefact?.site?.verdict ?? 'none'
    return {
      id: artefact?.id ?? '',
      family: artefact?.manifest.family ?? '',
      engine: engine?.name ?? '',
      engineReason,
      layoutId: artefact?.layoutId ?? 0,
      outputs: artefact?.outputs ?? [],
      verdict,
      provisional: verdict !== 'usable',
      reason: this.modelReason,
    }
  }

  reasons(): readonly Reason[] {
    const { engineReason } = this.running ?? {}
    const slowed = engineReason?.code === 'engine.fallback' ? engineReason : undefined
    const found = [...this.pipeline.health().reasons, this.modelReason, this.store.health().reason]
    return [...found, this.indicator.health().reason, slowed].filter((reason) => reason !== undefined)
  }

  sensing(): boolean {
    return this.pipeline.current().motion !== 'unknown'
  }

  subscribe(listener: (update: ReadingUpdate) => void): () => void {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  private buildPipeline(): Pipeline {
    const { config, clock, source, log } = this.options
    const { artefact, engine } = this.running ?? {}
    const link = config.receiver.link
    return new Pipeline(
      {
        link,
        clock,
        packet: new PacketDecoder(config.receiver),
        signal: new SignalStage({
          link,
          settings: config.signal,
          layoutOf: layoutById,
          expectedLayoutId: artefact?.layoutId,
        }),
        model: artefact && engine && new ModelStage(artefact, engine),
        decision: new DoorDecision({
          doorId: config.door.id,
          outputs: artefact?.outputs ?? [],
          settings: config.decision,
          simulated: source.simulated,
          provisional: artefact?.site?.verdict !== 'usable',
          engine: engine?.name ?? '',
          model: artefact?.id ?? '',
          siteVerdict: artefact?.site?.verdict ?? 'none',
        }),
      },
      {
        reading: (reading) => this.publish(reading),
        progress: () => source.noteProgress?.(),
        control: () => undefined,
        modelFailed: (error) => {
          this.modelReason = { code: error.code, text: error.message, hint: error.hint }
          log.logger.error({ hint: error.hint }, error.message)
        },
      },
    )
  }

  /** What is published was committed first; only a change of motion or confidence goes without. */
  private publish(reading: DoorReading): void {
    const last = this.lastCommitted
    const { state, reason, epoch } = reading
    let id: number | undefined
    if (last === undefined || last.state !== state || last.reason !== reason || last.epoch !== epoch) {
      try {
        id = this.store.commit(reading)
        this.lastCommitted = reading
      } catch (error) {
        this.options.log.logger.error({}, `A state could not be kept: ${messageOf(error)}`)
      }
      this.options.log.logger.info({ state, reason, confidence: reading.confidence }, `The door is ${state}.`)
    }
    this.indicator.show(reading, this.pipeline.health())
    for (const listener of this.listeners) listener({ id, reading })
  }
  private lastCommitted: DoorReading | undefined

  private parts(source: ApplianceOptions['source']): Part[] {
    const { config, clock, log } = this.options
    const schedule = new Schedule(log.logger)
    let ticking: NodeJS.Timeout
    const none = async (): Promise<void> => undefined
    return [
      { name: 'store', start: none, stop: async () => this.store.close(), stopTimeoutMs: 3000 },
      {
        name: 'indicator',
        start: async () => this.indicator.start(),
        stop: () => this.indicator.stop(),
        stopTimeoutMs: 1000,
      },
      { name: 'recorder', start: none, stop: () => this.recorder.stop(), stopTimeoutMs: 2000 },
      {
        name: 'api',
        start: async () => {
          await this.api.start()
          log.logger.info({ url: this.api.url }, 'The HTTP API is up.')
        },
        stop: () => this.api.stop(),
        stopTimeoutMs: 2000,
      },
      {
        name: 'schedules',
        start: async () => {
          schedule.add('retention', config.schedules.retention, () => this.store.prune())
          schedule.add('backup', config.schedules.backup, () =>
            this.store.backup(path.join(config.dataDirectory, 'ajar-backup.db')),
          )
          schedule.add('health', config.schedules.healthLog, () => this.logHealth())
        },
        stop: () => schedule.stop(),
        stopTimeoutMs: 1000,
      },
      {
        name: 'pipeline',
        start: async () => {
          this.publish(this.pipeline.current())
          ticking = setInterval(() => {
            this.pipeline.tick()
            this.store.telemetry(this.pipeline.health())
          }, TICK_MS)
        },
        stop: async () => {
          clearInterval(ticking)
          this.running?.engine.dispose()
        },
        stopTimeoutMs: 1000,
      },
      {
        name: 'source',
        start: (signal) =>
          source.start(
            {
              bytes: (bytes, hostTimeUs) => {
                this.recorder.bytes(bytes, hostTimeUs)
                this.pipeline.bytes(bytes, hostTimeUs)
              },
              event: (event) => {
                if (event.type === 'open') log.logger.info({}, `Receiver open: ${event.detail}`)
                else if (event.type === 'lost')
                  log.logger.warn({ hint: event.hint }, `Receiver lost: ${event.detail}`)
                else log.logger.info({ at: clock.now().wallMs }, 'The recording is over.')
                this.pipeline.sourceEvent(event)
                if (event.type === 'end') this.sourceEnded()
              },
            },
            signal,
          ),
        stop: () => source.stop(),
        stopTimeoutMs: 2000,
      },
    ]
  }

  private logHealth(): void {
    const { packetsPerSecond, lossRatio, counters, reasons } = this.pipeline.health()
    this.options.log.logger.info(
      { packetsPerSecond, lossRatio, counters, reasons: reasons.map(({ code }) => code) },
      'Health.',
    )
  }
}
