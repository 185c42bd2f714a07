import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { surveyDataset, type SurveyCommandOptions } from '../../../src/commands/survey.js'
import { wireBytes } from '../learning/dataset/wire-bytes.js'

const directory = mkdtempSync(path.join(tmpdir(), 'ajar-survey-'))

/** Visits of a door that doubles the amplitude, unless it does nothing. */
function dataset(name: string, sessions: number, { opens = 2, marker = 'wide <b>&"\'' } = {}): string {
  const visits = Array.from({ length: sessions }, (_, session) =>
    ['shut', marker, 'shut', marker].map((own, at) => {
      const file = `${name}-${session}-${at}.bin`
      const factor = own === 'shut' ? 1 : opens
      writeFileSync(
        path.join(directory, file),
        wireBytes({
          amplitude: 20 * factor + (session % 3),
          rssiDbm: -60 + Math.round(20 * Math.log10(factor)) + (session % 3),
          seed: session * 4 + at,
        }),
      )
      return { file, marker: own, session: `s${session}`, place: 'hall' }
    }),
  ).flat()
  const manifest = path.join(directory, `${name}.yaml`)
  writeFileSync(manifest, JSON.stringify({ name, visits }))
  return manifest
}

async function run(manifest: string, options: Partial<SurveyCommandOptions> = {}) {
  const lines: string[] = []
  const progress: string[] = []
  const code = await surveyDataset(
    manifest,
    { json: true, ...options },
    { out: (line) => lines.push(line), progress: (line) => progress.push(line) },
  )
  return { code, lines, progress }
}

describe('ajar survey', () => {
  it('prints one JSON document, and progress for each visit beside it', async () => {
    const { code, lines, progress } = await run(dataset('good', 14))
    expect(code).toBe(0)
    expect(lines).toHaveLength(1)
    const told = JSON.parse(lines[0])
    expect(Object.keys(told)).toEqual(['verdict', 'sentence', 'advice', 'statistics', 'read'])
    expect(told).toMatchObject({
      verdict: 'usable',
      statistics: {
        ...{ sessions: 14, visits: 56, events: 0, design: 'crossed', recall: null, falseEventsPerDay: null },
        loso: { balancedAccuracy: 1, lower95: 0.807364, sessionsRight: 14, sessions: 14 },
        distances: [{ a: 'shut', b: expect.any(String), lower95: expect.any(Number) }],
      },
    })
    expect(told.statistics.distances[0].lower95).toBeGreaterThan(1)
    expect(progress).toHaveLength(56)
    expect(progress[0]).toMatch(/^1\/56 good-0-0\.bin: 400 packets, \d+ windows$/)
  })

  it('says it in words, the sentence first', async () => {
    const { lines } = await run(dataset('words', 3), { json: false })
    expect(lines[0]).toMatch(/^Everything seen so far is right \(3 of 3 sessions\)/)
    expect(lines[1]).toBe('Verdict: provisional')
    expect(lines.join('\n')).toContain('each session visits every marker')
  })

  it('writes a page that needs nothing else and trusts no name', async () => {
    const report = path.join(directory, 'good.html')
    const marker = '</script><img src=x onerror=alert(1)>'
    const { lines } = await run(dataset('page', 4, { marker }), { report })
    const page = readFileSync(report, 'utf8')
    const { sentence } = JSON.parse(lines[0])
    expect(page.indexOf(sentence)).toBeLessThan(page.indexOf('What to do'))
    expect(page.indexOf('What to do')).toBeLessThan(page.indexOf('<svg'))
    expect(page.match(/<svg/g)).toHaveLength(2)
    expect(page.match(/<circle/g)).toHaveLength(16)
    expect(page).not.toContain('<img')
    expect(page.match(/<script/g)).toHaveLength(1)
    expect(page).not.toMatch(/(src|href)=["']?(https?:)?\/\//)
    const [, block] = /<script type="application\/json" id="survey">(.*?)<\/script>/s.exec(page)!
    expect(JSON.parse(block)).toEqual(JSON.parse(lines[0]))
    expect(JSON.parse(block).statistics.markers).toContain(marker)
    expect(existsSync(`${report}.new`)).toBe(false)
  })

  it('refuses a page that cannot be written before it reads anything', async () => {
    for (const report of ['nowhere/page.html', '.', 'refused.yaml/page.html']) {
      const file = path.join(directory, report)
      const { progress, error } = await run(dataset('refused', 1), { report: file }).then(
        (done) => ({ ...done, error: undefined }),
        (error: unknown) => ({ progress: [], error }),
      )
      expect(error).toMatchObject({ code: 'usage.report' })
      expect(progress).toEqual([])
    }
  })

  it('refuses one marker with a hint', async () => {
    await expect(run(dataset('one', 2, { marker: 'shut' }))).rejects.toMatchObject({
      code: 'survey.markers',
      hint: expect.stringContaining('at least two markers'),
    })
  })

  it('tells visits that gave nothing', async () => {
    const manifest = dataset('short', 3)
    writeFileSync(path.join(directory, 'short-1-2.bin'), 'nothing\n')
    const { advice, statistics } = JSON.parse((await run(manifest)).lines[0])
    expect(statistics.visits).toBe(11)
    expect(advice.at(-1)).toContain('short-1-2.bin')
  })

  it('is a command', () => {
    const manifest = dataset('command', 2)
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['dist/cli.js', 'survey', manifest, '--json', '--ignore-session-count'],
      { encoding: 'utf8' },
    )
    expect(stderr).toContain('8/8 command-1-3.bin')
    expect(status).toBe(0)
    expect(JSON.parse(stdout).verdict).not.toBe('usable')
  })
})
