import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ajar, Appliance, endWithTests, temporaryDirectory } from '../support/appliance-process.js'
import { freePort } from '../support/free-port.js'
import { openPty } from '../support/pty.js'
import { streamFrames } from '../support/stream.js'

const FRAMES_PER_SECOND = 50

interface Line {
  type: 'where' | 'progress' | 'result'
  step?: string
  works?: boolean
  text?: string
  reasons?: { code: string; hint: string }[]
  live?: { packetsPerSecond: number; gainLocked: boolean | null }
  figures?: { doorChange: number; quietNoise: number }
}

/** A door that bends the channel while it is swung: for 8 s from the packet on at which it begins. */
class SwungDoor {
  private fromPacket = NaN
  private latest = 0

  begin(): void {
    if (Number.isNaN(this.fromPacket)) this.fromPacket = this.latest
  }

  readonly change = (packet: number): { iq: Int8Array } => {
    this.latest = packet
    const seconds = (packet - this.fromPacket) / FRAMES_PER_SECOND
    const bend = seconds >= 0 && seconds < 8 ? 0.8 * Math.sin((Math.PI * seconds) / 2) : 0
    const value = (i: number): number => 40 * Math.sin(0.2 * i + bend) + 3 * Math.sin(17.3 * packet * (i + 1))
    return { iq: Int8Array.from({ length: 128 }, (_, i) => Math.round(value(i))) }
  }
}

describe('ajar place', () => {
  it('asks the running appliance, and the person to swing the door', async () => {
    const pty = await openPty()
    const door = new SwungDoor()
    const feed = streamFrames(pty, {
      framesPerSecond: FRAMES_PER_SECOND,
      deviceFramesPerSecond: FRAMES_PER_SECOND,
      change: door.change,
    })
    const port = await freePort()
    const appliance = await Appliance.start(['--port', pty.device, '--http-port', port])
    onTestFinished(async () => {
      await appliance.kill()
      await feed.stop()
      await pty.close()
    })
    const args = ['place', '--json', '--http-port', port, '--data-dir', appliance.dataDirectory]
    const child = spawn(process.execPath, [path.resolve('dist/cli.js'), ...args])
    endWithTests(child)
    const exit = new Promise<number | null>((resolve) => child.on('close', resolve))
    const lines: Line[] = []
    for await (const text of createInterface(child.stdout)) {
      const line = JSON.parse(text) as Line
      lines.push(line)
      if (line.step === 'swing') door.begin()
    }
    expect(lines[0].text).toContain('appliance')
    const result = lines.at(-1)!
    expect(result, JSON.stringify(result)).toMatchObject({ type: 'result', works: true, reasons: [] })
    expect(await exit).toBe(0)
    const steps = new Set(lines.flatMap(({ step }) => step ?? []))
    expect([...steps]).toEqual(['link', 'quiet', 'swing'])
    expect(lines.findLast(({ type }) => type === 'progress')?.live).toMatchObject({ gainLocked: true })
  })

  it('opens the port itself where no appliance runs, and says so', async () => {
    const pty = await openPty()
    const feed = streamFrames(pty, { framesPerSecond: 5, deviceFramesPerSecond: 5 })
    const directory = temporaryDirectory()
    const config = path.join(directory, 'ajar.yaml')
    const api = `api: { port: ${await freePort()} }`
    writeFileSync(config, `dataDirectory: ${directory}\nreceiver: { port: ${pty.device} }\n${api}\n`)
    const { code, stdout, stderr } = await ajar(['place', '--config', config])
    await feed.stop()
    await pty.close()
    expect(code, stderr).toBe(1)
    expect(stdout).toContain(`No appliance runs: the receiver (${pty.device}) is opened here.`)
    expect(stdout).toMatch(/This position cannot work like this\. \d\.\d packets a second; at least 8/)
    expect(stdout).toMatch(/→ Raise the rate/)
    const absent = await ajar(['place', '--port', pty.device])
    expect(absent.code).toBe(1)
    expect(absent.stderr).toContain(pty.device)
    expect(absent.stderr).toMatch(/→ \w/)
  })
})
