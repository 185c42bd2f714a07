import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ajar, Appliance, temporaryDirectory } from '../support/appliance-process.js'
import { freePort } from '../support/free-port.js'

interface Line {
  type: string
  state?: string
  motion?: string
  flag?: { same: boolean; note: string; flagged: { state: string }; replayed: { state: string }; differs: [] }
}

const MODEL = path.resolve('models/demo')

describe('ajar flag', () => {
  it('keeps what a running appliance saw, and the replay of it reads the same', async () => {
    const port = await freePort()
    const args = ['--simulate', 'metal-doorway', '--model', MODEL, '--http-port', port]
    const appliance = await Appliance.start(args)
    onTestFinished(() => appliance.kill())
    await appliance.reads(({ reason }) => reason === 'decided', 30_000)
    const running = ['--http-port', port, '--data-dir', appliance.dataDirectory]
    const flagged = await ajar(['flag', 'that was wrong', '--json', ...running])
    expect(flagged.code, flagged.stderr).toBe(0)
    const made = JSON.parse(flagged.stdout) as { file: string; seconds: number; reading: { state: string } }
    expect(made.seconds).toBeGreaterThan(1.9)
    expect(path.dirname(made.file)).toBe(path.join(appliance.dataDirectory, 'flags'))

    const soon = await ajar(['flag', 'again', ...running])
    expect(soon.code).toBe(1)
    expect(soon.stderr).toMatch(/→ Wait/)
    await appliance.kill() // no half flag, whenever the power goes
    expect(await appliance.exited()).not.toBe(0)

    const replayed = await ajar(['replay', made.file, '--model', MODEL, '--json', '--trace'])
    expect(replayed.code, replayed.stderr).toBe(0)
    const lines = replayed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line)
    const end = lines.at(-1)
    expect(end).toMatchObject({ type: 'end', simulated: true, flag: { same: true, note: 'that was wrong' } })
    expect(end?.flag?.replayed.state).toBe(made.reading.state)
    expect(end?.flag?.differs).toEqual([])
    for (const type of ['recording', 'reading', 'told', 'window'])
      expect(
        lines.some((line) => line.type === type),
        type,
      ).toBe(true)

    const { stdout } = await ajar(['replay', made.file, '--model', MODEL])
    expect(stdout).toContain('The replay gives the same')
    expect(
      stdout
        .trim()
        .split('\n')
        .every((line) => line.startsWith('simulated: ')),
    ).toBe(true)
  })

  it('says when no appliance runs, and what to do', async () => {
    const port = await freePort()
    const appliance = await Appliance.start(['--simulate', 'metal-doorway', '--http-port', port])
    expect(await appliance.stop()).toBe(0)
    const { code, stderr } = await ajar([
      ...['flag', '--http-port', port],
      ...['--data-dir', appliance.dataDirectory],
    ])
    expect(code).toBe(1)
    expect(stderr).toContain(`No appliance answers at http://127.0.0.1:${port}`)
    expect(stderr).toMatch(/→ .*ajar run/)
    const never = await ajar(['flag', '--http-port', port, '--data-dir', temporaryDirectory()])
    expect(never.code).toBe(1)
    expect(never.stderr).toContain('There is no token yet')
  })
})
