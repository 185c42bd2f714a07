import { once } from 'node:events'
import type { SourceEvent } from '../domain/link.js'
import { SystemClock } from '../platform/clock.js'
import { AjarError } from '../platform/errors.js'
import { RecordingWriter } from '../sensing/link/recording.js'
import { SerialSource } from '../sensing/link/serial-port.js'
import type { LinkSettings } from '../sensing/link/settings.js'

export interface RecordOptions {
  /** A path, usb:VID:PID or auto. */
  port: string
  baudRate: number
  /** File to write; must not exist. */
  out: string
  seconds: number
  json: boolean
}

const PROGRESS_INTERVAL_MS = 5_000
/** Three hours at 921600 baud: a forgotten recording does not fill the card. */
const MOST_BYTES = 1024 ** 3

/**
 * Records what a port sends, unchanged, until the time is over, the file is full or `signal` ends it. Returns 0
 * with a file; throws AjarError where there is none: 'usage.…', 'link.not-open', 'recording.empty', 'recording.write'.
 */
export async function record(
  options: RecordOptions,
  signal: AbortSignal,
  out: (line: string) => void,
): Promise<number> {
  const { port, baudRate, out: file } = options
  const clock = new SystemClock()
  const header = { source: port, baudRate, startedMs: clock.now().wallMs, note: '' }
  const bounds = { mostBytes: MOST_BYTES, mostSeconds: options.seconds }
  const writer = await RecordingWriter.open(file, header, bounds)
  const startedUs = clock.monotonicUs()
  const seconds = (): number => Math.round((clock.monotonicUs() - startedUs) / 1e5) / 10
  const ending = new AbortController()
  const end = (): void => ending.abort()
  const timeout = setTimeout(end, options.seconds * 1000)
  const status = setInterval(() => progress(`${seconds()} s, ${writer.bytes} bytes`), PROGRESS_INTERVAL_MS)
  if (signal.aborted) end()
  else signal.addEventListener('abort', end, { once: true })
  const source = new SerialSource(patient(port, baudRate), clock)
  try {
    await listen(source, writer, ending)
    if (writer.bytes + writer.droppedBytes === 0) throw nothingArrived(port, seconds())
  } catch (error) {
    await writer.discard()
    throw error
  } finally {
    clearTimeout(timeout)
    clearInterval(status)
    signal.removeEventListener('abort', end)
  }
  await writer.close()
  const result = { file, seconds: seconds(), bytes: writer.bytes, droppedBytes: writer.droppedBytes }
  out(options.json ? JSON.stringify(result) : sentence(result))
  return 0
}

/** Until `ending` aborts. A port lost on the way is told and waited for; one that never opened is an error. */
async function listen(source: SerialSource, writer: RecordingWriter, ending: AbortController): Promise<void> {
  let opened = false
  let refusal: AjarError | undefined
  const bytes = (arrived: Uint8Array, hostTimeUs: number): void => {
    if (!writer.append(arrived, hostTimeUs)) ending.abort()
  }
  const event = (happened: SourceEvent): void => {
    if (happened.type === 'open') opened = true
    if (happened.type === 'lost' && !opened) {
      refusal = new AjarError('link.not-open', happened.detail, happened.hint ?? '')
      ending.abort()
    } else if (happened.type !== 'end')
      progress(`${happened.type}: ${happened.detail} ${happened.hint ?? ''}`)
  }
  await source.start({ bytes, event }, ending.signal)
  if (!ending.signal.aborted) await once(ending.signal, 'abort')
  await source.stop()
  if (refusal) throw refusal
}

/** A person waits before the screen and may just be powering the transmitter: come back soon, give up late. */
function patient(port: string, baudRate: number): LinkSettings {
  return { port, baudRate, silenceTimeoutMs: 10_000, reconnectMinMs: 500, reconnectMaxMs: 2_000 }
}

function nothingArrived(port: string, seconds: number): AjarError {
  return new AjarError(
    'recording.empty',
    `Nothing arrived from ${port} in ${seconds} s; no file was written.`,
    "Is the transmitter powered and on the receiver's channel? Press reset on the receiver.",
  )
}

function sentence(result: { file: string; seconds: number; bytes: number; droppedBytes: number }): string {
  const dropped =
    result.droppedBytes > 0 ? `, ${result.droppedBytes} bytes dropped: the disk is too slow` : ''
  return `${result.file}: ${result.bytes} bytes in ${result.seconds} s${dropped}`
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`)
}
