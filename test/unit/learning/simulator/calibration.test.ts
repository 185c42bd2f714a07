import { describe, expect, it } from 'vitest'
import { SITE_NAMES } from '../../../../src/learning/simulator/sites.js'
import { simulateVisits } from '../../../../src/learning/simulator/visits.js'
import { byMarker, mean, quantile } from './received-visit.js'

const SESSIONS = 20

/** A link that the direct path drowns, or far from all walls, changes less than those in the recordings did. */
const RECORDABLE = SITE_NAMES.filter((site) => site !== 'short-link' && site !== 'far-corner')

/** All others once: 20 sessions, each marker visited once for 4 s. */
const received = new Map(
  RECORDABLE.map((site) => [
    site,
    byMarker(
      simulateVisits({
        site,
        seed: 5,
        sessions: SESSIONS,
        secondsPerVisit: 4,
        markers: ['closed', 'ajar', 'open'],
        visitsPerMarker: 1,
      }),
    ),
  ]),
)
const sitesAndMarkers = [...received.values()].flatMap((markers) => [...markers.values()])

/** rms of the difference, relative to the rms. */
function change(a: Float64Array, b: Float64Array): number {
  return Math.sqrt(mean(a.map((value, i) => (value - b[i]) ** 2)) / mean(a.map((value) => value ** 2)))
}

describe('the simulator against recordings', () => {
  it('changes from session to session by 0.13 in the median, nine times in ten by 0.04 to 0.36', () => {
    const changes = sitesAndMarkers.flatMap((visits) =>
      visits.flatMap((a, i) => visits.slice(0, i).map((b) => change(a.shape, b.shape))),
    )
    expect(changes.length).toBe((RECORDABLE.length * 3 * SESSIONS * (SESSIONS - 1)) / 2)
    expect(quantile(changes, 0.5)).toBeGreaterThan(0.11)
    expect(quantile(changes, 0.5)).toBeLessThan(0.15)
    expect(quantile(changes, 0.05)).toBeGreaterThan(0.04)
    expect(quantile(changes, 0.95)).toBeLessThan(0.36)
  })

  it('scatters in means over 1 s by 0.0022 to 0.003 in the median, nine times in ten by 0.0018 to 0.0035', () => {
    const noises = sitesAndMarkers.flat().map(({ secondMeans }) => {
      const bins = secondMeans[0].length
      const variances = Array.from({ length: bins }, (_, bin) => {
        const values = secondMeans.map((means) => means[bin])
        const centre = mean(values)
        return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1)
      })
      return Math.sqrt(mean(variances))
    })
    expect(quantile(noises, 0.05)).toBeGreaterThan(0.0018)
    expect(quantile(noises, 0.5)).toBeGreaterThan(0.0022)
    expect(quantile(noises, 0.5)).toBeLessThan(0.003)
    expect(quantile(noises, 0.95)).toBeLessThan(0.0035)
  })

  it('uses 20 to 50 steps of the converter in the mean over the states, and never its limit', () => {
    for (const [site, markers] of received) {
      const amplitudes = Array.from({ length: SESSIONS }, (_, session) =>
        mean([markers.get('closed')![session].amplitude, markers.get('open')![session].amplitude]),
      )
      expect(Math.min(...amplitudes), site).toBeGreaterThan(20)
      expect(Math.max(...amplitudes), site).toBeLessThan(50)
      for (const visits of markers.values())
        expect(visits.map(({ saturated }) => saturated)).toEqual(Array(SESSIONS).fill(0))
    }
  })

  it('tells a metal door by its level in every session, and a hollow door in the room in none', () => {
    const rise = (site: string) => {
      const markers = received.get(site)!
      return markers
        .get('closed')!
        .map((closed, session) => mean(markers.get('open')![session].levelDb) - mean(closed.levelDb))
    }
    expect(Math.min(...rise('metal-doorway'))).toBeGreaterThan(5)
    for (const db of rise('hollow-in-room')) expect(Math.abs(db)).toBeLessThan(0.4)
  })

  it('changes more from session to session than by a hollow door in the room', () => {
    const { closed, open } = Object.fromEntries(received.get('hollow-in-room')!)
    const byDoor = closed.map(({ shape }, session) => change(shape, open[session].shape))
    const bySession = closed.slice(1).map(({ shape }, i) => change(shape, closed[i].shape))
    expect(quantile(bySession, 0.5)).toBeGreaterThan(4 * quantile(byDoor, 0.5))
  })
})
