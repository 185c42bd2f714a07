import { existsSync, statfsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadConfig } from '../config/load.js'
import type { Config } from '../config/schema.js'
import type { SourceEvent } from '../domain/link.js'
import { checkGpio } from '../outputs/gpio/check.js'
import { SystemClock } from '../platform/clock.js'
import { AjarError, messageOf } from '../platform/errors.js'
import { SerialSource } from '../sensing/link/serial-port.js'
import { PacketDecoder } from '../sensing/packet/decoder.js'
import { layoutById } from '../sensing/packet/layouts.js'
import { SignalStage } from '../sensing/signal/stage.js'
import { openModel } from './open-model.js'

interface Check {
  code: string
  status: 'ok' | 'warn' | 'fail'
  text: string
  hint: string
}

type Told = Exclude<SourceEvent, { type: 'end' }>

/** Below it the database and its journal may not fit a day. */
const LEAST_FREE_BYTES = 200 << 20
/** A loss that still leaves four of five rows with a real packet at twice the grid rate. */
const MOST_LOSS = 0.3

const ok = (code: string, text: string): Check => ({ code, status: 'ok', text, hint: '' })
const warn = (code: string, text: string, hint: string): Check => ({ code, status: 'warn', text, hint })
const fail = (code: string, text: string, hint: string): Check => ({ code, status: 'fail', text, hint })

/** `ajar doctor`: looks at everything a reading depends on. Exit code 1 where something fails. */
export async function doctor(
  options: { config?: string; port?: string; seconds: number; json: boolean },
  signal: AbortSignal,
  out: (line: string) => void,
): Promise<number> {
  const { config } = loadConfig(options.config, { 'receiver.port': options.port })
  const checks = [
    ...(await listen(config, options.seconds, signal)),
    checkGpio(config.gpio),
    disk(config),
    clock(),
    await model(config),
  ]
  if (options.json) out(JSON.stringify({ checks }))
  else
    for (const { code, status, text, hint } of checks)
      out(`${status.padEnd(4)}  ${code.padEnd(8)} ${text}${hint === '' ? '' : `\n      → ${hint}`}`)
  return checks.some(({ status }) => status === 'fail') ? 1 : 0
}

/** Listens to the receiver for a while, as the appliance does. */
async function listen(config: Config, seconds: number, signal: AbortSignal): Promise<Check[]> {
  const source = new SerialSource(config.receiver, new SystemClock())
  const decoder = new PacketDecoder(config.receiver)
  const stage = new SignalStage({ link: config.receiver.link, settings: config.signal, layoutOf: layoutById })
  const events: SourceEvent[] = []
  const seen = { dialect: '', gainReported: false, locked: 0, sinceLock: 0 }
  const bytes = (chunk: Uint8Array, hostTimeUs: number): void =>
    decoder.push({ bytes: chunk, hostTimeUs }, (item) => {
      if (item.kind !== 'packet') return
      seen.dialect = item.dialect
      seen.gainReported = !Number.isNaN(item.agcGain)
      stage.push(item, () => undefined)
      if (stage.gainLocked) seen.locked++
      if (seen.locked > 0) seen.sinceLock++
    })
  await source.start({ bytes, event: (event) => void events.push(event) }, signal)
  await sleep(seconds * 1000, undefined, { signal }).catch(() => undefined)
  await source.stop()
  const told = (type: 'open' | 'lost') => events.find((event) => event.type === type) as Told | undefined
  const opened = told('open')
  const lost = told('lost')
  if (opened === undefined)
    return [fail('port', lost?.detail ?? 'The port did not open.', lost?.hint ?? 'Check the cable.')]
  const port = ok('port', opened.detail)
  const { used, received, other, discarded } = decoder.counters
  if (used === 0)
    return [
      port,
      fail(
        'packets',
        `No packet in ${seconds} s: ${received} broken ones ${JSON.stringify(discarded)}, ${other} other lines.`,
        'Is the transmitter powered, the baud rate right (receiver.baudRate) and CSI firmware on the receiver?',
      ),
    ]
  const rate = stage.packetsPerSecond
  const least = config.signal.minPacketsPerSecond
  return [
    port,
    ok('packets', `${used} packets in ${seconds} s, ${received - used} discarded.`),
    ok('dialect', seen.dialect),
    rate >= least
      ? ok('rate', `${rate.toFixed(1)} packets a second.`)
      : fail(
          'rate',
          `${rate.toFixed(1)} packets a second; ${least} are needed.`,
          'Raise the rate of the transmitter.',
        ),
    stage.lossRatio <= MOST_LOSS
      ? ok('loss', `${(100 * stage.lossRatio).toFixed(0)} % lost on the air.`)
      : warn(
          'loss',
          `${(100 * stage.lossRatio).toFixed(0)} % lost on the air.`,
          'Change the channel or bring both closer.',
        ),
    gain(seen),
  ]
}

/** A lock may leak, 3 % of packets on a C6 (measured): it holds where most packets since show it. */
function gain(seen: { gainReported: boolean; locked: number; sinceLock: number }): Check {
  if (!seen.gainReported)
    return warn(
      'gain',
      'The receiver does not report its gain.',
      'Levels are less certain; other firmware reports it.',
    )
  if (2 * seen.locked > seen.sinceLock) return ok('gain', 'The receiver reports its gain, which is locked.')
  return warn(
    'gain',
    'The receiver reports its gain, but it never stood for 2 s: it is not locked.',
    'Levels are less certain; lock the gain in the firmware of the receiver, or listen longer with --seconds.',
  )
}

function disk(config: Config): Check {
  const directory = existsSync(config.dataDirectory) ? config.dataDirectory : '/'
  const { bavail, bsize } = statfsSync(directory)
  const free = bavail * bsize
  const text = `${Math.round(free / 2 ** 20)} MiB free for ${config.dataDirectory}.`
  return free >= LEAST_FREE_BYTES
    ? ok('disk', text)
    : fail('disk', text, 'Delete old recordings or use a larger card.')
}

function clock(): Check {
  const { wallMs, wallTrusted } = new SystemClock().now()
  const text = `It is ${new Date(wallMs).toISOString()}.`
  return wallTrusted
    ? ok('clock', text)
    : warn(
        'clock',
        text,
        'The clock has not been set: connect a network once, or add a clock module. Sensing works.',
      )
}

async function model(config: Config): Promise<Check> {
  if (config.model.directory === '')
    return warn(
      'model',
      'No model: motion is read, the state is unknown.',
      'Train one and set model.directory.',
    )
  try {
    const { artefact, engine, engineReason } = await openModel(config.model)
    engine.dispose()
    const text = `${artefact.id} is whole and computes what it should. ${engineReason.text}`
    return engineReason.code === 'engine.fallback'
      ? warn('model', text, engineReason.hint)
      : ok('model', text)
  } catch (error) {
    const hint = error instanceof AjarError ? error.hint : 'Train it again.'
    return fail('model', messageOf(error), hint)
  }
}
