import { readdir, readFile, readlink, realpath } from 'node:fs/promises'

/** Why a port cannot be used now, in words for the technician who stands before it. */
export interface PortLoss {
  kind: 'absent' | 'denied' | 'busy' | 'unusable' | 'unplugged' | 'silent'
  detail: string
  hint: string
}

/** `port` is what was asked for: a path, usb:VID:PID or auto. */
export function absent(port: string): PortLoss {
  const auto = port === 'auto'
  return {
    kind: 'absent',
    detail: auto ? 'No receiver is plugged in: no known USB serial bridge.' : `There is no port ${port}.`,
    hint: auto
      ? 'Plug the receiver in with a cable that carries data, or name its port in receiver.port.'
      : "Is the receiver plugged in, with a cable that carries data? `ls /dev/serial/by-id` lists ports; 'auto' finds known bridges.",
  }
}

export function unplugged(path: string): PortLoss {
  return {
    kind: 'unplugged',
    detail: `${path} has gone: the receiver was unplugged or lost its power.`,
    hint: 'Plug the receiver back in; it is opened again by itself. If nobody touched it, try another cable or a powered hub.',
  }
}

export function silent(path: string, silenceTimeoutMs: number): PortLoss {
  return {
    kind: 'silent',
    detail: `${path} is open, but nothing has arrived for ${silenceTimeoutMs / 1000} s.`,
    hint: "Is the transmitter powered and on the receiver's channel? Press reset on the receiver.",
  }
}

/** What the binding said when it would not open or configure `path`; it gives no codes, only the system's words. */
export async function openFailed(path: string, error: Error): Promise<PortLoss> {
  const says = error.message
  if (/No such file|No such device/i.test(says)) return absent(path)
  if (/Permission denied|Operation not permitted/i.test(says))
    return {
      kind: 'denied',
      detail: `This user may not open ${path}.`,
      hint: 'Add the user to the group dialout (`sudo usermod -aG dialout $USER`) and log in again.',
    }
  if (/Cannot lock port|Resource busy|Device or resource busy/i.test(says)) {
    const holders = await holdersOf(path)
    return {
      kind: 'busy',
      detail: `${path} is in use by ${holders.length > 0 ? holders.join(', ') : 'another program'}.`,
      hint: 'Close that program (a serial monitor, ModemManager, a second Ajar); the port is opened again by itself.',
    }
  }
  return {
    kind: 'unusable',
    detail: `${path} cannot be opened as a serial port: ${says}`,
    hint: "Is this the receiver's port, and does it support receiver.baudRate?",
  }
}

/** 'name (pid)' of each other process that has the device open; only those that this user may look at. */
async function holdersOf(path: string): Promise<string[]> {
  const holders: string[] = []
  const device = await readable(realpath(path))
  const processes = (await readable(readdir('/proc'))) ?? []
  for (const pid of processes.filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    for (const fd of (await readable(readdir(`/proc/${pid}/fd`))) ?? []) {
      if ((await readable(readlink(`/proc/${pid}/fd/${fd}`))) !== device) continue
      const name = await readable(readFile(`/proc/${pid}/comm`, 'utf8'))
      holders.push(`${name?.trim() ?? 'a program'} (${pid})`)
      break
    }
  }
  return holders
}

/** Processes end while they are listed, and those of other users are closed to us: both are no answer. */
async function readable<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch(() => undefined)
}
