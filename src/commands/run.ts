import { Appliance } from '../appliance.js'
import { loadConfig } from '../config/load.js'
import type { Config } from '../config/schema.js'
import type { Source } from '../domain/link.js'
import type { Clock } from '../domain/time.js'
import { siteByName } from '../learning/simulator/sites.js'
import { SimulatorSource } from '../learning/simulator/source.js'
import { SystemClock } from '../platform/clock.js'
import { AjarError } from '../platform/errors.js'
import { createLogger } from '../platform/logger.js'
import { CaptureFileSource, type CaptureFileOptions, type Pace } from '../sensing/link/capture-file.js'
import { SerialSource } from '../sensing/link/serial-port.js'
import { PacketDecoder } from '../sensing/packet/decoder.js'
import { trainCommand } from './commission/train-command.js'
import { chosenModel, openModel, startModel } from './open-model.js'

export interface RunOptions {
  config?: string
  port?: string
  capture?: string
  pace?: Pace
  /** Name of a simulated site. */
  simulate?: string
  model?: string
  httpPort?: number
  dataDir?: string
  version: string
}

/** `ajar run`: the appliance until it is signalled; what was read of a recording stays to be seen after its end. */
export async function run(options: RunOptions, signal: AbortSignal): Promise<number> {
  const { config } = loadConfig(options.config, {
    'receiver.port': options.port,
    'model.directory': options.model,
    'api.port': options.httpPort,
    dataDirectory: options.dataDir,
  })
  const clock = new SystemClock()
  const log = createLogger(config.log.level)
  const source = await sourceOf(options, config, clock)
  const model = await startModel(chosenModel(config), log.logger, signal)
  const appliance = new Appliance({
    ...{ config, version: options.version, clock, log, source, model },
    openModel: (directory) => openModel({ ...config.model, directory }, signal),
    trainCommand: trainCommand(config, options.config),
  })
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
  try {
    await appliance.start(signal)
    await aborted
  } finally {
    await appliance.stop()
    log.logger.info({}, 'Stopped.')
  }
  return 0
}

/** Where the bytes come from: the simulator, a capture, or the receiver's port. */
export async function sourceOf(options: RunOptions, config: Config, clock: Clock): Promise<Source> {
  if (options.capture === undefined && options.pace !== undefined)
    throw new AjarError('usage.pace', '--pace is of a recording.', 'Give --capture FILE with it.')
  if (options.simulate !== undefined) {
    const { name: site } = siteByName(options.simulate) // a name that is none is said before anything starts
    return new SimulatorSource({ site, seed: clock.now().wallMs, clock })
  }
  if (options.capture === undefined) return new SerialSource(config.receiver, clock)
  return openCapture(options.capture, config, { pace: options.pace ?? 'device', clock })
}

/** A recording as a source, which knows whether it is simulated. Throws AjarError 'capture.unreadable'. */
export function openCapture(
  file: string,
  config: Config,
  options: Pick<CaptureFileOptions, 'pace' | 'clock' | 'times'>,
): Promise<CaptureFileSource> {
  // A decoder of its own tells the pace of a capture: the pipeline's must see each byte once.
  const decoder = new PacketDecoder(config.receiver)
  return CaptureFileSource.open({
    file,
    ...options,
    deviceTimeUs: (bytes) => {
      let timeUs: number | undefined
      decoder.push({ bytes, hostTimeUs: 0 }, (item) => {
        if (item.kind === 'packet' && !Number.isNaN(item.deviceTimeUs)) timeUs = item.deviceTimeUs
      })
      return timeUs
    },
  })
}
