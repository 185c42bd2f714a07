import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ajar, temporaryDirectory } from '../support/appliance-process.js'
import { wireBytes } from '../unit/learning/dataset/wire-bytes.js'

const directory = temporaryDirectory()
const visits = ['s1', 's2', 's3'].flatMap((session, index) =>
  ['shut', 'wide'].map((marker) => {
    const file = `${session}-${marker}.bin`
    const gain = marker === 'wide' ? 2 : 1
    const bytes = wireBytes({ amplitude: 20 * gain + index, rssiDbm: -60 + 6 * gain, seed: 2 * index + gain })
    writeFileSync(path.join(directory, file), bytes)
    return `  - { file: ${file}, marker: ${marker}, session: ${session}, place: hall }`
  }),
)
function manifestOf(name: string, some: readonly string[]): string {
  const file = path.join(directory, `${name}.yaml`)
  writeFileSync(file, `name: ${name}\nvisits:\n${some.join('\n')}\n`)
  return file
}
const whole = manifestOf('whole', visits)

describe('ajar evaluate', () => {
  it('prints JSON on stdout alone, the same twice, and a table for people', async () => {
    const command = ['evaluate', whole, '--family', 'lda']
    const { code, stdout, stderr } = await ajar([...command, '--json'])
    expect(code, stderr.slice(-1000)).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      split: 'session',
      folds: [{ held: 's1' }, { held: 's2' }, { held: 's3' }],
    })
    expect(stderr).toContain('6/6 s3-wide.bin')
    expect((await ajar([...command, '--json'])).stdout).toBe(stdout)
    expect((await ajar([...command, '--split', 'random'])).stdout).toMatch(
      /Leakage reference[^]*\| five-numbers/,
    )
  })

  it.each([
    [2, ['--split', 'moon'], "'moon' is invalid. Allowed choices are session, day, place, forward, random"],
    [
      2,
      ['--split', 'place', '--train-places', 'hall', '--test-places', 'attic'],
      'No visit is of place attic.',
    ],
    [2, ['--family', 'forest'], 'there is no family forest'],
    [2, ['--markers', 'ajar'], 'No window is of marker ajar.'],
    [1, ['--split', 'day'], 'Visit s1-shut.bin states no day.'],
    [1, ['--split', 'place'], 'There is one place only (hall)'],
  ])('exit code %i and a word for %j', async (expected, options, said) => {
    const { code, stdout, stderr } = await ajar(['evaluate', whole, ...options, ...(options.includes('forest') ? [] : ['--family', 'lda'])]) // prettier-ignore
    expect(code).toBe(expected)
    expect(stderr).toContain(said)
    expect(stdout).toBe('')
  })

  it('refuses one session', async () => {
    const { code, stderr } = await ajar([
      'evaluate',
      manifestOf('one', visits.slice(0, 2)),
      '--family',
      'lda',
    ])
    expect(code).toBe(1)
    expect(stderr).toContain('There is one session only (s1)')
  })
})
