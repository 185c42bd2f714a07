import { expect, it } from 'vitest'
import { claimOf } from '../../../../src/learning/commissioning/claim.js'
import { mergeMarkers } from '../../../../src/learning/commissioning/merged-markers.js'

const DAY_MS = 86_400_000
const sessions = (count: number, everyMs: number) =>
  Array.from({ length: count }, (_, index) => ({
    ...{ name: `session-${index + 1}`, startedMs: index * everyMs, receiverReset: true },
    ...{ visits: [], takes: 0, refused: [] },
  }))

it('says what so few sessions may claim, and that days count', () => {
  expect(claimOf({ sessions: sessions(3, DAY_MS) })).toEqual({
    ...{ sessions: 3, days: 3, wanted: 14 },
    text: '3 of 14 sessions, on 3 days. Even if all are read right, they vouch for 36 % of sessions and no more: readings are marked provisional.',
  })
  expect(claimOf({ sessions: sessions(3, 1000) }).text).toContain('All on one day')
  expect(claimOf({ sessions: sessions(14, DAY_MS) }).text).toContain('enough')
})

it('markers that look the same become one, and what may be open is never closed', () => {
  const visits = ['closed', 'ajar', 'open'].map((marker) => ({
    ...{ file: `/${marker}.ajar`, marker, session: 's', place: 'p', visit: marker },
  }))
  const dataset = { name: 'hall', states: { closed: 'closed', ajar: 'ajar', open: 'open' } as const, visits }
  const open = mergeMarkers(dataset, [['closed'], ['ajar', 'open']])
  expect(open.states).toEqual({ closed: 'closed', 'ajar-or-open': 'open' })
  expect(open.visits.map(({ marker }) => marker)).toEqual(['closed', 'ajar-or-open', 'ajar-or-open'])
  expect(mergeMarkers(dataset, [['ajar', 'closed'], ['open']]).states).toEqual({ open: 'open' })
  const degrees = { ...dataset, states: { closed: 'closed', ajar: 'ajar', open: 'ajar' } as const }
  expect(mergeMarkers(degrees, [['closed'], ['ajar', 'open']]).states['ajar-or-open']).toBe('ajar')
})
