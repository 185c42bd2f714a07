import { pino, type DestinationStream } from 'pino'
import type { LogLevel } from '../domain/control.js'

/** What the parts need of a log: a sentence, and what belongs to it. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Never written, down to the third level of what is logged. */
const SECRETS = ['token', 'authorization', 'password', 'key', 'secret'].flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
])

/** Returns the level with which it began, too. JSON lines on stdout (journald keeps them); short readable ones on a terminal. */
export function createLogger(
  level: LogLevel,
  output: DestinationStream = process.stdout.isTTY
    ? readable(process.stdout)
    : pino.destination({ sync: true }), // synchronous: the last line before an exit is written too
): { logger: Logger; level: LogLevel; setLevel(level: LogLevel): void } {
  const logger = pino(
    {
      level,
      base: null,
      redact: { paths: SECRETS, censor: '[secret]' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    output,
  )
  return { logger, level, setLevel: (next) => void (logger.level = next) }
}

/** For people: time of day, level, sentence, fields. */
export function readable(terminal: { write(text: string): unknown }): DestinationStream {
  return {
    write(line) {
      const { level, time, msg, ...fields } = JSON.parse(line) as Record<'level' | 'time' | 'msg', string>
      const rest = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : ''
      terminal.write(`${time.slice(11, 19)} ${level.padEnd(5)} ${printable(msg)}${rest}\n`)
    },
  }
}

/** What a receiver or a client sent must not steer the terminal. */
function printable(text: string): string {
  return text.replace(
    /\p{Cc}/gu,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}
