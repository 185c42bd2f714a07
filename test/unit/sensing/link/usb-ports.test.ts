import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findPort, parsePort } from '../../../../src/sensing/link/usb-ports.js'

let sys: string
beforeEach(async () => {
  sys = await mkdtemp(join(tmpdir(), 'ajar-sys-'))
  await mkdir(join(sys, 'class/tty'), { recursive: true })
})
afterEach(() => rm(sys, { recursive: true }))

/** A tty as the kernel shows it: usb-serial puts a port device below the interface, cdc-acm does not. */
async function plugIn(name: string, bus: string, usbId: string): Promise<void> {
  const device = join(sys, 'devices/platform/usb1', bus)
  const owner = join(device, `${bus}:1.0`, ...(name.startsWith('ttyUSB') ? [name] : []))
  await mkdir(join(owner, 'tty', name), { recursive: true })
  const [vendor, product] = usbId.split(':')
  await writeFile(join(device, 'idVendor'), `${vendor}\n`)
  await writeFile(join(device, 'idProduct'), `${product}\n`)
  await symlink(owner, join(owner, 'tty', name, 'device'))
  await symlink(join(owner, 'tty', name), join(sys, 'class/tty', name))
}

async function onboard(name: string): Promise<void> {
  const owner = join(sys, 'devices/platform/soc/serial0')
  await mkdir(join(owner, 'tty', name), { recursive: true })
  await symlink(owner, join(owner, 'tty', name, 'device'))
  await symlink(join(owner, 'tty', name), join(sys, 'class/tty', name))
}

const find = (port: string) => findPort(parsePort(port), sys)

describe('findPort', () => {
  it('finds the first known bridge, past what is none', async () => {
    await onboard('ttyAMA0')
    await plugIn('ttyACM0', '1-1', '2341:0043') // an Arduino
    await plugIn('ttyUSB10', '1-2', '10c4:ea60')
    await plugIn('ttyUSB2', '1-3', '1a86:7523')
    expect(await find('auto')).toBe('/dev/ttyUSB2')
  })

  it("finds the chip's own USB", async () => {
    await plugIn('ttyACM0', '1-1', '303a:1001')
    expect(await find('auto')).toBe('/dev/ttyACM0')
  })

  it('finds what is asked for by vendor and product, known or not', async () => {
    await plugIn('ttyUSB0', '1-1', '10c4:ea60')
    await plugIn('ttyUSB1', '1-2', '0403:6001')
    await plugIn('ttyACM0', '1-3', '2341:0043')
    expect(await find('usb:0403:6001')).toBe('/dev/ttyUSB1')
    expect(await find('usb:2341:0043')).toBe('/dev/ttyACM0')
    expect(await find('usb:10C4:EA60')).toBe('/dev/ttyUSB0')
    expect(await find('usb:1a86:7523')).toBeUndefined()
  })

  it('takes a path as it is', async () => {
    expect(await find('/dev/serial/by-id/usb-Silicon_Labs-if00-port0')).toBe(
      '/dev/serial/by-id/usb-Silicon_Labs-if00-port0',
    )
  })

  it('finds nothing where nothing is plugged in, or it is just being pulled', async () => {
    expect(await find('auto')).toBeUndefined()
    await plugIn('ttyUSB0', '1-1', '10c4:ea60')
    await rm(join(sys, 'devices'), { recursive: true })
    expect(await find('auto')).toBeUndefined()
  })
})

describe('parsePort', () => {
  it.each(['', 'ttyUSB0', 'COM3', 'usb:', 'usb:10c4', 'usb:10c4:ea6', 'usb:10c4:ea60:7', 'AUTO'])(
    'refuses %j',
    (port) => expect(() => parsePort(port)).toThrow(expect.objectContaining({ code: 'usage.port' })),
  )
})
