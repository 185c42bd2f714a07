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

/** Each file ten times over: reading takes a while. */
const long = path.join(directory, 'long.yaml')
writeFileSync(
  long,
  readFileSync(dataset, 'utf8').replace(/^  - \{(.*) \}$/gm, (line, visit: string) =>
    Array.from(
      { length: 10 },
      (_, i) => `  - {${visit}, visit: ${/file: ([\w-]+)/.exec(line)?.[1]}-${i} }`,
    ).join('\n'),
  ),
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
  command: readonly string[],
  signal: NodeJS.Signals,
  when: (said: string) => Promise<void> | undefined,
) {
  const child = spawn(process.execPath, [path.resolve('dist/cli.js'), ...command], {
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
      await interrupted(args(id), 'SIGKILL', (said) =>
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
    const { code, said } = await interrupted(args('asked'), 'SIGTERM', (so) =>
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

  it('stops before it writes a model where no network is trained, too', async () => {
    const command = ['train', long, '--out', path.join(directory, 'reading')]
    const { code, said } = await interrupted(command, 'SIGTERM', (so) =>
      so.includes('3/80') ? Promise.resolve() : undefined,
    )
    expect(code).toBe(1)
    expect(said).toContain('Training was stopped')
    expect(existsSync(path.join(directory, 'reading'))).toBe(false)
  })

  it('compares the families and takes LDA where it is as good', async () => {
    const out = path.join(directory, 'best')
    const command = ['train', dataset, '--family', 'best', '--backend', 'tfjs-wasm', '--time-limit', '20']
    const { code, stdout, stderr } = await ajar([...command, '--out', out, '--json'])
    expect(code, stderr.slice(-1000)).toBe(0)
    const { family, evaluation } = JSON.parse(stdout) as {
      family: string
      evaluation: {
        compared: { family: string; balancedAccuracy: number }[]
        choiceBalancedAccuracy: number
        methods: { method: string; recalls: number[] }[]
        bySession: unknown[]
      }
    }
    expect(family).toBe('lda')
    expect(evaluation.compared.map((one) => one.family)).toEqual(['lda', 'mlp', 'conv'])
    expect(evaluation.choiceBalancedAccuracy).toBeGreaterThan(0.9)
    const baselines = ['majority', 'rssi-threshold', 'five-numbers', 'moving-variance', 'logistic', 'knn', 'random-forest'] // prettier-ignore
    expect(evaluation.methods.map(({ method }) => method)).toEqual(['lda', 'mlp', 'conv', ...baselines])
    for (const { recalls } of evaluation.methods) expect(recalls).toHaveLength(evaluation.bySession.length)
    expect(readFileSync(path.join(out, 'card.md'), 'utf8')).toMatch(/^\| balanced accuracy \| 100\.0 % /m)
    expect(await verified('best')).toBe(true)
  })
})
