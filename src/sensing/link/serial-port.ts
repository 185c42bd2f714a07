import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { SerialPort } from 'serialport'
import type { Source } from '../../domain/link.js'
import type { Clock } from '../../domain/time.js'
import { Backoff } from '../../platform/backoff.js'
import { AjarError, messageOf } from '../../platform/errors.js'
import { paceReads } from './paced-reads.js'
import { absent, openFailed, silent, unplugged, type PortLoss } from './port-loss.js'
import type { LinkSettings } from './settings.js'
import { findPort, parsePort } from './usb-ports.js'

type Listener = Parameters<Source['start']>[0]

/** How often the watchdog looks, at most: well below the 2 s after which a gap makes the state unknown. */
const WATCH_INTERVAL_MS = 500
/** Commands that may wait for a slow receiver: a few frames; more means that it does not read. */
const MOST_UNSENT_BYTES = 16 * 1024
/** The reset line is held for so long, as esptool does, ms. */
const RESET_MS = 100

/**
 * The receiver on a serial port that may come and go. A serial stream is single-use: it is built again
 * after each close, by the one timer here. 'lost' and 'open' alternate; 'lost' is told again only when the
 * port now fails for another reason that needs another remedy. After a silence the port is back with its
 * first byte, not when it opens.
 */
export class SerialSource implements Source {
  readonly simulated = false
  private readonly backoff: Backoff
  private on: Listener | undefined
  private port: SerialPort | undefined
  private attempt: Promise<void> = Promise.resolve()
  private retryTimer: NodeJS.Timeout | undefined
  private watchTimer: NodeJS.Timeout | undefined
  private lastBytesUs = 0
  private told: 'nothing' | 'open' | PortLoss['kind'] = 'nothing'

  constructor(
    private readonly settings: LinkSettings,
    private readonly clock: Clock,
  ) {
    this.backoff = new Backoff(settings.reconnectMinMs, settings.reconnectMaxMs)
  }

  /** Resolves after the first attempt, whatever came of it. Throws AjarError 'usage.port' for a name that is none. */
  async start(on: Listener, signal: AbortSignal): Promise<void> {
    parsePort(this.settings.port)
    if (signal.aborted) return
    this.on = on
    this.told = 'nothing'
    signal.addEventListener('abort', () => void this.stop(), { once: true })
    this.attempt = this.open()
    await this.attempt
  }

  /** Packets decode: the next reconnect may come soon. Cheap enough to be called for each packet. */
  noteProgress(): void {
    this.backoff.reset()
  }

  /** Resolves when the system has taken the bytes. Rejects with AjarError 'link.not-open', 'link.busy' or 'link.write'. */
  send(bytes: Uint8Array): Promise<void> {
    const port = this.port
    if (!port?.isOpen)
      return Promise.reject(
        new AjarError('link.not-open', 'The receiver is not connected.', 'Wait until it is back.', {
          retryable: true,
        }),
      )
    if (port.writableLength + bytes.length > MOST_UNSENT_BYTES)
      return Promise.reject(
        new AjarError('link.busy', 'The receiver does not take commands.', 'Press reset on the receiver.', {
          retryable: true,
        }),
      )
    return new Promise((resolve, reject) => {
      port.write(Buffer.from(bytes), undefined, (error) => {
        if (!error) return resolve()
        const text = `Writing to the receiver failed: ${error.message}`
        reject(new AjarError('link.write', text, 'Wait until it is back.', { retryable: true, cause: error }))
      })
    })
  }

  /**
   * As esptool does it: RTS alone holds the chip in reset, both together let it run (Espressif, esptool documentation,
   * Boot Mode Selection). Rejects with AjarError 'link.not-open' or 'link.no-reset'.
   */
  async reset(): Promise<void> {
    const port = this.port
    if (!port?.isOpen)
      throw new AjarError('link.not-open', 'The receiver is not connected.', 'Wait until it is back.', {
        retryable: true,
      })
    try {
      await setLines(port, { dtr: false, rts: true })
      await sleep(RESET_MS)
      await setLines(port, { dtr: true, rts: true })
    } catch (error) {
      throw new AjarError(
        'link.no-reset',
        `The receiver cannot be reset over its port: ${messageOf(error)}`,
        'Press reset on the receiver now and then instead.',
        { cause: error },
      )
    }
  }

  async stop(): Promise<void> {
    this.on = undefined
    clearTimeout(this.retryTimer)
    const port = this.release()
    if (port) this.attempt = closed(port)
    await this.attempt
  }

  private async open(): Promise<void> {
    let path: string | undefined
    try {
      path = await findPort(parsePort(this.settings.port))
    } catch (error) {
      return this.lose(await openFailed(this.settings.port, error as Error))
    }
    if (path === undefined) this.lose(absent(this.settings.port))
    else await this.openPath(path)
  }

  private async openPath(path: string): Promise<void> {
    const port = new SerialPort({
      path,
      baudRate: this.settings.baudRate,
      autoOpen: false,
      hupcl: false, // dropping the modem lines at close resets the receiver
    })
    try {
      await opened(port)
      await assertModemLines(port)
    } catch (error) {
      if (port.isOpen) await closed(port)
      return this.lose(await openFailed(path, error as Error))
    }
    if (this.on === undefined) return closed(port)
    paceReads(port)
    this.port = port
    this.lastBytesUs = this.clock.monotonicUs()
    // Errors are told once: a read error arrives as 'close', a write error at the caller of send as well.
    port.on('error', (error) =>
      this.end(port, { ...unplugged(path), detail: `${path} failed: ${error.message}` }),
    )
    port.on('close', () => this.end(port, unplugged(path)))
    port.on('data', (bytes: Buffer) => this.receive(port, bytes))
    const watchMs = Math.min(WATCH_INTERVAL_MS, this.settings.silenceTimeoutMs / 4)
    this.watchTimer = setInterval(() => this.watch(port, watchMs), watchMs)
    if (this.told !== 'silent') this.tellOpen(path)
  }

  private receive(port: SerialPort, bytes: Buffer): void {
    if (port !== this.port) return
    this.lastBytesUs = this.clock.monotonicUs()
    if (this.told === 'silent') this.tellOpen(port.path)
    this.on?.bytes(bytes, this.lastBytesUs)
  }

  /**
   * Silence ends the stream. So does a device node that has gone: after a hang-up the binding may read
   * zero bytes for ever without saying so.
   */
  private watch(port: SerialPort, watchMs: number): void {
    const quietMs = (this.clock.monotonicUs() - this.lastBytesUs) / 1000
    if (quietMs < watchMs) return
    if (!existsSync(port.path)) this.end(port, unplugged(port.path))
    else if (quietMs >= this.settings.silenceTimeoutMs)
      this.end(port, silent(port.path, this.settings.silenceTimeoutMs))
  }

  /** The one end of every stream: by hang-up, error or watchdog, whichever comes first. */
  private end(port: SerialPort, loss: PortLoss): void {
    if (port !== this.port) return
    this.release()
    this.attempt = closed(port)
    this.lose(loss)
  }

  private release(): SerialPort | undefined {
    const port = this.port
    clearInterval(this.watchTimer)
    this.port = undefined
    return port
  }

  private lose(loss: PortLoss): void {
    if (this.on === undefined) return
    const known = this.told === loss.kind || (this.told === 'unplugged' && loss.kind === 'absent')
    if (!known) {
      this.told = loss.kind
      this.on.event({ type: 'lost', detail: loss.detail, hint: loss.hint })
    }
    this.retryTimer = setTimeout(() => {
      this.attempt = this.attempt.then(() => this.open())
    }, this.backoff.next())
  }

  private tellOpen(path: string): void {
    this.told = 'open'
    this.on?.event({ type: 'open', detail: path })
  }
}

function opened(port: SerialPort): Promise<void> {
  return new Promise((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())))
}

/** Resolves when the descriptor is closed, or was already; that closing a vanished device fails changes nothing. */
function closed(port: SerialPort): Promise<void> {
  return new Promise((resolve) => {
    if (port.closing) port.once('close', () => resolve())
    else if (port.isOpen) port.close(() => resolve())
    else resolve()
  })
}

/**
 * DTR and RTS together, in one call: boards wire them to reset and boot mode, and either alone resets
 * the chip or holds it in its boot loader. A pseudo-terminal has no modem lines.
 */
async function assertModemLines(port: SerialPort): Promise<void> {
  try {
    await setLines(port, { dtr: true, rts: true })
  } catch (error) {
    if (!/Inappropriate ioctl/.test(messageOf(error))) throw error
  }
}

function setLines(port: SerialPort, lines: { dtr: boolean; rts: boolean }): Promise<void> {
  return new Promise((resolve, reject) => port.set(lines, (error) => (error ? reject(error) : resolve())))
}
