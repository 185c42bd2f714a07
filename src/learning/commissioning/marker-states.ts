import { AjarError } from '../../platform/errors.js'

export const STANDING_STATES = ['closed', 'ajar', 'open'] as const
export type StandingState = (typeof STANDING_STATES)[number]

/** A door at least this far open counts as open, degrees (D), as in the simulator. */
const OPEN_FROM_DEG = 60
/** A marker is a part of file names and of YAML. */
const MARKER = /^[a-z0-9][a-z0-9._-]{0,31}$/i

/**
 * What each marker means: states mean themselves; degrees mean closed at 0, open from 60 on, ajar between; `given`
 * overrides ("45=open"). Throws AjarError 'usage.markers'.
 */
export function markerStates(
  markers: readonly string[],
  given: readonly string[],
): Record<string, StandingState> {
  const refuse = (text: string): never => {
    throw new AjarError(
      'usage.markers',
      text,
      'Give --markers closed,ajar,open or degrees (0,45,90), and what others mean as --states 45=ajar,wide=open.',
    )
  }
  const twice = markers.find((marker, index) => markers.indexOf(marker) !== index)
  if (twice !== undefined) refuse(`Marker ${twice} is named twice.`)
  const strange = markers.find((marker) => !MARKER.test(marker))
  if (strange !== undefined) refuse(`'${strange}' cannot be a marker.`)
  if (markers.length < 2) refuse('Two markers at least are needed: there is nothing to tell apart.')
  const overrides = new Map(
    given.map((pair) => {
      const [marker, state] = pair.split('=')
      if (!markers.includes(marker)) refuse(`--states names '${marker}', which is no marker.`)
      return [marker, isState(state) ? state : refuse(`'${pair}' is no marker=state.`)] as const
    }),
  )
  const states = Object.fromEntries(
    markers.map((marker) => [
      marker,
      overrides.get(marker) ?? meaning(marker) ?? refuse(`It is not known what ${marker} means.`),
    ]),
  ) as Record<string, StandingState>
  if (!Object.values(states).includes('closed')) refuse('No marker means closed.')
  if (new Set(Object.values(states)).size < 2) refuse('All markers mean closed.')
  return states
}

function meaning(marker: string): StandingState | undefined {
  if (isState(marker)) return marker
  const degrees = Number(marker)
  if (!(degrees >= 0 && degrees <= 180)) return undefined
  return degrees === 0 ? 'closed' : degrees >= OPEN_FROM_DEG ? 'open' : 'ajar'
}

function isState(text: string | undefined): text is StandingState {
  return STANDING_STATES.some((state) => state === text)
}

/** For a sentence: "AJAR" or "45 degrees". */
export function placeName(marker: string): string {
  return Number.isNaN(Number(marker)) ? marker.toUpperCase() : `${marker} DEGREES`
}
