import path from 'node:path'
import { commissioningOf, type CommissioningOptions } from './appliance-commissioning.js'
import { flagsOf } from './appliance-flags.js'
import { LiveView } from './appliance-view.js'
import { configuredPipeline, disposeModel, modelStages, settingsHash } from './configured-pipeline.js'
import type { Source } from './domain/link.js'
import type { DoorReading } from './domain/reading.js'
import type { Reason } from './domain/reason.js'
import type { Commissioning } from './learning/commissioning/commissioning.js'
import { PlacementAid } from './learning/commissioning/placement-aid.js'
import { ApiServer } from './outputs/api/server.js'
import { TokenStore } from './outputs/api/token.js'
import { GpioIndicator } from './outputs/gpio/indicator.js'
import { SqliteStore } from './outputs/store/sqlite-store.js'
import { StateKeeper } from './outputs/store/state-keeper.js'
import type { Pipeline } from './pipeline.js'
import { makeDataDirectory } from './platform/data-directory.js'
import { AjarError, messageOf } from './platform/errors.js'
import { Lifecycle, type Part } from './platform/lifecycle.js'
import { TimedLogLevel } from './platform/log-level.js'
import type { createLogger } from './platform/logger.js'
import { ReasonLog } from './platform/reason-log.js'
import { Schedule } from './platform/schedule.js'
import type { Flags } from './sensing/link/flags.js'
import { Recorder } from './sensing/link/recorder.js'
import type { RunningModel } from './sensing/model/choose-engine.js'

const TICK_MS = 500
const LONGEST_LOG_LEVEL_MS = 86_400_000
/** The source's loss or end and a model's faults are in the log already, at their moment. */
const SAID_WHERE_IT_ARISES = /^(link\.(lost|not-open|ended)|model\.[\w-]+)$/

export interface ApplianceOptions extends CommissioningOptions {
  version: string
  log: ReturnType<typeof createLogger>
  /** Bytes come from here; made by the command, which knows what was asked for. */
  source: Source & { noteProgress?(): void }
  /** Or why there is none: then motion is sensed. */
  model: RunningModel | Reason
  /** Reads a model while the appliance runs. Throws AjarError. */
  openModel(directory: string): Promise<RunningModel>
}

const NOT_ADOPTED = { code: 'model.failed', hint: 'The model before it goes on. Send the log to the makers.' }

/** The composition root: configuration → parts → start order, sinks first and sources last. */
export class Appliance {
  readonly view: LiveView
  private readonly store: SqliteStore
  private readonly pipeline: Pipeline
  private readonly indicator: GpioIndicator
  private readonly recorder: Recorder
  private readonly flags: Flags
  private readonly placement: PlacementAid
  private readonly api: ApiServer
  private readonly lifecycle: Lifecycle
  private readonly commissioning: Commissioning
  private adopting = Promise.resolve()
  private running: RunningModel | undefined
  private readonly keeper: StateKeeper
  private readonly reasonLog: ReasonLog
  /** The last state that the log told of. */
  private logged: DoorReading | undefined
  private sourceEnded: () => void = () => undefined
  /** Resolves when a source that has an end (a file) came to it. */
  readonly ended = new Promise<void>((resolve) => (this.sourceEnded = resolve))

  constructor(private readonly options: ApplianceOptions) {
    const { config, clock, log, source, version, model } = options
    makeDataDirectory(config.dataDirectory)
    this.store = new SqliteStore(path.join(config.dataDirectory, 'ajar.db'), config.store, clock)
    this.keeper = new StateKeeper(this.store, log.logger)
    this.reasonLog = new ReasonLog(log.logger)
    this.running = 'engine' in model ? model : undefined
    this.pipeline = this.buildPipeline()
    this.indicator = new GpioIndicator(config.gpio, clock)
    this.commissioning = commissioningOf(options, {
      store: this.store,
      changed: () => this.refuseWithoutModel(),
      goLive: (directory) => void this.goLive(directory),
    })
    this.commissioning.setLive(this.running !== undefined)
    const { pipeline, store, indicator, commissioning } = this
    const parts = { door: config.door, clock, pipeline, store, indicator, commissioning }
    this.view = new LiveView({ version, running: () => this.running, ...parts })
    if (!('engine' in model)) this.view.modelReason = model
    const recordings = path.join(config.dataDirectory, 'recordings')
    this.recorder = new Recorder(recordings, config.recordings, () => this.origin(), log.logger)
    const moment = () => ({ ...this.origin(), reading: pipeline.current() })
    const kept = { config, clock, version, settingsHash: settingsHash(config), logger: log.logger }
    this.flags = flagsOf(kept, moment)
    this.placement = new PlacementAid(clock, {
      simulated: source.simulated,
      leastPacketsPerSecond: config.signal.minPacketsPerSecond,
    })
    this.api = new ApiServer({
      settings: config.api,
      view: this.view,
      store: this.store,
      indicator: this.indicator,
      logLevel: new TimedLogLevel(log.level, log.setLevel, LONGEST_LOG_LEVEL_MS),
      recordings: this.recorder,
      commissioning: this.commissioning,
      flags: this.flags,
      placement: this.placement,
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

  private buildPipeline(): Pipeline {
    const { config, clock, source, log } = this.options
    return configuredPipeline(
      { config, clock, simulated: source.simulated, running: this.running },
      {
        reading: (reading) => this.publish(reading),
        progress: () => source.noteProgress?.(),
        control: () => undefined,
        happened: (event) => this.commissioning.happened(event),
        window: (window) => {
          this.placement.window(window)
          this.commissioning.window(window)
        },
        burst: (burst) => this.commissioning.burst(burst),
        modelFailed: (error) => {
          this.view.modelReason = { code: error.code, text: error.message, hint: error.hint }
          this.commissioning.setLive(false)
          log.logger.error({ hint: error.hint }, error.message)
        },
      },
    )
  }

  private refuseWithoutModel(): void {
    if (this.running === undefined) this.pipeline.refuse(this.commissioning.withoutModel)
  }

  /** Another model takes over while the link goes on. One after the other: the newest decides in the end. */
  private goLive(directory: string): Promise<void> {
    return (this.adopting = this.adopting.then(() => this.adopt(directory)))
  }

  private async adopt(directory: string): Promise<void> {
    const { config, log, source } = this.options
    if (config.model.directory !== '')
      return log.logger.warn({ directory }, 'A learned model is not used: model.directory names another.')
    try {
      const model = await this.options.openModel(directory)
      const before = this.running
      this.pipeline.adopt(modelStages(model, config, source.simulated))
      this.running = model
      disposeModel(before)
      this.view.modelReason = undefined
      this.commissioning.setLive(true)
      log.logger.info({ model: model.artefact.id, directory }, 'A model that was learned here decides now.')
    } catch (error) {
      const { code, hint } = error instanceof AjarError ? error : NOT_ADOPTED
      const text = messageOf(error)
      this.view.modelReason = { code, text, hint }
      log.logger.error({ code, hint, err: error }, text)
    }
  }

  /** A state is committed before it is published; what changes within it may be published before, or alone. */
  private publish(reading: DoorReading): void {
    const { state, reason, epoch, confidence } = reading
    const id = this.keeper.keep(reading, this.options.clock.monotonicUs())
    const { logged } = this
    if (logged?.state !== state || logged.reason !== reason || logged.epoch !== epoch)
      this.options.log.logger.info({ state, reason, confidence }, `The door is ${state}.`)
    this.logged = reading
    this.flags.reading(reading)
    this.indicator.show(reading, this.pipeline.health())
    this.view.tell({ id, reading })
  }

  /** What the header of a recording says of the bytes. */
  private origin() {
    const { source, simulated } = this.pipeline.health()
    const { port, baudRate } = this.options.config.receiver
    return { source: source === '' ? port : source, baudRate, simulated }
  }

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
      { name: 'flags', start: none, stop: () => this.flags.stop(), stopTimeoutMs: 2000 },
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
          schedule.add('train', config.commissioning.trainAt, () => this.commissioning.train())
          schedule.add('health', config.schedules.healthLog, () => this.logHealth())
        },
        stop: () => schedule.stop(),
        stopTimeoutMs: 1000,
      },
      {
        name: 'pipeline',
        start: async () => {
          this.commissioning.resume()
          this.refuseWithoutModel()
          this.publish(this.pipeline.current())
          ticking = setInterval(() => this.tick(), TICK_MS)
        },
        stop: async () => {
          clearInterval(ticking)
          disposeModel(this.running)
          await this.commissioning.close()
        },
        stopTimeoutMs: 2000,
      },
      {
        name: 'source',
        start: (signal) =>
          source.start(
            {
              bytes: (bytes, hostTimeUs) => {
                this.recorder.bytes(bytes, hostTimeUs)
                this.flags.bytes(bytes, hostTimeUs)
                this.pipeline.bytes(bytes, hostTimeUs)
              },
              event: (event) => {
                if (event.type === 'open') log.logger.info({}, `Receiver open: ${event.detail}`)
                else if (event.type === 'lost')
                  log.logger.warn({ hint: event.hint }, `Receiver lost: ${event.detail}`)
                else log.logger.info({ at: clock.now().wallMs }, 'The recording is over.')
                this.flags.event(event)
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

  private tick(): void {
    const nowUs = this.options.clock.monotonicUs()
    this.pipeline.tick()
    const health = this.pipeline.health()
    this.placement.tick(health)
    this.commissioning.tick()
    this.store.telemetry(health)
    const reading = this.pipeline.current()
    if (this.keeper.isDue(reading, nowUs)) this.publish(reading)
    const unsaid = this.view.reasons().filter(({ code }) => !SAID_WHERE_IT_ARISES.test(code))
    this.reasonLog.note(unsaid, nowUs)
  }

  private logHealth(): void {
    const { packetsPerSecond, lossRatio, counters, reasons } = this.pipeline.health()
    this.options.log.logger.info(
      { packetsPerSecond, lossRatio, counters, reasons: reasons.map(({ code }) => code) },
      'Health.',
    )
  }
}
