import { describe, expect, it } from 'vitest'
import { shareLower95 } from '../../../../src/learning/survey/bounds.js'
import { clusteredBounds, eventFigures, type ScoredEvent } from '../../../../src/learning/survey/events.js'
import { survey } from '../../../../src/learning/survey/survey.js'
import { syntheticVisits } from './synthetic-visits.js'

const events = (day: string, number: number, label: string, told: string | null = label): ScoredEvent[] =>
  Array.from({ length: number }, () => ({ day, session: day, label, told }))
const days = (count: number, of: (day: string) => ScoredEvent[]) =>
  Array.from({ length: count }, (_, day) => of(`day-${day}`)).flat()

describe('bounds by day', () => {
  it('are those of fewer independent events where days differ', () => {
    const alike = clusteredBounds([18, 18, 18, 18, 18].map((right) => ({ right, count: 20 })))!
    const unlike = clusteredBounds([20, 20, 20, 20, 10].map((right) => ({ right, count: 20 })))!
    expect(alike[0]).toBeLessThan(shareLower95(90, 100))
    expect(unlike[0]).toBeLessThan(alike[0] - 0.05)
    expect(alike[1]).toBeGreaterThan(0.9)
  })

  it('count a few days for less than their events, also where all are right', () => {
    // t(2) = 2.920 and t(59) = 1.671: 60 events of 3 days are 60 · (1.671 / 2.920)² = 19.65.
    const [lower] = clusteredBounds([20, 20, 20].map((count) => ({ right: count, count })))!
    expect(lower).toBeCloseTo(0.05 ** (1 / 19.65), 3)
  })

  it('are unknown of one day', () => {
    expect(clusteredBounds([{ right: 60, count: 60 }])).toBeNull()
  })
})

describe('event figures', () => {
  it('counts passing through apart, and as false only what nothing caused', () => {
    const figures = eventFigures([
      ...events('1', 6, 'opened'),
      ...events('1', 2, 'closed'),
      ...events('1', 1, 'closed', 'opened'),
      ...events('2', 1, 'opened', null),
      ...events('2', 3, 'passed-through', 'opened'),
      ...events('2', 1, 'passed-through'),
      ...events('2', 2, 'person', 'opened'),
      ...events('2', 5, 'person', null),
    ])
    expect(figures).toMatchObject({
      ...{ labelled: 10, days: 2, recall: 0.8, falseEvents: 2, falseEventsPerDay: 1 },
      passThroughs: { labelled: 4, right: 1, recall: 0.25 },
    })
    expect(figures?.falseEventsInterval95?.[1]).toBeCloseTo(7.225 / 2, 3) // Garwood: 2 events, upper 7.225
  })

  it('counts days without an event where they were watched', () => {
    expect(eventFigures(events('1', 2, 'person', 'closed'), 8)?.falseEventsPerDay).toBe(0.25)
  })

  it('are none of no events', () => {
    expect(eventFigures([])).toBeUndefined()
  })
})

describe('a verdict by events', () => {
  const verdictOf = (scored: ScoredEvent[]) => survey([], scored).verdict

  it('is usable with enough of them over enough days', () => {
    const { verdict, sentence, statistics } = survey(
      [],
      days(8, (day) => events(day, 12, 'opened')),
    )
    expect(verdict).toBe('usable')
    expect(sentence).toContain('96 of 96 door events')
    expect(statistics).toMatchObject({ events: 96, recall: 1, falseEventsPerDay: 0, r2Marker: null })
  })

  it('is not usable with too few, on too few days, with misses or with false ones', () => {
    expect(verdictOf(days(8, (day) => events(day, 7, 'opened')))).toBe('provisional')
    expect(verdictOf(days(2, (day) => events(day, 60, 'opened')))).toBe('provisional')
    expect(verdictOf(events('1', 5, 'opened'))).toBe('collect-more')
    const missed = (day: string) => [...events(day, 16, 'opened'), ...events(day, 1, 'opened', null)]
    expect(verdictOf(days(3, missed))).toBe('collect-more')
    const often = (day: string) => [...events(day, 12, 'opened'), ...events(day, 4, 'closed', null)]
    expect(verdictOf(days(8, often))).toBe('move-transmitter')
    const invents = (day: string) => [...events(day, 12, 'opened'), ...events(day, 2, 'none', 'opened')]
    expect(verdictOf(days(8, invents))).toBe('move-transmitter')
  })

  it('may make usable what the standing channel cannot, and tells passing through', () => {
    const nothing = syntheticVisits({ seed: 1, sessions: 14 })
    const scored = days(8, (day) => [
      ...events(day, 12, 'opened'),
      ...events(day, 3, 'passed-through', 'opened'),
    ])
    const { verdict, advice } = survey(nothing, scored)
    expect(verdict).toBe('usable')
    expect(advice.join()).toContain('0 of 24 cases')
    expect(
      survey(
        nothing,
        days(8, (day) => events(day, 12, 'opened', null)),
      ).verdict,
    ).toBe('move-transmitter')
  })
})
