export const DOOR_EVENT_KINDS = ['opened', 'closed', 'passed-through'] as const

/** Something that a door did. */
export interface DoorEvent {
  /** `passed-through`: opened and closed again, or the reverse, at once. */
  kind: (typeof DOOR_EVENT_KINDS)[number]
  /** When the door was first seen to do it, and when it was done, device time, µs. */
  startUs: number
  endUs: number
  /** 0..1. */
  confidence: number
}
