import type { EventClass } from '../events/labelled-burst.js'
import type { HeldBurst } from '../events/event-training.js'
import type { ScoredEvent } from '../survey/events.js'
import type { UnseenEdge } from './journal-reader.js'

const TOLD: Partial<Record<EventClass, string>> = {
  opened: 'opened',
  closed: 'closed',
  passed: 'passed-through',
}

/** Left-out bursts, and changes of the reed that no burst holds, as the survey scores them. */
export function scoredEvents(held: readonly HeldBurst[], unseen: readonly UnseenEdge[]): ScoredEvent[] {
  return [
    ...held.map(({ burst: { day, session }, label, told }) => ({
      day,
      session,
      label: TOLD[label] ?? label,
      told: TOLD[told] ?? null,
    })),
    ...unseen.map(({ edge, day, session }) => ({
      day,
      session,
      label: edge.open ? 'opened' : 'closed',
      told: null,
    })),
  ]
}
