/** One point that scatters to all sides. Metres; `size` is the root of its radar cross-section, m. */
export interface Scatterer {
  x: number
  y: number
  z: number
  size: number
}

/** Something that stands or moves in the rooms: a few points, and an upright strip that throws a shadow. Reused. */
export interface Body {
  readonly points: Scatterer[]
  /** Middle of the strip. */
  x: number
  y: number
  widthM: number
  bottomM: number
  topM: number
  /** 0..1: less than 1 while someone comes or goes by a door that is not watched. */
  presence: number
}

/** A body that is there for a time. */
export interface Presence {
  readonly startUs: number
  readonly endUs: number
  /** As it is at a time between; the same object each time. */
  at(timeUs: number): Body
}
