import { shareLower95 } from '../survey/bounds.js'
import { count, percent } from '../survey/sentence.js'
import { WANTED_SESSIONS } from '../survey/verdict.js'
import type { VisitPlan } from './visit-plan.js'

export interface Claim {
  sessions: number
  /** Days on which they began, UTC. */
  days: number
  /** Sessions, all of them read right, from which on a position is usable. */
  wanted: number
  text: string
}

/** What so many sessions can vouch for at most: visits of one session repeat one another and count once. */
export function claimOf({ sessions }: Pick<VisitPlan, 'sessions'>): Claim {
  let wanted = 1
  while (shareLower95(wanted, wanted) < WANTED_SESSIONS) wanted++
  const n = sessions.length
  const days = new Set(sessions.map(({ startedMs }) => new Date(startedMs).toISOString().slice(0, 10))).size
  const most = percent(shareLower95(n, n))
  const oneDay = n > 1 && days === 1 ? ' All on one day: a room changes more from day to day.' : ''
  const head = `${n >= wanted ? `${n} sessions; ${wanted} are wanted` : `${n} of ${wanted} sessions`}, on ${count(days, 'day')}.${oneDay}`
  const text =
    n >= wanted
      ? `${head} If all are read right, at least ${most} of sessions are, with 95 % confidence: enough.`
      : `${head} Even if all are read right, they vouch for ${most} of sessions and no more: readings are marked provisional.`
  return { sessions: n, days, wanted, text }
}
