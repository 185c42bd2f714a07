import { rmSync } from 'node:fs'
import type { Reason } from '../../domain/reason.js'
import { placeName } from '../../learning/commissioning/marker-states.js'
import type { PlanStore } from '../../learning/commissioning/plan-store.js'
import { recordedVisit } from '../../learning/commissioning/recorded-visit.js'
import { checkVisit, isOfPlace, type CheckedVisit } from '../../learning/commissioning/visit-check.js'
import type { VisitEvidence } from '../../learning/commissioning/visit-evidence.js'
import {
  beginTake,
  nextVisit,
  reopen,
  type PlannedSession,
  type VisitPlan,
} from '../../learning/commissioning/visit-plan.js'
import type { WatchSettings } from '../../learning/commissioning/visit-watch.js'
import { AjarError } from '../../platform/errors.js'
import type { Guide } from './guide.js'
import { stopped, type VisitTaker } from './visit-taker.js'

/** After so many refusals of one marker in a row the person is told what else to do. */
const PATIENCE = 3

interface Parts {
  plan: VisitPlan
  store: PlanStore
  taker: VisitTaker
  guide: Guide
  settings: WatchSettings
  signal: AbortSignal
}

/** Takes every open visit of a plan; the plan is saved after each. */
export class VisitRounds {
  /** Of the session that runs. */
  private accepted: CheckedVisit[] = []
  private session: PlannedSession | undefined
  private readonly elsewhere = new Map<string, VisitEvidence[]>()
  private readonly refusals = new Map<string, Reason[]>()

  constructor(private readonly parts: Parts) {}

  /** Throws AjarError 'calibrate.refused' where nobody is asked and a marker is refused again and again. */
  async run(): Promise<void> {
    const { plan, signal } = this.parts
    for (let next = nextVisit(plan); next !== undefined; next = nextVisit(plan)) {
      if (next.session !== this.session) {
        await this.enter(next.session)
        continue // some of its visits may be open again
      }
      const { evidence, take } = await this.take(next.session, next.marker)
      const reason =
        evidence === undefined ? RESTLESS : this.judge(next.session, next.index, take, next.marker, evidence)
      if (reason !== undefined) this.refuse(next.session, next.marker, take, reason, evidence)
      if (signal.aborted) throw stopped()
    }
  }

  /** What was accepted of it before a power cut is read again: the recordings are the truth. */
  private async enter(session: PlannedSession): Promise<void> {
    const { plan, store, settings, guide } = this.parts
    this.session = session
    this.accepted = []
    this.elsewhere.clear()
    this.refusals.clear()
    const unreadable: string[] = []
    for (const { marker, visit } of session.visits)
      if (visit !== undefined)
        await recordedVisit(store.file(visit), settings).then(
          (evidence) => this.accepted.push({ visit, marker, evidence }),
          () => unreadable.push(visit),
        )
    if (unreadable.length === 0) return
    reopen(session, unreadable)
    store.save(plan)
    guide.tell(
      { event: 'reopened', visits: unreadable },
      `Recordings that cannot be read are taken again: ${unreadable.join(', ')}.`,
    )
  }

  private async take(
    session: PlannedSession,
    marker: string,
  ): Promise<{ take: string; evidence: VisitEvidence | undefined }> {
    const { plan, store, taker, guide, signal } = this.parts
    const done = session.visits.filter(({ visit }) => visit !== undefined).length
    const [visit, of] = [done + 1, session.visits.length]
    const state = plan.states[marker]
    guide.tell(
      { event: 'place', session: session.name, visit, of, marker, state },
      `${session.name}, visit ${visit} of ${of}: put the door to ${placeName(marker)}, step out of the doorway` +
        ` and stay still${guide.waits ? ', then press Enter' : ''}.`,
    )
    await guide.confirm(signal)
    const name = beginTake(session)
    store.save(plan) // a name is used once, whatever comes
    if (!(await taker.untilQuiet(signal))) return { take: name, evidence: undefined }
    const seconds = plan.secondsPerVisit
    guide.tell(
      { event: 'recording', take: name, marker, seconds },
      `  Recording for ${seconds} s: keep still.`,
    )
    const evidence = await taker.take(
      {
        ...{ file: store.file(name), marker, state, seconds, take: session.takes },
        session: plan.sessions.indexOf(session),
        note: `calibrate ${plan.name} ${name} ${marker}`,
      },
      signal,
    )
    return { take: name, evidence }
  }

  /** Keeps the visit, or says why not. */
  private judge(
    session: PlannedSession,
    index: number,
    take: string,
    marker: string,
    evidence: VisitEvidence,
  ): Reason | undefined {
    const { plan, store, guide, settings } = this.parts
    const verdict = checkVisit({
      ...{ marker, state: plan.states[marker], evidence },
      seconds: plan.secondsPerVisit,
      minPacketsPerSecond: settings.signal.minPacketsPerSecond,
      accepted: this.accepted,
      elsewhere: this.elsewhere.get(marker) ?? [],
    })
    if (!verdict.accepted) return verdict.reason
    session.visits[index].visit = take
    reopen(session, verdict.reopen)
    store.save(plan)
    this.accepted = this.accepted.filter(({ visit }) => !verdict.reopen.includes(visit))
    this.accepted.push({ visit: take, marker, evidence })
    this.elsewhere.delete(marker)
    this.refusals.delete(marker)
    for (const wrong of verdict.reopen) rmSync(store.file(wrong), { force: true })
    guide.tell(
      { event: 'accepted', take, marker, reopened: verdict.reopen },
      `  Good: ${evidence.packets} packets, ${Math.round(evidence.packetsPerSecond)} a second.`,
      ...(verdict.reopen.length === 0
        ? []
        : [`  It shows that an earlier visit was not what it was called; that one is taken again.`]),
    )
    return undefined
  }

  private refuse(
    session: PlannedSession,
    marker: string,
    take: string,
    reason: Reason,
    evidence: VisitEvidence | undefined,
  ): void {
    const { plan, store, guide } = this.parts
    rmSync(store.file(take), { force: true })
    session.refused.push({ marker, code: reason.code, text: reason.text })
    store.save(plan)
    if (evidence !== undefined && isOfPlace(reason))
      this.elsewhere.set(marker, [...(this.elsewhere.get(marker) ?? []), evidence])
    const all = [...(this.refusals.get(marker) ?? []), reason]
    this.refusals.set(marker, all)
    guide.tell(
      { event: 'refused', take, marker, ...reason, refusals: all.length },
      `  Not kept: ${reason.text}`,
      `  → ${reason.hint}`,
    )
    if (all.length < PATIENCE) return
    this.refusals.delete(marker)
    const stuck = stuckOf(marker, all)
    guide.tell({ event: 'stuck', marker, ...stuck }, stuck.text, `  → ${stuck.hint}`)
    if (!guide.waits) throw new AjarError(stuck.code, stuck.text, stuck.hint)
  }
}

const RESTLESS: Reason = {
  code: 'visit.restless',
  text: 'It does not become quiet: something moves, or no packets come.',
  hint: 'Everybody leaves both rooms or sits down; look for a fan, a curtain, a pet; `ajar doctor` checks the link.',
}

/** What else to do: of the reason that came most often. */
function stuckOf(marker: string, reasons: readonly Reason[]): Reason {
  const often = (code: string) => reasons.filter((one) => one.code === code).length
  const [{ code, hint }] = reasons.toSorted((a, b) => often(b.code) - often(a.code))
  return {
    code: 'calibrate.refused',
    text: `${placeName(marker)} was refused ${reasons.length} times.`,
    hint: REMEDIES[code] ?? hint,
  }
}

const WAIT = 'Stop here with Ctrl+C; the same command goes on later with what is open.'
const REMEDIES: Record<string, string> = {
  'visit.moved': `Come back when nobody is at home: a minute of stillness is needed each time. ${WAIT}`,
  'visit.restless': `Come back when nobody is at home, and run \`ajar doctor\` first. ${WAIT}`,
  'visit.occupied': `Leave both rooms for the visit: a script, or a second person elsewhere, may press Enter. ${WAIT}`,
  'visit.changed': `The door does not stay, or a board is loose: wedge the one, fix the other, and begin this session anew with another --out. ${WAIT}`,
  'visit.mislabelled': `Two markers may look the same from here: end this session with fewer markers (--markers closed,open, another --out), or move the transmitter across the doorway.`,
  'visit.elsewhere': `Something was moved since the session began: an antenna, furniture near the line. Put it back, or begin anew with another --out. ${WAIT}`,
  'visit.reboot': `The receiver loses its power: another cable, a powered hub. ${WAIT}`,
}
