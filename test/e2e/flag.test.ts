import { readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
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

  it('is whole or not there, whenever the process dies', async () => {
    const dataDirectory = temporaryDirectory()
    const args = ['--simulate', 'metal-doorway']
    let flagged = 0
    for (const afterMs of [4, 8, 12, 16, 32]) {
      const appliance = await Appliance.start(args, { dataDirectory })
      await appliance.reads(({ motion }) => motion === 'still', 20_000)
      const authorization = `Bearer ${readFileSync(path.join(dataDirectory, 'api-token'), 'utf8').trim()}`
      const asked = fetch(`${appliance.url}/api/v1/door/flag`, { method: 'POST', headers: { authorization } })
      const answered = asked
        .then(({ status }) => void (flagged += Number(status === 201)))
        .catch(() => undefined)
      await sleep(afterMs)
      await appliance.kill()
      await answered
    }
    const appliance = await Appliance.start(args, { dataDirectory })
    onTestFinished(() => appliance.kill())
    const { flags, unreadable } = await appliance.json<{ flags: { file: string }[]; unreadable: number }>(
      '/api/v1/flags',
    )
    expect(unreadable).toBe(0)
    expect(flags.length).toBeGreaterThanOrEqual(flagged) // what was answered is there
    for (const { file } of flags) {
      const { code, stdout } = await ajar(['decode', '--json', file])
      expect(code).toBe(0)
      expect((JSON.parse(stdout) as { packets: number }).packets).toBeGreaterThan(100)
    }
    process.stderr.write(`flags: ${flags.length} of 5 were written before the kill, ${flagged} answered\n`)
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
