import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Appliance } from '../appliance.js'
import { loadConfig } from '../config/load.js'
import type { DoorReading } from '../domain/reading.js'
import { SystemClock } from '../platform/clock.js'
import { createLogger, readable } from '../platform/logger.js'
import { trainCommand } from './commission/train-command.js'
import { openModel, startModel } from './open-model.js'
import { sourceOf, type RunOptions } from './run.js'

const SITE = 'metal-doorway'
const MODEL = fileURLToPath(new URL('../../models/demo', import.meta.url))

/** `ajar demo`: the appliance on the simulator, a recording or a receiver, with one line at each change of state. */
export async function demo(
  options: RunOptions,
  signal: AbortSignal,
  out: (line: string) => void,
): Promise<number> {
  const simulated = options.port === undefined && options.capture === undefined
  const chosen: RunOptions = simulated ? { ...options, simulate: options.simulate ?? SITE } : options
  const { config } = loadConfig(options.config, {
    'receiver.port': options.port,
    'model.directory': options.model ?? (simulated ? MODEL : undefined),
    'api.port': options.httpPort,
    dataDirectory: options.dataDir ?? path.join(homedir(), '.local/state/ajar-demo'),
  })
  mkdirSync(config.dataDirectory, { recursive: true, mode: 0o700 })
  const clock = new SystemClock()
  // Away from what is shown: stdout is for the lines that say "simulated".
  const log = createLogger('warn', process.stderr.isTTY ? readable(process.stderr) : process.stderr)
  const appliance = new Appliance({
    config,
    version: options.version,
    clock,
    log,
    source: await sourceOf(chosen, config, clock),
    model: await startModel(config.model, log.logger, signal),
    openModel: (directory) => openModel({ ...config.model, directory }, signal),
    trainCommand: trainCommand(config, options.config),
  })
  const markOf = (reading: DoorReading): string => (reading.simulated ? 'simulated: ' : '')
  const unsubscribe = appliance.view.subscribe(({ id, reading }) => {
    if (id === undefined) return
    const sure =
      reading.state === 'unknown' ? reading.reason : `${Math.round(reading.confidence * 100)} % sure`
    out(
      `${new Date(reading.at.wallMs).toISOString().slice(11, 19)}  ${markOf(reading)}${reading.state} (${sure})`,
    )
  })
  try {
    await appliance.start(signal)
    out(`${markOf(appliance.view.reading())}${appliance.url}/api/v1/door  (Ctrl+C stops)`)
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true })
      void appliance.ended.then(resolve)
    })
  } finally {
    unsubscribe()
    await appliance.stop()
  }
  return 0
}
