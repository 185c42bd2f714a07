import type { Reason } from '../../domain/reason.js'
import type { State } from '../../domain/reading.js'
import { SHAPE_BINS } from '../../sensing/model/features.js'
import { meanVector } from '../survey/mean-vector.js'
import { breathing } from './breathing.js'
import type { VisitEvidence } from './visit-evidence.js'
import { linkFault } from './visit-link.js'
import { distance } from './visit-distance.js'

/** A visit with what its marker means. */
export interface CheckedVisit {
  visit: string
  marker: string
  evidence: VisitEvidence
}

export interface CheckInput {
  marker: string
  /** What the marker stands for. */
  state: State | undefined
  evidence: VisitEvidence
  /** What was asked for. */
  seconds: number
  minPacketsPerSecond: number
  /** Visits of this session that were accepted. */
  accepted: readonly CheckedVisit[]
  /** Takes of this marker in this session that were refused for where they lie (`isOfPlace`), the door being looked at since. */
  elsewhere: readonly VisitEvidence[]
}

export type VisitVerdict =
  /** `reopen`: accepted visits that are shown to have been wrong; they are taken again. */
  { accepted: true; reopen: string[] } | { accepted: false; reason: Reason }

/** Share of windows in which something moved. (D): quiet recordings show 0.01 to 0.11, walking 0.84 and more (M). */
const MOST_MOVING = 0.15
/** Of `breathing`. (D): a quiet minute shows up to 1.7 (144 simulated ones). */
const MOST_BREATHING = 2
/** Five seconds lie further than this from their visit, nepers: it changed for good. (D): quiet recordings show up to 0.065 (M). */
const MOST_SHIFT = 0.1
/** Visits of a marker this near agree, nepers. (D): the least by which sessions of a marker were seen to differ (M). */
const AGREE = 0.05
/** Or this many times what five seconds of them lie from their mean (D). */
const AGREE_SHIFTS = 2
/** A visit lies with another marker where that is so many times nearer than its own (D), … */
const CLEARLY = 4
/** … and one that was accepted already, where there is no doubt: an ajar door is found again within 15° only (D). */
const BEYOND_DOUBT = 8

/**
 * Whether a visit may be kept: link, stillness, nobody breathing, and where it lies among the visits of its session. The
 * reason is for the person at the door.
 */
export function checkVisit(input: CheckInput): VisitVerdict {
  const reason = linkFault(input) ?? disturbance(input.evidence) ?? misplaced(input)
  if (reason === undefined) return { accepted: true, reopen: reopened(input) }
  const agree = isOfPlace(reason) ? input.elsewhere.filter((take) => !isFar(take, [input])).length : 0
  const own = visitsOf(input, input.marker)
  // Told to look at the door, the person found it right, twice. Of a closed door the earlier visits then were wrong.
  if (reason.code === 'visit.elsewhere' && agree + 1 > own.length)
    return { accepted: true, reopen: own.map(({ visit }) => visit) }
  if (reason.code === 'visit.mislabelled' && agree > 0) return { accepted: true, reopen: [] }
  return { accepted: false, reason }
}

/** Is a take refused for where it lies, and not for a disturbance? */
export function isOfPlace({ code }: Reason): boolean {
  return code === 'visit.elsewhere' || code === 'visit.mislabelled'
}

/** Is there no way left for this visit to be kept, although it still runs? */
export function isHopeless(evidence: VisitEvidence, seconds: number, hopMs: number): boolean {
  const windows = (seconds * 1000) / hopMs
  return evidence.boots.size > 1 || evidence.moving > MOST_MOVING * windows
}

function disturbance(evidence: VisitEvidence): Reason | undefined {
  const { movingShare, seconds } = evidence
  if (movingShare > MOST_MOVING)
    return {
      code: 'visit.moved',
      text: `Something moved for ${Math.round(100 * movingShare)} % of the time.`,
      hint: 'Everybody stays still or leaves both rooms; nothing that swings or turns (fan, curtain, pet) may be near.',
    }
  if (shiftOf(evidence) > MOST_SHIFT)
    return {
      code: 'visit.changed',
      text: 'The channel changed for good in the middle of the visit.',
      hint: 'Wedge the door so that it does not creep, touch no antenna, and keep still from beginning to end.',
    }
  if ((breathing(seconds, SHAPE_BINS) ?? 0) > MOST_BREATHING)
    return {
      code: 'visit.occupied',
      text: 'Somebody is near the door: the channel swings at the pace of breathing.',
      hint: 'Step out of the doorway and two metres away from the line between transmitter and receiver.',
    }
  return undefined
}

/** Not where the session's other visits of its marker lie. */
function misplaced(input: CheckInput): Reason | undefined {
  const { marker, state, evidence } = input
  const own = visitsOf(input, marker)
  if (own.length === 0) return undefined
  const other = strayedTo(evidence, own, markersOf(input, marker), CLEARLY)
  if (other !== undefined)
    return {
      code: 'visit.mislabelled',
      text: `This looks like ${other}, not like the ${marker} of before.`,
      hint: `Look at the door: is it at ${marker}? Then press Enter again.`,
    }
  // Only a closed door has a stop to come back to; open and ajar are never quite the same again.
  if (state !== 'closed' || !isFar(evidence, own)) return undefined
  return {
    code: 'visit.elsewhere',
    text: `This is not like the ${marker} of before, nor like any other marker.`,
    hint: 'Is the latch in, does nobody stand in or near the doorway, and was no antenna touched? Two visits in a row that agree replace the earlier one.',
  }
}

/** Visits accepted earlier that now, with this one beside them, lie with another marker: the label of one was wrong. */
function reopened(input: CheckInput): string[] {
  const { marker, evidence, accepted } = input
  const all = [...accepted, { visit: '', marker, evidence }]
  return accepted
    .filter((one) => {
      const own = all.filter((other) => other !== one && other.marker === one.marker)
      const others = groups(all.filter((other) => other.marker !== one.marker))
      return own.length > 0 && strayedTo(one.evidence, own, others, BEYOND_DOUBT) !== undefined
    })
    .map(({ visit }) => visit)
}

/** The marker whose visits this one lies with, where that is not its own and there is no doubt. */
function strayedTo(
  evidence: VisitEvidence,
  own: readonly { evidence: VisitEvidence }[],
  others: ReadonlyMap<string, readonly { evidence: VisitEvidence }[]>,
  times: number,
): string | undefined {
  if (!isFar(evidence, own)) return undefined
  const away = distanceTo(evidence, own)
  let nearest: { marker: string; away: number } | undefined
  for (const [marker, visits] of others) {
    const there = distanceTo(evidence, visits)
    if (there < (nearest?.away ?? Infinity)) nearest = { marker, away: there }
  }
  return nearest !== undefined && nearest.away * times < away ? nearest.marker : undefined
}

function isFar(evidence: VisitEvidence, own: readonly { evidence: VisitEvidence }[]): boolean {
  const shift = Math.max(...own.map((one) => shiftOf(one.evidence)))
  return distanceTo(evidence, own) > Math.max(AGREE, AGREE_SHIFTS * shift)
}

function distanceTo(evidence: VisitEvidence, visits: readonly { evidence: VisitEvidence }[]): number {
  return distance(evidence.mean, meanVector(visits.map((one) => one.evidence.mean)))
}

/** How far the furthest five seconds lie from the visit. */
function shiftOf({ blocks, mean }: VisitEvidence): number {
  return Math.max(0, ...blocks.map((block) => distance(block, mean)))
}

function visitsOf({ accepted }: CheckInput, marker: string): CheckedVisit[] {
  return accepted.filter((one) => one.marker === marker)
}

function markersOf({ accepted }: CheckInput, but: string): Map<string, CheckedVisit[]> {
  return groups(accepted.filter(({ marker }) => marker !== but))
}

function groups(visits: readonly CheckedVisit[]): Map<string, CheckedVisit[]> {
  const markers = new Set(visits.map(({ marker }) => marker))
  return new Map([...markers].map((marker) => [marker, visits.filter((one) => one.marker === marker)]))
}
