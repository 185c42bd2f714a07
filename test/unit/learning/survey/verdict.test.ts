import { describe, expect, it } from 'vitest'
import { survey } from '../../../../src/learning/survey/survey.js'
import type { SurveyVisit } from '../../../../src/learning/survey/visits.js'
import { shares, shuffled, syntheticVisits, type Site } from './synthetic-visits.js'

/** 4 dB between markers, sessions of 0.5 dB and 5 % of shape: a door that shades the path. */
const GOOD = { markerDb: 4 }
const verdictOf = (site: Site) => survey(syntheticVisits(site)).verdict
const often = (draws: number, site: Omit<Site, 'seed'>) =>
  shares(draws, (seed) => verdictOf({ ...site, seed }))

describe('a good position', () => {
  it.each<[string, Omit<Site, 'seed'>]>([
    ['of 14 sessions', { ...GOOD, sessions: 14 }],
    ['of 14 sessions that visit each marker once', { ...GOOD, sessions: 14, visitsPerMarker: 1 }],
    ['of three markers', { ...GOOD, markerDb: 5, sessions: 16, markers: ['closed', 'ajar', 'open'] }],
    ['without RSSI', { ...GOOD, sessions: 14, withoutRssi: true }],
    ['that shows in the shape alone', { sessions: 14, markerShape: 0.15 }],
  ])('%s is usable for at least 95 % of seeds', (_, site) => {
    expect(often(40, site).usable).toBeGreaterThanOrEqual(0.95 - 1e-9)
  })

  it.each([3, 5, 13])('of %i sessions is provisional: too little to be sure', (sessions) => {
    const { provisional, usable } = often(20, { markerDb: 6, sessions })
    expect(provisional).toBeGreaterThanOrEqual(0.95 - 1e-9)
    expect(usable).toBeUndefined()
  })

  it('of two sessions is for more, also when their number is ignored', () => {
    const visits = syntheticVisits({ ...GOOD, seed: 1, sessions: 2 })
    expect(survey(visits).verdict).toBe('collect-more')
    expect(survey(visits, [], { ignoreSessionCount: true }).verdict).not.toBe('usable')
  })

  it('of one session can say nothing', () => {
    const { verdict, sentence, statistics } = survey(syntheticVisits({ ...GOOD, seed: 1, sessions: 1 }))
    expect(verdict).toBe('collect-more')
    expect(sentence).toContain('one session only')
    expect(statistics.loso).toMatchObject({ balancedAccuracy: null, lower95: null, sessions: 0 })
  })

  it('whose sessions have one marker each is provisional at most, and that is said', () => {
    for (const sessions of [14, 40]) {
      const { verdict, sentence, advice, statistics } = survey(
        syntheticVisits({ ...GOOD, markerDb: 8, seed: 2, sessions, nested: true }),
      )
      expect(statistics.design).toBe('nested')
      expect(statistics.loso.sessionsRight).toBe(sessions)
      expect(verdict).toBe('provisional')
      expect(sentence).toContain('each session shows one marker only')
      expect(advice.join()).toContain('class nested in session')
    }
  })

  it('is not made usable by sessions that have one marker', () => {
    const crossed = syntheticVisits({ markerDb: 8, seed: 3, sessions: 6 })
    const nested = syntheticVisits({ markerDb: 8, seed: 3, sessions: 26, nested: true })
      .filter(({ session }) => Number(session.slice(1)) >= 6)
      .map((visit) => ({ ...visit, visit: `nested-${visit.visit}` }))
    const { verdict, statistics, advice } = survey([...crossed, ...nested])
    expect(statistics.loso).toMatchObject({ sessions: 26, sessionsRight: 26 })
    expect(verdict).toBe('provisional')
    expect(advice.join()).toContain('6 of 26 sessions can compare markers')
  })

  it('stays usable where a session lacks a marker and visits are unequal', () => {
    const visits = syntheticVisits({ markerDb: 6, seed: 4, sessions: 18, markers: ['a', 'b', 'c'] })
    const fewer = visits.filter(
      ({ session, marker }, index) =>
        !(session === 's3' && marker === 'c') && (session !== 's5' || index % 2),
    )
    const { verdict, statistics } = survey(fewer)
    expect(statistics.design).toBe('mixed')
    expect(verdict).toBe('usable')
  })
})

describe('a position at which the door does nothing', () => {
  it.each<[string, Omit<Site, 'seed'>]>([
    ['30 sessions', { sessions: 30 }],
    ['14 sessions', { sessions: 14 }],
    ['5 sessions', { sessions: 5 }],
    ['3 sessions, each marker once', { sessions: 3, visitsPerMarker: 1 }],
    ['one marker a session', { sessions: 14, nested: true }],
  ])('is never usable: %s', (_, site) => {
    const found = often(25, site)
    expect(found.usable).toBeUndefined()
    expect(found.provisional ?? 0).toBeLessThanOrEqual(0.05)
    expect((found['move-transmitter'] ?? 0) + (found['collect-more'] ?? 0)).toBeGreaterThan(0.9)
  })

  it('is told apart from one whose parts were touched between visits', () => {
    const site = { sessions: 14, markerDb: 1 }
    expect(often(20, { ...site, visitShape: 0.2, visitDb: 2 })['fix-mount']).toBeGreaterThan(0.9)
    expect(often(20, { ...site, sessionDb: 4, sessionShape: 0.3 })['move-transmitter']).toBeGreaterThan(0.9)
  })
})

describe('shuffled markers', () => {
  it.each<[string, Omit<Site, 'seed'>]>([
    ['within sessions', { markerDb: 5, sessions: 14 }],
    ['within few sessions', { markerDb: 5, sessions: 3, visitsPerMarker: 1 }],
    ['of whole sessions', { markerDb: 5, sessions: 10, nested: true, visitsPerMarker: 1 }],
  ])(
    '%s are usable in at most 5 % of 200 draws',
    (_, site) => {
      const visits = syntheticVisits({ ...site, seed: 9 })
      const found = shares(200, (draw) => survey(shuffled(visits, draw)).verdict)
      expect(found.usable ?? 0).toBeLessThanOrEqual(0.05)
      expect(found.provisional ?? 0).toBeLessThanOrEqual(0.05)
    },
    180_000,
  )
})

describe('a position at which some markers look the same', () => {
  it('says which to put together', () => {
    const found = shares(20, (seed) => {
      const visits = syntheticVisits({ markerDb: 6, sessions: 20, markers: ['closed', 'open'], visitsPerMarker: 4, seed }) // prettier-ignore
      const three = visits.map((visit, index) =>
        visit.marker === 'open' && index % 2 ? { ...visit, marker: 'ajar' } : visit,
      )
      const { verdict, statistics, sentence } = survey(three)
      if (verdict === 'merge-markers') {
        expect(statistics.merge).toContainEqual(['ajar', 'open'])
        expect(sentence).toMatch(/^ajar and open look the same here/)
      }
      return verdict
    })
    expect(found['merge-markers']).toBeGreaterThan(0.9)
  })
})

describe('survey', () => {
  const good = () => syntheticVisits({ ...GOOD, seed: 6, sessions: 14 })

  it('refuses one marker, and none', () => {
    const closed = good().filter(({ marker }) => marker === 'closed')
    for (const visits of [closed, []])
      expect(() => survey(visits)).toThrow(expect.objectContaining({ code: 'survey.markers' }))
  })

  it('does not count a recording twice that is listed twice', () => {
    const visits = syntheticVisits({ markerDb: 6, seed: 6, sessions: 5 })
    const again = (times: number) =>
      visits.map((visit) => ({
        ...visit,
        session: `${visit.session}-${times}`,
        visit: `${visit.visit}-${times}`,
      }))
    const { verdict, statistics, advice } = survey([...visits, ...again(1), ...again(2)])
    expect(statistics).toMatchObject({ sessions: 5, visits: 20 })
    expect(verdict).toBe('provisional')
    expect(advice).toContain('Visit s0-0-1 is the same recording as s0-0 and was left out.')
  })

  it('takes sessions of one name at two places for two, and says that there are two places', () => {
    const here = syntheticVisits({ ...GOOD, seed: 1, sessions: 3 })
    const there = syntheticVisits({ ...GOOD, seed: 2, sessions: 3 }).map((visit) => ({
      ...visit,
      place: 'attic',
      visit: `attic-${visit.visit}`,
    }))
    const { statistics, advice } = survey([...here, ...there])
    expect(statistics).toMatchObject({ sessions: 6, places: ['hall', 'attic'] })
    expect(advice.join()).toContain('2 places')
  })

  it.each([
    ['saturatedRatio', 'overdriven'],
    ['lossRatio', 'lost'],
    ['gainJumpShare', 'gain'],
  ])('blames the link where %s is bad and the door is not told', (quality, word) => {
    const worse = (visits: SurveyVisit[]) =>
      visits.map((visit) => ({ ...visit, quality: { ...visit.quality, [quality]: 0.8 } }))
    const nothing = survey(worse(syntheticVisits({ seed: 1, sessions: 14 })))
    expect(nothing.verdict).toBe('fix-mount')
    expect(nothing.sentence).toContain(word)
    expect(survey(worse(good())).verdict).toBe('usable')
  })

  it('judges hundreds of visits in seconds', () => {
    const started = performance.now()
    const { statistics } = survey(
      syntheticVisits({ ...GOOD, seed: 1, sessions: 30, markers: ['a', 'b', 'c'], visitsPerMarker: 5 }),
    )
    expect(statistics.visits).toBe(450)
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  it('gives the same figures for the same visits', () => {
    expect(survey(good())).toEqual(survey(good()))
  })
})
