import type { SurveyResult } from '../survey/survey.js'
import { clusteredBounds, type EventFigures } from '../survey/events.js'
import { totalOf, type DayScore } from './running-score.js'

export const CERTIFICATE_FILE = 'certificate.json'
export const CERTIFICATE_TEXT_FILE = 'certificate.txt'

/** What a model may claim of its door, and what that rests on; beside the model. */
export interface Certificate {
  version: 1
  model: string
  door: string
  verdict: SurveyResult['verdict']
  sentence: string
  advice: readonly string[]
  /** In words. */
  text: string
  simulated: boolean
  /** Days of the journal, first and last. */
  since: string
  until: string
  days: number
  sessions: number
  events: EventFigures | null
  /** Openings and closings that the radio did not see at all: among the missed. */
  unseen: number
  /** Bursts whose end the reed could not name: the door moved again at once. */
  unjudged: number
  standing: { features: string; balancedAccuracy: number | null }
  journal: { bursts: number; quiet: number; torn: number; skipped: number; outdated: number }
  computedMs: number
}

/** One sentence or two for a technician. */
export function certificateText(
  certificate: Pick<Certificate, 'door' | 'since' | 'days' | 'sentence' | 'simulated' | 'events' | 'unseen'>,
): string {
  const { door, since, days, sentence, simulated, events, unseen } = certificate
  const of = simulated ? 'SIMULATED: no claim about a real door. ' : ''
  if (events === null || events.labelled === 0)
    return `${of}${door}: no opening or closing was seen alone yet, since ${since}. ${sentence}`
  const { labelled, recall, recallLower95, falseEvents, falseEventsInterval95, passThroughs } = events
  const missed = labelled - Math.round((recall ?? 0) * labelled)
  const atLeast =
    recallLower95 === null
      ? 'one day only: no interval'
      : `with 95 % confidence at least ${percent(recallLower95)} are told`
  const invented =
    falseEventsInterval95 === null ? '' : ` (at most ${falseEventsInterval95[1].toFixed(1)} a day)`
  const passed =
    passThroughs.labelled === 0
      ? 'nobody passed through'
      : `${passThroughs.right} of ${passThroughs.labelled} times that someone passed through were told as that`
  return (
    `${of}${door}: ${labelled} openings and closings against the reed, ${missed} missed or misread (${atLeast}), ` +
    `${unseen} of them unseen by the radio, ${falseEvents} false${invented}; ${passed}; on ${days} days since ${since}. ${sentence}`
  )
}

/** What the live model told of a reed that stayed; undefined before its first change. */
export function measuredText(days: Readonly<Record<string, DayScore>>): string | undefined {
  const { reed, found, told, false: invented, days: count } = totalOf(days)
  if (reed === 0) return undefined
  const bounds = clusteredBounds(
    Object.values(days)
      .filter((day) => day.reed > 0)
      .map((day) => ({ right: day.found, count: day.reed })),
  )
  const atLeast =
    bounds === null
      ? 'one day only: no interval'
      : `with 95 % confidence at least ${percent(bounds[0])} are told`
  return (
    `Live, against the reed that stayed: ${reed} openings and closings, ${reed - found} missed (${atLeast}), ` +
    `${invented} of ${told} told were false, on ${count} days.`
  )
}

function percent(share: number): string {
  return `${(Math.floor(share * 1000 + 1e-9) / 10).toFixed(1)} %`
}
