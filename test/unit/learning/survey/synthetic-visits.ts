import type { SurveyVisit } from '../../../../src/learning/survey/visits.js'
import { Random } from '../../../../src/learning/random.js'

export interface Site {
  seed: number
  sessions: number
  markers?: readonly string[]
  /** Each marker but the first changes the level by so much more than the one before it, dB, … */
  markerDb?: number
  /** … and each subcarrier by a pattern of its own of this rms, nepers. */
  markerShape?: number
  /** What a session adds for all its markers: rms of shape, nepers, and of the level, dB. */
  sessionShape?: number
  sessionDb?: number
  /** What a visit adds. */
  visitShape?: number
  visitDb?: number
  /** What half of a visit adds. */
  halfShape?: number
  visitsPerMarker?: number
  /** Each session has one marker, in turn. */
  nested?: boolean
  withoutRssi?: boolean
}

const BINS = 52

/** Visits with known effects; markers in random order within a session. */
export function syntheticVisits({
  seed,
  sessions,
  markers = ['closed', 'open'],
  markerDb = 0,
  markerShape = 0,
  sessionShape = 0.05,
  sessionDb = 0.5,
  visitShape = 0.01,
  visitDb = 0.1,
  halfShape = 0.005,
  visitsPerMarker = 2,
  nested = false,
  withoutRssi = false,
}: Site): SurveyVisit[] {
  const random = new Random('site', seed)
  const normal = () => random.normal()
  const pattern = (rms: number) => Array.from({ length: BINS }, () => rms * normal())
  const ofMarker = markers.map((_, index) => ({
    shape: pattern(index === 0 ? 0 : markerShape),
    db: index * markerDb,
  }))
  const visits: SurveyVisit[] = []
  for (let s = 0; s < sessions; s++) {
    const room = { shape: pattern(sessionShape), db: sessionDb * normal() }
    const plan = markers
      .flatMap((marker, index) => Array.from({ length: visitsPerMarker }, () => ({ marker, index })))
      .filter(({ index }) => !nested || index === s % markers.length)
      .map((one) => ({ ...one, at: random.share() }))
      .sort((a, b) => a.at - b.at)
    plan.forEach(({ marker, index }, at) => {
      const own = { shape: pattern(visitShape), db: visitDb * normal() }
      const half = () => {
        const shape = pattern(halfShape)
        const level = 20 + ofMarker[index].db + room.db + own.db
        const bins = shape.map((v, i) => v + ofMarker[index].shape[i] + room.shape[i] + own.shape[i])
        return Float64Array.from([...bins, level, 0.3, withoutRssi ? NaN : -90 + level + 0.1 * normal(), 0.4])
      }
      const halves = [half(), half()] as const
      visits.push({
        marker,
        session: `s${s}`,
        place: 'hall',
        visit: `s${s}-${at}`,
        windows: 20,
        numbers: halves[0].map((value, i) => (value + halves[1][i]) / 2),
        halves,
        quality: { lossRatio: 0.01, saturatedRatio: 0, gainJumpShare: 0, movingShare: 0 },
      })
    })
  }
  return visits
}

/** The same visits under markers that were shuffled within sessions; with one marker a session, between whole sessions. */
export function shuffled(visits: readonly SurveyVisit[], seed: number): SurveyVisit[] {
  const random = new Random('shuffle', seed)
  const permuted = <T>(items: readonly T[]): T[] =>
    items
      .map((item) => ({ item, at: random.share() }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item)
  const sessions = [...new Set(visits.map(({ session }) => session))]
  const own = (session: string) => visits.filter((visit) => visit.session === session)
  const nested = sessions.every((session) => new Set(own(session).map(({ marker }) => marker)).size === 1)
  if (nested) {
    const markers = permuted(sessions.map((session) => own(session)[0].marker))
    return visits.map((visit) => ({ ...visit, marker: markers[sessions.indexOf(visit.session)] }))
  }
  return sessions.flatMap((session) => {
    const markers = permuted(own(session).map(({ marker }) => marker))
    return own(session).map((visit, index) => ({ ...visit, marker: markers[index] }))
  })
}

/** How often each verdict comes of so many draws, 0..1. */
export function shares(draws: number, verdictOf: (draw: number) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (let draw = 0; draw < draws; draw++) {
    const verdict = verdictOf(draw)
    counts[verdict] = (counts[verdict] ?? 0) + 1 / draws
  }
  return counts
}
