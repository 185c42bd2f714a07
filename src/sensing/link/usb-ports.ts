import { readFile, readdir, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AjarError } from '../../platform/errors.js'

/** What `LinkSettings.port` asks for. */
export type PortChoice = { by: 'path'; path: string } | { by: 'usb'; usbId: string } | { by: 'auto' }

/**
 * USB vendor:product of what ESP32 boards carry: their bridge chips, and the chips' own USB
 * (https://docs.espressif.com/projects/esp-idf: "Establish Serial Connection"; linux/drivers/usb/serial/ch341.c).
 */
const KNOWN_BRIDGES: ReadonlySet<string> = new Set([
  '10c4:ea60', // Silicon Labs CP2102, CP2102N, CP2104
  '10c4:ea70', // CP2105
  '10c4:ea71', // CP2108
  '1a86:7522', // WCH CH340K
  '1a86:7523', // CH340
  '1a86:5523', // CH341A
  '1a86:55d3', // CH343
  '1a86:55d4', // CH9102
  '0403:6001', // FTDI FT232
  '0403:6010', // FT2232 (ESP-Prog, LyraT)
  '0403:6014', // FT232H
  '0403:6015', // FT231X
  '303a:1001', // Espressif USB-Serial-JTAG (C3, C6, S3)
  '303a:4001', // Espressif USB-OTG serial (S2, S3)
])

/** How far above the tty's device its USB device lies: interface, device; one more for usb-serial's port. */
const MOST_LEVELS = 4

/** Throws AjarError 'usage.port' where the text is no port. */
export function parsePort(port: string): PortChoice {
  if (port === 'auto') return { by: 'auto' }
  if (port.startsWith('/')) return { by: 'path', path: port }
  const usb = /^usb:([0-9a-f]{4}:[0-9a-f]{4})$/i.exec(port)
  if (usb) return { by: 'usb', usbId: usb[1].toLowerCase() }
  throw new AjarError(
    'usage.port',
    `'${port}' names no serial port.`,
    "Give a path such as /dev/ttyUSB0, 'usb:10c4:ea60' (vendor and product), or 'auto'.",
  )
}

/** The device path to open, or undefined where nothing that matches is plugged in. */
export async function findPort(choice: PortChoice, sysRoot = '/sys'): Promise<string | undefined> {
  if (choice.by === 'path') return choice.path
  const matches = (usbId: string) => (choice.by === 'usb' ? usbId === choice.usbId : KNOWN_BRIDGES.has(usbId))
  return (await usbPorts(sysRoot)).find((port) => matches(port.usbId))?.path
}

/**
 * Serial ports on USB, in order of their names. Read from sysfs: SerialPort.list() ends the process
 * where udevadm is missing.
 */
async function usbPorts(sysRoot: string): Promise<{ path: string; usbId: string }[]> {
  const classDirectory = join(sysRoot, 'class/tty')
  const names = (await readdir(classDirectory)).filter((name) => /^tty(USB|ACM)\d+$/.test(name))
  names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  const ports: { path: string; usbId: string }[] = []
  for (const name of names) {
    const usbId = await usbIdOf(join(classDirectory, name, 'device'))
    if (usbId !== undefined) ports.push({ path: `/dev/${name}`, usbId })
  }
  return ports
}

/** 'vvvv:pppp' of the USB device that a tty belongs to; undefined for others, and for one just unplugged. */
async function usbIdOf(ttyDevice: string): Promise<string | undefined> {
  try {
    let directory = await realpath(ttyDevice)
    for (let level = 0; level < MOST_LEVELS; level++, directory = dirname(directory)) {
      const vendor = await attribute(directory, 'idVendor')
      if (vendor !== undefined) return `${vendor}:${await attribute(directory, 'idProduct')}`
    }
  } catch (error) {
    if (!isAbsent(error)) throw error
  }
  return undefined
}

async function attribute(directory: string, name: string): Promise<string | undefined> {
  try {
    return (await readFile(join(directory, name), 'utf8')).trim()
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

/** ENODEV is what sysfs answers while the device goes away. */
function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT' || code === 'ENODEV' || code === 'ENOTDIR'
}
