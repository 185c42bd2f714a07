import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import path from 'node:path'
import { temporaryDirectory } from './appliance-process.js'

const BASE = 512

/**
 * A tree of files in place of /sys/class/gpio, bound over /sys/class in a mount namespace of its own: what
 * onoff writes can be read here, and what is set here onoff reads; plain files raise no interrupts. The lines exist
 * already, as the kernel would have made them after `export`. The chip stands at base 512, as on a Pi with kernel 6.6.
 */
export class FakeGpio {
  private readonly root = temporaryDirectory()

  constructor(lines: readonly number[]) {
    const gpio = path.join(this.root, 'gpio')
    const chip = path.join(gpio, `gpiochip${BASE}`)
    mkdirSync(chip, { recursive: true })
    const files: Record<string, string> = { label: 'pinctrl-bcm2835', base: String(BASE), ngpio: '54' }
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(chip, name), `${text}\n`)
    for (const name of ['export', 'unexport']) writeFileSync(path.join(gpio, name), '')
    for (const line of lines) {
      const directory = path.join(gpio, `gpio${BASE + line}`)
      mkdirSync(directory)
      const start = { direction: 'in', value: '0', active_low: '0', edge: 'none' }
      for (const [name, text] of Object.entries(start)) writeFileSync(path.join(directory, name), `${text}\n`)
    }
  }

  /** Put in front of a command: it sees this tree as /sys/class. */
  get wrap(): string[] {
    return ['unshare', '-m', 'sh', '-c', 'mount --bind "$0" /sys/class && exec "$@"', this.root]
  }

  value(line: number): number {
    return Number(readFileSync(this.fileOf(line), 'utf8').slice(0, 1))
  }

  /** What the line is from outside; in place, so that whoever holds the file open sees it. */
  set(line: number, value: 0 | 1): void {
    const file = openSync(this.fileOf(line), 'r+')
    writeSync(file, String(value), 0)
    closeSync(file)
  }

  private fileOf(line: number): string {
    return path.join(this.root, 'gpio', `gpio${BASE + line}`, 'value')
  }
}

/** A mount namespace needs root. */
export const fakeGpioAbsent = process.getuid?.() !== 0
