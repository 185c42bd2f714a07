import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { defaultConfig } from '../../../../src/config/load.js'
import { readFeatureRows } from '../../../../src/learning/dataset/feature-rows.js'
import { loadDataset } from '../../../../src/learning/dataset/manifest.js'
import { survey } from '../../../../src/learning/survey/survey.js'
import {
  qualityNumbers,
  visitNumbers,
  visitsOf,
  type SurveyVisit,
} from '../../../../src/learning/survey/visits.js'
import { CAPTURES, capturesAbsent, needsCaptures } from '../../../support/captures.js'
import { shares, shuffled } from './synthetic-visits.js'

const SETS = ['door-angle', 'two-state', 'static-reflector', 'motion'] as const

describe.skipIf(capturesAbsent)(`survey of public recordings${needsCaptures}`, () => {
  const visits = new Map<string, SurveyVisit[]>()
  beforeAll(async () => {
    const { signal } = defaultConfig()
    for (const name of SETS) {
      const { rows } = await readFeatureRows(
        await loadDataset(path.join(CAPTURES, name, 'dataset.yaml')),
        {
          signal: { ...signal, minPacketsPerSecond: 0 },
          ...{ features: visitNumbers, judge: qualityNumbers, notStated: 'keep' },
          ...{ transmitters: [], tablePacketsPerSecond: 3 },
        },
        () => {},
      )
      visits.set(name, visitsOf(rows))
    }
  }, 60_000)
  const of = (name: (typeof SETS)[number], ignoreSessionCount = false) =>
    survey(visits.get(name)!, [], { ignoreSessionCount })

  it('door-angle: the room changes more than the door', () => {
    const { verdict, sentence, statistics } = of('door-angle', true)
    expect(verdict).toBe('move-transmitter')
    expect(sentence).toMatch(/the room changes the channel \d+ times as much as the door does/)
    expect(statistics).toMatchObject({ visits: 14, sessions: 2, design: 'crossed' })
    expect(statistics.r2Session!).toBeGreaterThan(5 * statistics.r2Marker!)
    expect(statistics.r2Session).toBeCloseTo(0.92, 1)
    expect(statistics.r2Marker).toBeCloseTo(0.03, 1)
    expect(statistics.permutationP).toBeGreaterThan(0.2)
    expect(statistics.loso).toMatchObject({ sessionsRight: 0, balancedAccuracy: expect.closeTo(1 / 7, 1) })
    expect(statistics.distances).toHaveLength(21)
    expect(statistics.distances.filter(({ ratio }) => ratio! >= 1).length).toBeLessThanOrEqual(1)
    expect(of('door-angle').verdict).toBe('collect-more')
  })

  it('two-state: its sessions have one marker each, and their visits disagree', () => {
    const { verdict, advice, statistics } = of('two-state')
    expect(statistics).toMatchObject({ visits: 157, sessions: 8, design: 'nested' })
    expect(advice.join()).toContain('class nested in session')
    expect(verdict).toBe('fix-mount')
    expect(statistics.loso.balancedAccuracy).toBeGreaterThan(0.75)
    expect(statistics.loso.sessionsRight).toBeLessThan(8)
    expect(statistics.permutation).toMatchObject({ permutations: 56, exact: true, exchanged: 'sessions' })
  })

  it('static-reflector: one marker a session too, and not certain', () => {
    const { verdict, statistics } = of('static-reflector')
    expect(statistics).toMatchObject({ visits: 15, sessions: 15, design: 'nested' })
    expect(verdict).toBe('collect-more')
    const { markers, counts } = statistics.loso.confusion
    expect(counts[markers.indexOf('foil')][markers.indexOf('foil')]).toBe(5)
  })

  it.each(SETS)(
    '%s under shuffled markers is usable in at most 5 % of 200 draws',
    (name) => {
      const own = visits.get(name)!
      const found = shares(
        200,
        (draw) => survey(shuffled(own, draw), [], { ignoreSessionCount: true }).verdict,
      )
      expect(found.usable ?? 0).toBeLessThanOrEqual(0.05)
      expect(found.provisional ?? 0).toBeLessThanOrEqual(0.05)
    },
    120_000,
  )
})
