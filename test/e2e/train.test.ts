import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { ajar, temporaryDirectory } from '../support/appliance-process.js'
import { wireBytes } from '../unit/learning/dataset/wire-bytes.js'

const KILLS = 12
const SESSIONS = ['s1', 's2', 's3', 's4']
const directory = temporaryDirectory()
const dataset = path.join(directory, 'dataset.yaml')

writeFileSync(
  dataset,
  `name: hall
states: { shut: closed, wide: open }
visits:
${SESSIONS.flatMap((session, index) =>
  ['shut', 'wide'].map((marker) => {
    const file = `${session}-${marker}.bin`
    const gain = marker === 'wide' ? 2 : 1
    const bytes = wireBytes({
      amplitude: 20 * gain + index,
      rssiDbm: -60 + 6 * gain + index,
      seed: 2 * index + gain,
    })
    writeFileSync(path.join(directory, file), bytes)
    return `  - { file: ${file}, marker: ${marker}, session: ${session}, place: hall }`
  }),
).join('\n')}
`,
)

const args = (id: string) => [
  'train',
  dataset,
  '--family',
  'mlp',
  '--backend',
  'tfjs-wasm',
  '--out',
  path.join(directory, id),
]
const verified = async (id: string) => (await ajar(['model', 'verify', path.join(directory, id)])).code === 0

/** Starts a training, sends `signal` after a time, and resolves with the exit code and what was said. */
async function interrupted(
  id: string,
  signal: NodeJS.Signals,
  when: (said: string) => Promise<void> | undefined,
) {
  const child = spawn(process.execPath, [path.resolve('dist/cli.js'), ...args(id)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const due = new Promise<void>((resolve) =>
    child.stderr.on('data', (bytes: Buffer) => {
      said += bytes.toString()
      void when(said)?.then(resolve)
    }),
  )
  await Promise.race([due, ended])
  child.kill(signal)
  return { code: await ended, said }
}

describe('ajar train', () => {
  it(`leaves no half model in ${KILLS} kills, and goes on to the model that one run would have made`, async () => {
    const id = 'model'
    expect((await ajar(args('whole'))).code).toBe(0)
    const whole = path.join(directory, 'whole')
    let folds = 0
    for (let kill = 0; kill < KILLS && !existsSync(path.join(directory, id)); kill++) {
      // From the first epoch on, at any moment: the whole takes a second or two.
      await interrupted(id, 'SIGKILL', (said) =>
        said.includes('epoch') ? sleep((kill * 67) % 500) : undefined,
      )
      if (existsSync(path.join(directory, id))) expect(await verified(id)).toBe(true)
      const kept = path.join(directory, `.${id}.training`)
      const now = existsSync(kept) ? readdirSync(kept).length : 0
      if (!existsSync(path.join(directory, id))) expect(now).toBeGreaterThanOrEqual(folds)
      folds = now
    }
    if (!existsSync(path.join(directory, id))) expect((await ajar(args(id))).code).toBe(0)
    expect(await verified(id)).toBe(true)
    for (const name of ['weights.bin', 'golden.bin'])
      expect(
        readFileSync(path.join(directory, id, name)).equals(readFileSync(path.join(whole, name))),
        name,
      ).toBe(true)
    expect(readdirSync(directory).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('stops when it is asked to, and says how to go on', async () => {
    const { code, said } = await interrupted('asked', 'SIGTERM', (so) =>
      so.includes('fold 2') ? Promise.resolve() : undefined,
    )
    expect(code).toBe(1)
    expect(said).toContain('Run the same command again')
    expect(existsSync(path.join(directory, 'asked'))).toBe(false)
    const again = await ajar([...args('asked'), '--json'])
    expect(again.code).toBe(0)
    expect(again.stderr).not.toContain('fold 1')
    expect(JSON.parse(again.stdout)).toMatchObject({
      family: 'mlp',
      network: { backend: 'tfjs-wasm', seed: 1 },
    })
  })
})
