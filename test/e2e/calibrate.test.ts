import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { loadDataset } from '../../src/learning/dataset/manifest.js'
import { standing } from '../../src/learning/simulator/schedule.js'
import { Simulator } from '../../src/learning/simulator/simulator.js'
import { ajar, Appliance, endWithTests, temporaryDirectory } from '../support/appliance-process.js'
import { openPty } from '../support/pty.js'

interface Step {
  event: string
  [key: string]: unknown
}

const KILLS = 12
const stepsOf = (stdout: string): Step[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Step)
const events = (steps: readonly Step[], event: string) => steps.filter((step) => step.event === event)
const visitsIn = (directory: string) => readdirSync(path.join(directory, 'visits')).sort()

const simulated = (out: string, ...rest: string[]) => [
  ...['calibrate', '--simulate', 'metal-doorway:3', '--yes', '--seconds', '6', '--visits', '2', '--json'],
  ...['--out', out, ...rest],
]

async function calibrate(args: readonly string[]) {
  const { code, stdout, stderr } = await ajar(args)
  expect(code, stderr.slice(-2000)).toBe(0)
  const steps = stepsOf(stdout)
  expect(steps.at(-1)!.event).toBe('result')
  return { steps, result: steps.at(-1)! }
}

describe('ajar calibrate', () => {
  it('goes from visits to a model that runs, marked provisional, and then adds sessions', async () => {
    const out = path.join(temporaryDirectory(), 'hall')
    const first = await calibrate(simulated(out))
    expect(first.steps.every((step) => step.simulated === true)).toBe(true)
    expect(events(first.steps, 'place')).toHaveLength(6)
    expect(events(first.steps, 'accepted')).toHaveLength(6)
    expect(first.result).toMatchObject({
      verdict: 'collect-more',
      model: null,
      sessions: 1,
      wantedSessions: 14,
    })
    expect(readFileSync(path.join(out, 'report.html'), 'utf8')).toContain('1 of 14 sessions')
    expect(JSON.parse(readFileSync(path.join(out, 'report.json'), 'utf8'))).toMatchObject({
      ...{ verdict: 'collect-more', claim: { sessions: 1 } },
    })

    const again = await calibrate(simulated(out))
    expect(events(again.steps, 'complete')).toHaveLength(1)
    expect(events(again.steps, 'place')).toHaveLength(0)

    const forced = await calibrate(['calibrate', '--out', out, '--yes', '--json', '--force'])
    expect(forced.result).toMatchObject({ verdict: 'collect-more', model: path.join(out, 'models/hall-1') })

    const added = await calibrate([...simulated(out), '--add', '--sessions', '2'])
    expect(events(added.steps, 'session').map(({ session }) => session)).toEqual(['session-2', 'session-3'])
    expect(added.result).toMatchObject({ verdict: 'provisional', model: path.join(out, 'models/hall-3') })
    expect(visitsIn(out)).toHaveLength(18)

    const model = added.result.model as string
    const verified = await ajar(['model', 'verify', model, '--json'])
    expect(verified.code).toBe(0)
    const manifest = JSON.parse(readFileSync(path.join(model, 'manifest.json'), 'utf8')) as Step
    expect(manifest).toMatchObject({
      ...{ simulated: true, site: { id: 'metal-doorway', verdict: 'provisional' } },
      trained: { sessions: ['session-1', 'session-2', 'session-3'], evaluation: { leftOut: 'session' } },
    })
    // The visits themselves, as if the receiver sent them: nothing is claimed by it but that the model runs.
    const { visits } = await loadDataset(path.join(out, 'DATASET.yaml'))
    for (const marker of ['closed', 'open']) {
      const visit = visits.find((one) => one.marker === marker)!
      const running = await Appliance.start(['--capture', visit.file, '--model', model])
      const door = await running.reads(({ state }) => state === marker, 15_000)
      expect(door).toMatchObject({ provisional: true, simulated: true, model: 'hall-3' })
      expect(await running.json('/api/v1/model')).toMatchObject({ verdict: 'provisional' })
      await running.stop()
    }

    const surveyed = await ajar(['survey', path.join(out, 'DATASET.yaml'), '--json'])
    expect(JSON.parse(surveyed.stdout)).toMatchObject({ verdict: 'provisional' })
  })

  it(`loses no accepted visit in ${KILLS} kills, and goes on with what is open`, async () => {
    const out = path.join(temporaryDirectory(), 'killed')
    const args = ['calibrate', '--simulate', 'metal-doorway:3', '--yes', '--seconds', '60', '--visits', '2']
    const accepted = new Set<string>()
    let steps: Step[] = []
    for (let kill = 0; kill < KILLS; kill++) {
      const child = spawn(process.execPath, ['dist/cli.js', ...args, '--json', '--out', out])
      endWithTests(child)
      let said = ''
      child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()))
      const ended = new Promise((resolve) => child.on('close', resolve))
      const recording = new Promise<void>((resolve) =>
        child.stdout.on('data', () => void (said.includes('"recording"') && resolve())),
      )
      await Promise.race([recording, ended])
      await sleep((kill * 61) % 600)
      child.kill('SIGKILL')
      await ended
      steps = stepsOf(said.slice(0, said.lastIndexOf('\n') + 1))
      for (const { take } of events(steps, 'accepted')) accepted.add(take as string)
      const present = existsSync(path.join(out, 'visits')) ? visitsIn(out) : []
      for (const take of accepted) expect(present).toContain(`${take}.ajar`)
    }
    const last = await calibrate([...args, '--json', '--out', out])
    expect(last.result).toMatchObject({ sessions: 1 })
    const plan = JSON.parse(readFileSync(path.join(out, 'plan.json'), 'utf8')) as {
      sessions: { visits: { marker: string; visit: string }[] }[]
    }
    const [{ visits }] = plan.sessions
    expect(visits.map(({ marker }) => marker).sort()).toEqual([
      'ajar',
      'ajar',
      'closed',
      'closed',
      'open',
      'open',
    ])
    expect(visitsIn(out)).toEqual(visits.map(({ visit }) => `${visit}.ajar`).sort())
    for (const take of accepted) expect(visits.map(({ visit }) => visit)).toContain(take)
  })

  it('records through an appliance that holds the port', async () => {
    const directory = temporaryDirectory()
    const capture = path.join(directory, 'quiet.bin')
    writeFileSync(capture, Buffer.concat([...packets(150)]))
    const running = await Appliance.start(['--capture', capture])
    const out = path.join(directory, 'through-api')
    const port = new URL(running.url).port
    const args = [
      ...['calibrate', '--markers', 'closed,open', '--seconds', '5', '--yes', '--json', '--out', out],
      ...['--http-port', port, '--data-dir', running.dataDirectory],
    ]
    // Stopped while it records: the appliance keeps nothing of it.
    const child = spawn(process.execPath, ['dist/cli.js', ...args])
    endWithTests(child)
    child.stdout.on('data', (bytes: Buffer) => {
      if (bytes.toString().includes('"recording"')) setTimeout(() => child.kill('SIGINT'), 1000)
    })
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(1)
    const recordings = () => readdirSync(path.join(running.dataDirectory, 'recordings'))
    expect(recordings()).toEqual([])

    const { steps, result } = await calibrate(args)
    expect(events(steps, 'resumed')[0]).toMatchObject({ open: 4 })
    expect(events(steps, 'accepted')).toHaveLength(4)
    expect(result).toMatchObject({ verdict: 'collect-more', model: null })
    expect(visitsIn(out)).toHaveLength(4)
    expect(recordings()).toEqual([])
    const kept = readFileSync(path.join(out, 'visits', visitsIn(out)[0]))
    expect(kept.toString('latin1', 0, 200)).toContain('calibrate through-api session-1-take-')
    await running.stop()
  })

  it('opens the port itself, waits for Enter at each visit, and says what to do where the input ends', async () => {
    const pty = await openPty()
    const sending = new AbortController()
    const sent = send(pty, sending.signal)
    const out = path.join(temporaryDirectory(), 'by-port')
    const args = [
      'calibrate',
      '--port',
      pty.device,
      '--markers',
      '0,90',
      '--seconds',
      '5',
      '--json',
      '--out',
      out,
    ]
    const run = async (lines: string) => {
      const child = spawn(process.execPath, ['dist/cli.js', ...args])
      endWithTests(child)
      let [stdout, stderr] = ['', '']
      child.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString()))
      child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()))
      child.stdin.end(lines)
      const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
      return { code, steps: stepsOf(stdout), stderr }
    }
    const cut = await run('\n')
    expect(cut.code).toBe(2)
    expect(cut.stderr).toContain('nobody is there to press Enter')
    expect(events(cut.steps, 'accepted')).toHaveLength(1)
    const whole = await run('\n\n\n')
    expect(whole.code, whole.stderr).toBe(0)
    expect(events(whole.steps, 'resumed')[0]).toMatchObject({ session: 'session-1', open: 3 })
    expect(whole.steps.at(-1)).toMatchObject({ event: 'result', verdict: 'collect-more' })
    expect(whole.steps.every((step) => step.simulated === undefined)).toBe(true)
    expect(readFileSync(path.join(out, 'DATASET.yaml'), 'utf8')).toMatch(
      /states:\n +"?0"?: closed\n +"?90"?: open/,
    )
    sending.abort()
    await sent
    await pty.close()
  })

  it('makes no model of markers that look the same, and one of them as one where that is wanted', async () => {
    const out = path.join(temporaryDirectory(), 'alike')
    const visits = ['--markers', '0,84,86', '--seconds', '6', '--sessions', '8', '--yes', '--json']
    const apart = await calibrate(['calibrate', '--simulate', 'metal-doorway:4', ...visits, '--out', out])
    expect(apart.result).toMatchObject({
      verdict: 'merge-markers',
      model: null,
      merge: [['84', '86'], ['0']],
    })
    const merged = await calibrate(['calibrate', '--out', out, '--merge', '--yes', '--json'])
    expect(merged.result).toMatchObject({
      verdict: 'provisional',
      dataset: path.join(out, 'DATASET-merged.yaml'),
    })
    const manifest = readFileSync(path.join(merged.result.model as string, 'manifest.json'), 'utf8')
    expect(JSON.parse(manifest)).toMatchObject({
      outputs: [
        { marker: '0', state: 'closed' },
        { marker: '84-or-86', state: 'open' },
      ],
    })
  })

  it('takes a recording again that is gone, and a data set that fell behind is mended', async () => {
    const out = path.join(temporaryDirectory(), 'gone')
    await calibrate(simulated(out))
    const file = path.join(out, 'plan.json')
    const plan = JSON.parse(readFileSync(file, 'utf8')) as { sessions: { visits: { visit?: string }[] }[] }
    delete plan.sessions[0].visits[5].visit
    writeFileSync(file, JSON.stringify(plan))
    rmSync(path.join(out, 'visits', `${plan.sessions[0].visits[0].visit}.ajar`))
    const { steps } = await calibrate(simulated(out))
    expect(events(steps, 'reopened')[0]).toMatchObject({ visits: ['session-1-take-1'] })
    expect(events(steps, 'accepted')).toHaveLength(2)
    expect(visitsIn(out)).toHaveLength(6)
  })

  it('refuses other options than it was begun with, and markers that mean nothing', async () => {
    const out = path.join(temporaryDirectory(), 'other')
    await calibrate(simulated(out))
    const other = await ajar(['calibrate', '--out', out, '--yes', '--markers', 'closed,open'])
    expect(other.code).toBe(2)
    expect(other.stderr).toContain('This calibration was begun otherwise')
    const strange = await ajar(['calibrate', '--out', `${out}-2`, '--yes', '--markers', 'closed,wide'])
    expect(strange.code).toBe(2)
    expect(existsSync(`${out}-2`)).toBe(false)
  })
})

/** Of a closed door that nobody is near. */
function* packets(seconds: number): Generator<Buffer> {
  const options = { site: 'metal-doorway', seed: 5, session: 0, packetsPerSecond: 100, script: standing(0) }
  const simulator = new Simulator(options)
  while (simulator.nextUs < seconds * 1e6) yield Buffer.from(simulator.next())
}

/** As the receiver does: when they are due. */
async function send(pty: Awaited<ReturnType<typeof openPty>>, signal: AbortSignal): Promise<void> {
  const startedMs = performance.now()
  let due = 0
  for (const packet of packets(300)) {
    if (signal.aborted) return
    due += 10
    const aheadMs = due - (performance.now() - startedMs)
    if (aheadMs > 50) await sleep(aheadMs)
    await pty.write(packet).catch(() => undefined)
  }
}
