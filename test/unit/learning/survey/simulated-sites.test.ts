import { describe, expect, it } from 'vitest'
import { defaultConfig } from '../../../../src/config/load.js'
import { VisitReader } from '../../../../src/learning/dataset/visit-reader.js'
import { simulateVisits } from '../../../../src/learning/simulator/visits.js'
import { survey } from '../../../../src/learning/survey/survey.js'
import { qualityNumbers, visitNumbers, visitsOf } from '../../../../src/learning/survey/visits.js'

/** The whole way: wire bytes of a simulated site → packets → windows → visits → verdict. */
function surveyOf(site: string, seed: number) {
  const { signal } = defaultConfig()
  const rows = []
  for (const { chunks, marker, session, place, visit } of simulateVisits({
    ...{ site, seed, sessions: 15, secondsPerVisit: 6, packetsPerSecond: 30 },
    markers: ['closed', 'ajar', 'open'],
  })) {
    const reader = new VisitReader(
      { marker, session, place, visit },
      {
        signal: { ...signal, minPacketsPerSecond: 0, hopMs: 1000 },
        ...{ features: visitNumbers, judge: qualityNumbers, notStated: 'keep' },
        ...{ transmitters: [], tablePacketsPerSecond: 3 },
      },
    )
    for (const bytes of chunks()) reader.push(bytes, 0)
    reader.end(0)
    rows.push(...reader.rows)
  }
  return survey(visitsOf(rows))
}

describe('simulated sites', () => {
  it.each([1, 2, 3])('a metal door across the doorway is usable (seed %i)', (seed) => {
    expect(surveyOf('metal-doorway', seed).verdict).toBe('usable')
  })

  it.each(['hollow-in-room', 'hollow-doorway'])('%s asks too much: move the transmitter', (site) => {
    for (const seed of [1, 2]) expect(surveyOf(site, seed).verdict).toBe('move-transmitter')
  })
})
